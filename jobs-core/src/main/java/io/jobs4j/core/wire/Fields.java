package io.jobs4j.core.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of an object. Where several names are given, the first one that the object has
 * counts; a field that is null counts as missing.
 */
final class Fields {
  private final String what;
  private final ObjectNode node;

  Fields(String what, ObjectNode node) {
    this.what = what;
    this.node = node;
  }

  private record Found(String name, JsonNode value) {}

  private Optional<Found> find(String... names) {
    return Arrays.stream(names)
        .filter(node::hasNonNull)
        .findFirst()
        .map(name -> new Found(name, node.get(name)));
  }

  @Nullable String text(String... names) {
    Optional<Found> found = find(names);
    if (found.isPresent() && !found.get().value().isTextual()) {
      throw wrong(found.get(), "a string");
    }
    return found.map(it -> it.value().textValue()).orElse(null);
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
      throw new WireFormatException(
          "%s.%s: %s".formatted(what, find(names).orElseThrow().name(), e.getMessage()));
    }
  }

  Instant requiredTime(String... names) {
    Instant time = time(names);
    if (time == null) {
      throw missing(names);
    }
    return time;
  }

  boolean flag(String name, boolean otherwise) {
    Optional<Found> found = find(name);
    if (found.isPresent() && !found.get().value().isBoolean()) {
      throw wrong(found.get(), "a boolean");
    }
    return found.map(it -> it.value().booleanValue()).orElse(otherwise);
  }

  long integer(long otherwise, String... names) {
    Optional<Found> found = find(names);
    if (found.isPresent()
        && !(found.get().value().isIntegralNumber() && found.get().value().canConvertToLong())) {
      throw wrong(found.get(), "a whole number");
    }
    return found.map(it -> it.value().longValue()).orElse(otherwise);
  }

  int count(int otherwise, String... names) {
    long value = integer(otherwise, names);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new WireFormatException(
          "%s.%s is %s; it must be from 0 to %s"
              .formatted(what, names[0], value, Integer.MAX_VALUE));
    }
    return (int) value;
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  double decimal(String name) {
    Optional<Found> found = find(name);
    if (found.isPresent() && !found.get().value().isNumber()) {
      throw wrong(found.get(), "a number");
    }
    return found.map(it -> it.value().doubleValue()).orElse(0.0);
  }

  <E extends Enum<E>> @Nullable E word(String name, Class<E> type) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equals(text))
        .findFirst()
        .orElseThrow(() -> unknown(name, text, type));
  }

  <E extends Enum<E>> WireFormatException unknown(String name, String value, Class<E> type) {
    return new WireFormatException(
        "%s.%s is \"%s\"; it must be one of %s"
            .formatted(
                what,
                name,
                value,
                Arrays.stream(type.getEnumConstants())
                    .map(Enum::name)
                    .collect(Collectors.joining(", "))));
  }

  /** An object; an empty one if there is none. */
  ObjectNode object(String name) {
    Optional<Found> found = find(name);
    if (found.isEmpty()) {
      return JsonText.object();
    }
    if (found.get().value() instanceof ObjectNode object) {
      return object;
    }
    throw wrong(found.get(), "an object");
  }

  private WireFormatException missing(String... names) {
    return new WireFormatException(
        "%s has no field %s".formatted(what, String.join(" or ", names)));
  }

  private WireFormatException wrong(Found found, String expected) {
    return new WireFormatException("%s.%s must be %s".formatted(what, found.name(), expected));
  }
}
