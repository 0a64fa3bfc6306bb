package io.jobs4j.core.internal.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The one mapper of this module, which writes. Texts are read by {@link StrictReader}, or by a
 * parser if they are too long to be held in memory. Stateless.
 */
public final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  /** An empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** An empty array. */
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** The text of a tree, record or collection, without spaces. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a value cannot be written as JSON", e);
    }
  }

  /** As {@link #write}, in UTF-8. */
  public static byte[] writeBytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a value cannot be written as JSON", e);
    }
  }

  /** A parser for texts that are too long to be held in memory. */
  public static JsonParser parser(InputStream stream) throws IOException {
    return MAPPER.createParser(stream);
  }

  static JsonParser parser(String text) throws IOException {
    return MAPPER.createParser(text);
  }

  static JsonParser parser(byte[] text) throws IOException {
    return MAPPER.createParser(text);
  }
}
