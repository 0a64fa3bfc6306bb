package io.jobs4j.core.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain values: {@code Map<String, Object>}, {@code List<Object>}, {@code String}, {@code
 * Long}, {@code BigInteger}, {@code BigDecimal}, {@code Boolean} and {@code null}. Numbers keep
 * their digits: {@code 1.10} stays {@code 1.10}, and whole numbers are whole whatever their size.
 * Strict: no double keys, nothing after the value, bounded in size and depth.
 */
final class JsonText {
  /** Field of problems about the text as a whole. */
  private static final String WHOLE = "request";

  /** How many characters a number may have. */
  static final int MAX_DIGITS = 100;

  private static final int MAX_LENGTH = 1024 * 1024;

  /** Checked here: releases of Jackson before 2.16 cannot limit names. */
  private static final int MAX_NAME_LENGTH = 1024;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxNumberLength(MAX_DIGITS)
                  .build())
          .build();

  private JsonText() {}

  /** The object that the text is; {@code null} if it is none, which is then a problem. */
  static @Nullable Map<String, @Nullable Object> readObject(String json, Problems problems) {
    if (json.length() > MAX_LENGTH) {
      problems.add(WHOLE, null, "must have at most %s characters.".formatted(MAX_LENGTH));
      return null;
    }
    try (JsonParser parser = FACTORY.createParser(json)) {
      if (parser.nextToken() == null) {
        problems.add(WHOLE, null, "must be a JSON object, but is empty.");
        return null;
      }
      JsonToken first = parser.currentToken();
      Object value = read(parser, "", problems);
      if (parser.nextToken() != null) {
        problems.add(WHOLE, null, "must be one JSON object with nothing after it.");
        return null;
      }
      if (first != JsonToken.START_OBJECT || value == null) {
        problems.add(WHOLE, null, "must be a JSON object, not " + typeOf(value) + ".");
        return null;
      }
      return objectOf(value);
    } catch (StreamConstraintsException e) {
      problems.add(WHOLE, null, "is nested too deeply, or has a name or number that is too long.");
    } catch (JsonProcessingException e) {
      problems.add(
          WHOLE,
          null,
          "is not valid JSON: %s at line %s, column %s."
              .formatted(
                  e.getOriginalMessage(),
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 0 : e.getLocation().getColumnNr()));
    } catch (NumberFormatException e) {
      problems.add(WHOLE, null, "has a number that is out of range.");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return null;
  }

  private static @Nullable Object read(JsonParser parser, String path, Problems problems)
      throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          if (key.length() > MAX_NAME_LENGTH) {
            throw new StreamConstraintsException("a name is too long");
          }
          String field = path.isEmpty() ? key : path + "." + key;
          parser.nextToken();
          Object value = read(parser, field, problems);
          if (object.containsKey(key)) {
            problems.add(field, null, "is given more than once.");
          } else {
            object.put(key, value);
          }
        }
        return object;
      }
      case START_ARRAY -> {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(read(parser, path + "[" + array.size() + "]", problems));
        }
        return array;
      }
      case VALUE_STRING -> {
        return parser.getText();
      }
      case VALUE_NUMBER_INT -> {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            ? (Object) parser.getBigIntegerValue()
            : (Object) parser.getLongValue();
      }
      case VALUE_NUMBER_FLOAT -> {
        return parser.getDecimalValue();
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        return parser.getBooleanValue();
      }
      default -> {
        return null;
      }
    }
  }

  /** The text of a value. */
  static String write(Map<String, ?> object) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      write(generator, WHOLE, object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, String field, @Nullable Object value)
      throws IOException {
    if (value instanceof Map<?, ?> object) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> entry : object.entrySet()) {
        generator.writeFieldName(String.valueOf(entry.getKey()));
        write(generator, field + "." + entry.getKey(), entry.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> array) {
      generator.writeStartArray();
      for (Object element : array) {
        write(generator, field, element);
      }
      generator.writeEndArray();
    } else if (value instanceof String string) {
      generator.writeString(string);
    } else if (value instanceof Boolean bool) {
      generator.writeBoolean(bool);
    } else {
      Number number = value instanceof Number given ? plain(given) : null;
      if (number instanceof Long whole) {
        generator.writeNumber(whole);
      } else if (number instanceof BigInteger whole) {
        generator.writeNumber(whole);
      } else if (number instanceof BigDecimal decimal) {
        generator.writeNumber(decimal);
      } else {
        throw new IllegalArgumentException(
            "%s cannot be written as JSON: %s".formatted(field, typeOf(value)));
      }
    }
  }

  /** A number as this class reads it; {@code null} if it is none (NaN) or of an unknown class. */
  static @Nullable Number plain(Number number) {
    if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte) {
      return number.longValue();
    }
    if (number instanceof BigDecimal decimal) {
      return decimal.scale() == 0 ? plain(decimal.unscaledValue()) : decimal;
    }
    if (number instanceof BigInteger big) {
      return big.bitLength() < Long.SIZE ? (Number) big.longValue() : (Number) big;
    }
    if (number instanceof Float || number instanceof Double) {
      return Double.isFinite(number.doubleValue()) ? new BigDecimal(number.toString()) : null;
    }
    return null;
  }

  /** The JSON type of a value, with its article. */
  static String typeOf(@Nullable Object value) {
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

  /** An object that {@link #readObject} made. */
  @SuppressWarnings("unchecked")
  static Map<String, @Nullable Object> objectOf(Object value) {
    return (Map<String, @Nullable Object>) value;
  }
}
