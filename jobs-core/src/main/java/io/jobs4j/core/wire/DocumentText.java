package io.jobs4j.core.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.InvalidJsonException;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.internal.json.StrictReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads documents and the inputs and parameters in them. Stateless. */
final class DocumentText {
  private static final StrictReader READER = StrictReader.unlimited();

  private DocumentText() {}

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
      return READER.read(json);
    } catch (InvalidJsonException e) {
      throw new WireFormatException(what + " " + e.getMessage());
    }
  }

  static Map<String, Object> parameters(String what, ObjectNode node) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      Object value = JsonValues.value(field.getValue());
      if (value != null) {
        parameters.put(field.getKey(), value);
      } else if (!field.getValue().isNull()) {
        throw new WireFormatException(
            "%s.%s must be a string, a number, a boolean or an array of them"
                .formatted(what, field.getKey()));
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
      inputs.put(field.getKey(), List.copyOf(texts));
    }
    return inputs;
  }
}
