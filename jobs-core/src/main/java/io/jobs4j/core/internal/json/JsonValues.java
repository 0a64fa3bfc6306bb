package io.jobs4j.core.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of inputs and parameters as Java has them: {@code String}, {@code Boolean}, {@code
 * Long}, {@code BigInteger} if a whole number does not fit, {@code BigDecimal} for all other
 * numbers, with the digits that were written, and {@code List} of these. Stateless.
 */
public final class JsonValues {
  private JsonValues() {}

  /**
   * An object of values in the order of the map.
   *
   * @param what name of the whole, for messages
   * @throws IllegalArgumentException if one is no string, finite number, boolean or list of them
   */
  public static ObjectNode nodes(String what, Map<String, ?> values) {
    ObjectNode node = Json.object();
    values.forEach((key, value) -> node.set(key, node(what + "." + key, value)));
    return node;
  }

  /**
   * A value.
   *
   * @param where name of the value, for messages
   * @throws IllegalArgumentException if it is no string, finite number, boolean or list of them
   */
  public static JsonNode node(String where, @Nullable Object value) {
    if (value instanceof List<?> list) {
      ArrayNode array = Json.array();
      for (Object element : list) {
        array.add(scalarNode(where + "[" + array.size() + "]", element));
      }
      return array;
    }
    return scalarNode(where, value);
  }

  private static JsonNode scalarNode(String where, @Nullable Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value instanceof String text) {
      return nodes.textNode(text);
    }
    if (value instanceof Boolean flag) {
      return nodes.booleanNode(flag);
    }
    Number number = value instanceof Number given ? number(given) : null;
    if (number instanceof Long whole) {
      return nodes.numberNode(whole.longValue());
    }
    if (number instanceof BigInteger whole) {
      return nodes.numberNode(whole);
    }
    if (number instanceof BigDecimal decimal) {
      return DecimalNode.valueOf(decimal); // the factory may cut off zeroes
    }
    throw new IllegalArgumentException(
        "%s is %s; it must be a string, a finite number, a boolean or a list of them"
            .formatted(where, value == null ? "null" : shown(value)));
  }

  /** What a value is; it says more of numbers alone, as another may be secret. */
  private static String shown(Object value) {
    return (value instanceof Number ? value + " of " : "of ") + value.getClass();
  }

  /** A number as it would be read; {@code null} if it is not finite or of an unknown class. */
  public static @Nullable Number number(Number number) {
    if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte) {
      return number.longValue();
    }
    if (number instanceof BigDecimal decimal) {
      return decimal.scale() == 0 ? number(decimal.unscaledValue()) : decimal;
    }
    if (number instanceof BigInteger big) {
      return big.bitLength() < Long.SIZE ? (Number) big.longValue() : (Number) big;
    }
    if (number instanceof Float || number instanceof Double) {
      return Double.isFinite(number.doubleValue()) ? new BigDecimal(number.toString()) : null;
    }
    return null;
  }

  /** A string, number or boolean; {@code null} if the node is none. */
  public static @Nullable Object scalar(JsonNode node) {
    if (node.isTextual()) {
      return node.textValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    return node.isNumber() ? number(node) : null;
  }

  /** A number; {@code null} if the node is none. */
  public static @Nullable Number number(JsonNode node) {
    if (node.isIntegralNumber()) {
      return node.canConvertToLong() ? (Number) node.longValue() : node.bigIntegerValue();
    }
    return node.isNumber() ? node.decimalValue() : null;
  }

  /** A scalar or a list of them; {@code null} if the node is neither. */
  public static @Nullable Object value(JsonNode node) {
    if (!(node instanceof ArrayNode array)) {
      return scalar(node);
    }
    List<Object> list = new ArrayList<>();
    for (JsonNode element : array) {
      Object scalar = scalar(element);
      if (scalar == null) {
        return null;
      }
      list.add(scalar);
    }
    return List.copyOf(list);
  }

  /** The JSON type of a node, with its article. */
  public static String typeOf(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case STRING -> "a string";
      case BOOLEAN -> "a boolean";
      case NUMBER -> "a number";
      default -> "null";
    };
  }

  /**
   * The JSON type of a value, with its article; that of a class that JSON does not have by name.
   */
  public static String typeOf(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "an array";
    }
    if (value instanceof String) {
      return "a string";
    }
    if (value instanceof Boolean) {
      return "a boolean";
    }
    return value instanceof Number ? "a number" : "a " + value.getClass().getSimpleName();
  }
}
