package io.jobs4j.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What a validator of schemas says about definitions. */
final class Schemas {
  static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  static final JsonSchema DRAFT = FACTORY.getSchema(SchemaLocation.of(SchemaId.V202012));
  static final JsonSchema APP = FACTORY.getSchema(DefinitionSchemas.app());
  static final JsonSchema SYSTEM = FACTORY.getSchema(DefinitionSchemas.system());

  private Schemas() {}

  static Set<ValidationMessage> problems(JsonSchema schema, JsonNode definition) {
    return schema.validate(definition);
  }

  /** Asserts that the apps and systems of a directory are what the schemas say. */
  static void assertValid(Path definitions) throws IOException {
    assertValid(definitions.resolve("apps"), APP);
    assertValid(definitions.resolve("systems"), SYSTEM);
  }

  private static void assertValid(Path folder, JsonSchema schema) throws IOException {
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
        for (Path file : files) {
          assertThat(problems(schema, MAPPER.readTree(Files.readAllBytes(file))))
              .as(file.toString())
              .isEmpty();
        }
      }
    }
  }
}
