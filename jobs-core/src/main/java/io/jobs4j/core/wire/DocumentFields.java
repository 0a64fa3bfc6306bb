package io.jobs4j.core.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.Json;
import io.jobs4j.core.internal.json.JsonFields;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of an object of a document, and throws at the first that is wrong. Where several
 * names are given, the first one that the object has counts; each stands for its {@linkplain
 * OlderNames older name} too. Fields that are not known are passed over, so that documents of a
 * newer service can be read.
 */
final class DocumentFields extends JsonFields {
  DocumentFields(String what, ObjectNode node) {
    super(what, node);
  }

  @Override
  protected void wrongType(String name, JsonNode value, String expected) {
    throw new WireFormatException("%s must be %s".formatted(at(name), expected));
  }

  @Override
  protected void unknown(String name, Collection<String> legal) {}

  /** Of the names and their older ones, the first that the object has. */
  private String find(String... names) {
    return present(withOlderOnes(names));
  }

  private static String[] withOlderOnes(String... names) {
    return Arrays.stream(names).flatMap(OlderNames::of).toArray(String[]::new);
  }

  @Nullable String text(String... names) {
    return super.text(find(names));
  }

  @Override
  public @Nullable String text(String name) {
    return super.text(find(name));
  }

  String textOrEmpty(String name) {
    String text = text(name);
    return text == null ? "" : text;
  }

  String requiredText(String... names) {
    String text = text(names);
    if (text == null) {
      throw missing(names);
    }
    return text;
  }

  @Nullable Instant time(String... names) {
    String text = text(names);
    if (text == null) {
      return null;
    }
    try {
      return Timestamps.parse(text);
    } catch (WireFormatException e) {
      throw new WireFormatException("%s: %s".formatted(at(find(names)), e.getMessage()));
    }
  }

  Instant requiredTime(String... names) {
    Instant time = time(names);
    if (time == null) {
      throw missing(names);
    }
    return time;
  }

  @Nullable Boolean flag(String name) {
    return get(name, "a boolean", JsonNode::isBoolean, JsonNode::booleanValue);
  }

  long integer(long otherwise, String name) {
    Long value = whole(name);
    return value == null ? otherwise : value;
  }

  @Nullable Integer count(String name) {
    Long value = whole(name);
    if (value == null) {
      return null;
    }
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new WireFormatException(
          "%s is %s; it must be from 0 to %s".formatted(at(name), value, Integer.MAX_VALUE));
    }
    return value.intValue();
  }

  private @Nullable Long whole(String name) {
    return get(
        find(name),
        "a whole number",
        node -> node.isIntegralNumber() && node.canConvertToLong(),
        JsonNode::longValue);
  }

  @Nullable Double decimal(String name) {
    return get(name, "a number", JsonNode::isNumber, JsonNode::doubleValue);
  }

  /**
   * A constant of an enum.
   *
   * @param type the enum
   */
  @Nullable Object word(String name, Class<?> type) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> ((Enum<?>) constant).name().equals(text))
        .findFirst()
        .orElseThrow(() -> unknown(name, text, type));
  }

  WireFormatException unknown(String name, String value, Class<?> type) {
    return new WireFormatException(
        "%s is \"%s\"; it must be one of %s"
            .formatted(
                at(name),
                value,
                Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name())
                    .collect(Collectors.joining(", "))));
  }

  /** An object; an empty one if there is none. */
  ObjectNode object(String name) {
    ObjectNode object = get(name, "an object", JsonNode::isObject, node -> (ObjectNode) node);
    return object == null ? Json.object() : object;
  }

  private WireFormatException missing(String... names) {
    return new WireFormatException(
        "%s has no field %s".formatted(path(), String.join(" or ", withOlderOnes(names))));
  }
}
