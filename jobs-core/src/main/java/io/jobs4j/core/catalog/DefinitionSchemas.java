package io.jobs4j.core.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * JSON schemas (draft 2020-12) of the files in a definitions directory, for editors and for
 * programs that write such files. A schema holds every rule about a file by itself that a schema
 * can express in reasonable length; its description says which rules {@link DefinitionCatalog}
 * checks beyond it. Stateless.
 */
public final class DefinitionSchemas {
  private DefinitionSchemas() {}

  /** The schema of a file in {@code apps}. */
  public static String app() {
    return resource("AppDefinition.json");
  }

  /** The schema of a file in {@code systems}. */
  public static String system() {
    return resource("SystemDefinition.json");
  }

  /** The schema of a file in {@code queues}. */
  public static String queues() {
    return resource("JobQueueDefinitions.json");
  }

  private static String resource(String name) {
    try (InputStream stream = DefinitionSchemas.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("The resource " + name + " is not where its reader is");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
