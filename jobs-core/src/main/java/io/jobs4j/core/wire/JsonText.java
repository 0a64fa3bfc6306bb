package io.jobs4j.core.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Texts to trees and back, with the values of inputs and parameters. */
final class JsonText {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonText() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  static String write(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree cannot be written as JSON", e);
    }
  }

  static ObjectNode readObject(String what, String json) {
    if (read(what, json) instanceof ObjectNode object) {
      return object;
    }
    throw new WireFormatException(what + " must be a JSON object");
  }

  static List<ObjectNode> readObjects(String what, String json) {
    if (!(read(what, json) instanceof ArrayNode array)) {
      throw new WireFormatException(what + " must be a JSON array");
    }
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode element : array) {
      if (!(element instanceof ObjectNode object)) {
        throw new WireFormatException(
            "%s[%s] must be a JSON object".formatted(what, objects.size()));
      }
      objects.add(object);
    }
    return objects;
  }

  private static JsonNode read(String what, String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      // The parser's own message quotes the text, which may hold what nobody should see.
      String where =
          e.getLocation() == null
              ? ""
              : " (line %s, column %s)"
                  .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
      throw new WireFormatException(what + " is not valid JSON" + where);
    }
  }

  static ObjectNode values(String what, Map<String, ?> values) {
    ObjectNode node = object();
    values.forEach((key, value) -> node.set(key, value(what + "." + key, value)));
    return node;
  }

  private static JsonNode value(String where, @Nullable Object value) {
    if (value instanceof List<?> list) {
      ArrayNode array = array();
      for (Object element : list) {
        array.add(scalar(where + "[" + array.size() + "]", element));
      }
      return array;
    }
    return scalar(where, value);
  }

  private static JsonNode scalar(String where, @Nullable Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value instanceof String text) {
      return nodes.textNode(text);
    }
    if (value instanceof Boolean flag) {
      return nodes.booleanNode(flag);
    }
    if (value instanceof Byte
        || value instanceof Short
        || value instanceof Integer
        || value instanceof Long) {
      return nodes.numberNode(((Number) value).longValue());
    }
    if (value instanceof BigInteger integer) {
      return nodes.numberNode(integer);
    }
    if (value instanceof BigDecimal decimal) {
      return decimal(decimal);
    }
    if ((value instanceof Double || value instanceof Float)
        && Double.isFinite(((Number) value).doubleValue())) {
      return decimal(new BigDecimal(value.toString()));
    }
    throw new IllegalArgumentException(
        "%s is %s; it must be a string, a finite number, a boolean or a list of them"
            .formatted(where, value == null ? "null" : value + " of " + value.getClass()));
  }

  /** With the digits that it has: one without a point is a whole number when it is read. */
  private static JsonNode decimal(BigDecimal value) {
    return DecimalNode.valueOf(value);
  }

  static Map<String, Object> parameters(String what, ObjectNode node) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String where = what + "." + field.getKey();
      JsonNode value = field.getValue();
      if (value instanceof ArrayNode array) {
        List<Object> list = new ArrayList<>();
        for (JsonNode element : array) {
          list.add(scalar(where, element));
        }
        parameters.put(field.getKey(), list);
      } else if (!value.isNull()) {
        parameters.put(field.getKey(), scalar(where, value));
      }
    }
    return parameters;
  }

  static Map<String, List<String>> inputs(String what, ObjectNode node) {
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, Object> field : parameters(what, node).entrySet()) {
      List<String> texts = new ArrayList<>();
      for (Object value :
          field.getValue() instanceof List<?> list ? list : List.of(field.getValue())) {
        if (!(value instanceof String text)) {
          throw new WireFormatException(
              "%s.%s must be a string or an array of strings".formatted(what, field.getKey()));
        }
        texts.add(text);
      }
      inputs.put(field.getKey(), texts);
    }
    return inputs;
  }

  private static Object scalar(String where, JsonNode node) {
    if (node.isTextual()) {
      return node.textValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber()) {
      return node.canConvertToLong() ? (Object) node.longValue() : node.bigIntegerValue();
    }
    if (node.isNumber()) {
      return node.decimalValue();
    }
    throw new WireFormatException(
        where + " must be a string, a number, a boolean or an array of them");
  }
}
