package io.jobs4j.core.internal.manifest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jobs4j.core.internal.json.Json;
import io.jobs4j.core.wire.WireFormatException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Paths of files and directories as one JSON document: {@code {"files": [...], "directories":
 * [...]}}. Stateless; safe for use by several threads.
 */
public final class PathLists {
  private static final String FILES = "files";
  private static final String DIRECTORIES = "directories";

  private record Document(Collection<String> files, Collection<String> directories) {}

  private PathLists() {}

  /** The document, in UTF-8. */
  public static byte[] write(Collection<String> files, Collection<String> directories) {
    return Json.writeBytes(new Document(files, directories));
  }

  /**
   * Reads a document path by path, so that one that is too long need not be held in memory. Other
   * fields are passed over.
   *
   * @param files is given each file; what it throws ends the reading
   * @param directories is given each directory; what it throws ends the reading
   * @throws WireFormatException if it is no such document
   * @throws IOException if {@code stream} cannot be read
   */
  public static void read(InputStream stream, Consumer<String> files, Consumer<String> directories)
      throws IOException {
    try (JsonParser parser = Json.parser(stream)) {
      require(parser.nextToken() == JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.getText();
        JsonToken value = parser.nextToken();
        if (field.equals(FILES) || field.equals(DIRECTORIES)) {
          require(value == JsonToken.START_ARRAY);
          readTexts(parser, field.equals(FILES) ? files : directories);
        } else {
          parser.skipChildren();
        }
      }
      require(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null);
    } catch (JacksonException | CharConversionException e) {
      throw new WireFormatException("It is not valid JSON: " + e.getMessage());
    }
  }

  private static void readTexts(JsonParser parser, Consumer<String> texts) throws IOException {
    while (parser.nextToken() == JsonToken.VALUE_STRING) {
      texts.accept(parser.getText());
    }
    require(parser.currentToken() == JsonToken.END_ARRAY);
  }

  private static void require(boolean right) {
    if (!right) {
      throw new WireFormatException(
          "It must be an object with the arrays of strings \"files\" and \"directories\".");
    }
  }
}
