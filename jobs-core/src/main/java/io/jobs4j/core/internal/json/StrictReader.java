package io.jobs4j.core.internal.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.InvalidJsonException.Flaw;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Reads texts as trees in which no field is given twice, and after which there is nothing more.
 * Immutable.
 */
public final class StrictReader {
  private final int maxDepth;
  private final int maxNameLength;
  private final int maxDigits;

  private StrictReader(int maxDepth, int maxNameLength, int maxDigits) {
    this.maxDepth = maxDepth;
    this.maxNameLength = maxNameLength;
    this.maxDigits = maxDigits;
  }

  /** A reader without limits but the parser's own. */
  public static StrictReader unlimited() {
    return new StrictReader(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /**
   * A reader with limits. Parsers of Jackson have some of them only in later releases, and the same
   * for all texts.
   *
   * @param maxDepth how many objects and arrays may be inside each other
   * @param maxNameLength how many characters a name may have
   * @param maxDigits how many digits a number may have, with those of its exponent
   */
  public static StrictReader limited(int maxDepth, int maxNameLength, int maxDigits) {
    return new StrictReader(maxDepth, maxNameLength, maxDigits);
  }

  /**
   * The value that a text is; a missing node if it is empty.
   *
   * @throws InvalidJsonException if it is not one value, or has a field twice
   */
  public JsonNode read(String text) throws InvalidJsonException {
    return read(() -> Json.parser(text), StrictReader::refuse);
  }

  /** As {@link #read(String)}, of a text in one of the encodings of JSON. */
  public JsonNode read(byte[] text) throws InvalidJsonException {
    return read(() -> Json.parser(text), StrictReader::refuse);
  }

  /**
   * The value that a text is; a missing node if it is empty. A field that is given again does not
   * end the reading, so that all that is wrong with a text can be told at once; the first counts.
   *
   * @param twice is given the path of each field that is given again, such as {@code a.b[1].c}
   * @throws InvalidJsonException if it is not one value
   */
  public JsonNode read(String text, Consumer<String> twice) throws InvalidJsonException {
    return read(() -> Json.parser(text), (field, where) -> twice.accept(field));
  }

  private interface Source {
    JsonParser open() throws IOException;
  }

  private interface Repetition {
    void tell(String field, JsonLocation where) throws InvalidJsonException;
  }

  private static void refuse(String field, JsonLocation where) throws InvalidJsonException {
    throw new InvalidJsonException(Flaw.SYNTAX, "a field is given twice", where);
  }

  private JsonNode read(Source source, Repetition twice) throws InvalidJsonException {
    try (JsonParser parser = source.open()) {
      if (parser.nextToken() == null) {
        return MissingNode.getInstance();
      }
      JsonNode value = value(parser, "", 1, twice);
      if (parser.nextToken() != null) {
        throw flaw(Flaw.TRAILING, parser);
      }
      return value;
    } catch (JsonProcessingException e) {
      throw InvalidJsonException.of(e);
    } catch (NumberFormatException e) {
      throw new InvalidJsonException(Flaw.NUMBER_OUT_OF_RANGE, "a number is out of range", null);
    } catch (IOException e) {
      // Not of the source, which is in memory: bytes that are no characters.
      throw new InvalidJsonException(Flaw.SYNTAX, "the encoding is wrong", null);
    }
  }

  private JsonNode value(JsonParser parser, String path, int depth, Repetition twice)
      throws IOException, InvalidJsonException {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        requireLimit(depth, maxDepth, parser);
        return object(parser, path, depth, twice);
      }
      case START_ARRAY -> {
        requireLimit(depth, maxDepth, parser);
        ArrayNode array = nodes.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser, path + "[" + array.size() + "]", depth + 1, twice));
        }
        return array;
      }
      case VALUE_STRING -> {
        return nodes.textNode(parser.getText());
      }
      case VALUE_NUMBER_INT -> {
        requireLimit(digits(parser), maxDigits, parser);
        return switch (parser.getNumberType()) {
          case INT -> nodes.numberNode(parser.getIntValue());
          case LONG -> nodes.numberNode(parser.getLongValue());
          default -> nodes.numberNode(parser.getBigIntegerValue());
        };
      }
      case VALUE_NUMBER_FLOAT -> {
        requireLimit(digits(parser), maxDigits, parser);
        return DecimalNode.valueOf(parser.getDecimalValue()); // the factory may cut off zeroes
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        return nodes.booleanNode(parser.getBooleanValue());
      }
      default -> {
        return nodes.nullNode();
      }
    }
  }

  private ObjectNode object(JsonParser parser, String path, int depth, Repetition twice)
      throws IOException, InvalidJsonException {
    ObjectNode object = Json.object();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      requireLimit(name.length(), maxNameLength, parser);
      String field = path.isEmpty() ? name : path + "." + name;
      JsonLocation start = parser.currentTokenLocation();
      parser.nextToken();
      JsonNode value = value(parser, field, depth + 1, twice);
      if (object.has(name)) {
        twice.tell(field, behind(start, name));
      } else {
        object.set(name, value);
      }
    }
    return object;
  }

  /** Where a name ends: the parser itself has read on. */
  private static JsonLocation behind(JsonLocation start, String name) {
    return new JsonLocation(
        start.contentReference(),
        start.getCharOffset(),
        start.getLineNr(),
        start.getColumnNr() + name.length() + 2);
  }

  private static int digits(JsonParser parser) throws IOException {
    return (int) parser.getText().chars().filter(c -> c >= '0' && c <= '9').count();
  }

  private static void requireLimit(int found, int limit, JsonParser parser)
      throws InvalidJsonException {
    if (found > limit) {
      throw flaw(Flaw.LIMIT, parser);
    }
  }

  private static InvalidJsonException flaw(Flaw flaw, JsonParser parser) {
    return new InvalidJsonException(flaw, "", parser.currentTokenLocation());
  }
}
