package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads apps (Agave, "Registering an app" and "Inputs and Parameters"). */
final class AppDefinitions {
  private static final Set<String> UNUSED =
      Set.of(
          "icon",
          "helpURI",
          "label",
          "shortDescription",
          "longDescription",
          "author",
          "datePublished",
          "tags",
          "ontology",
          "testPath",
          "checkpointable",
          "outputs",
          "isPublic",
          "public",
          "revision",
          "created",
          "lastModified",
          "lastUpdated",
          "_links");
  private static final List<String> PARALLELISMS = List.of("SERIAL", "PARALLEL", "PTHREAD");
  private static final List<String> TYPES =
      List.of("STRING", "NUMBER", "BOOL", "FLAG", "ENUMERATION");

  private static final Set<String> UNUSED_VALUE = Set.of("enquote", "type");
  private static final Set<String> UNUSED_DETAILS = Set.of("label", "description");
  private static final Set<String> UNUSED_SEMANTICS = Set.of("ontology", "fileTypes");
  private static final Set<String> UNUSED_FLAT =
      Set.of("enquote", "label", "description", "ontology", "fileTypes");

  private AppDefinitions() {}

  static App read(DefinitionFields app) {
    String name = app.requiredLine("name", 64);
    String version = app.requiredLine("version", 16);
    String id = name + "-" + version;
    String givenId = app.line("id", 81);
    if (givenId != null && !givenId.equals(id) && !name.equals("?") && !version.equals("?")) {
      app.wrong("id", "must be name and version with a hyphen between them: \"" + id + "\"");
    }
    app.word("executionType", SystemDefinitions.EXECUTION_TYPES);
    String tenantId = app.line("tenantId", 24);
    String uuid = app.line("uuid", 64);
    String parallelism = app.word("parallelism", PARALLELISMS);
    Set<String> keys = new HashSet<>();
    App read =
        new App(
            id,
            uuid == null ? uuid(tenantId, id) : uuid,
            name,
            version,
            tenantId,
            app.line("owner", 64),
            app.flag("publiclyAvailable", false),
            app.flag("available", true),
            app.requiredLine("executionSystem", 64),
            parallelism == null ? App.Parallelism.SERIAL : App.Parallelism.valueOf(parallelism),
            app.line("deploymentSystem", 64),
            app.requiredPath("deploymentPath", 255),
            app.requiredPath(app.present("templatePath", "executablePath"), 255),
            app.lines("modules"),
            app.integerOrNull(
                app.present("defaultNodeCount", "defaultNodes"), 1, Integer.MAX_VALUE),
            app.integerOrNull(
                app.present("defaultProcessorsPerNode", "defaultProcessors"), 1, Integer.MAX_VALUE),
            app.memory(app.present("defaultMemoryPerNode", "defaultMemory")),
            app.runTime("defaultMaxRunTime"),
            app.line("defaultQueue", 128),
            inputs(app, keys),
            parameters(app, keys),
            app.integer("maxJobs", -1, -1, Integer.MAX_VALUE));
    app.refuseUnknown(UNUSED);
    return read;
  }

  /** The same for the same app whenever and wherever it is read. */
  static String uuid(@Nullable String tenantId, String id) {
    String name = (tenantId == null ? "" : tenantId) + "/" + id;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private record Ordered<T>(int order, T value) {}

  private static List<AppInput> inputs(DefinitionFields app, Set<String> keys) {
    List<Ordered<AppInput>> inputs = new ArrayList<>();
    for (DefinitionFields fields : app.objects("inputs")) {
      Argument argument = new Argument(fields, false);
      String key = argument.key(keys);
      List<String> defaults = new ArrayList<>();
      for (Object value : argument.defaults(AppParameter.Type.STRING)) {
        defaults.add((String) value);
      }
      AppInput input =
          new AppInput(
              key,
              defaults,
              argument.validator(),
              argument.required(),
              argument.visible(),
              argument.minCardinality(),
              argument.maxCardinality(),
              argument.argument(),
              argument.showArgument(),
              argument.repeatArgument());
      inputs.add(new Ordered<>(argument.order(), input));
      argument.requireDefaultIfFixed(!defaults.isEmpty());
      argument.finish();
    }
    return inOrder(inputs);
  }

  private static List<AppParameter> parameters(DefinitionFields app, Set<String> keys) {
    List<Ordered<AppParameter>> parameters = new ArrayList<>();
    for (DefinitionFields fields : app.objects("parameters")) {
      Argument argument = new Argument(fields, true);
      String key = argument.key(keys);
      AppParameter.Type type = argument.type();
      List<String> enumValues = argument.enumValues(type);
      List<Object> defaults = argument.defaults(type);
      if (type == AppParameter.Type.ENUMERATION && !enumValues.isEmpty()) {
        argument.requireAmong(defaults, enumValues);
      }
      AppParameter parameter =
          new AppParameter(
              key,
              type,
              defaults,
              argument.validator(),
              enumValues,
              argument.required(),
              argument.visible(),
              argument.minCardinality(),
              argument.maxCardinality(),
              argument.argument(),
              argument.showArgument(),
              argument.repeatArgument());
      parameters.add(new Ordered<>(argument.order(), parameter));
      argument.requireDefaultIfFixed(!defaults.isEmpty());
      argument.finish();
    }
    return inOrder(parameters);
  }

  private static <T> List<T> inOrder(List<Ordered<T>> values) {
    return values.stream()
        .sorted(Comparator.comparingInt((Ordered<T> value) -> value.order()))
        .map(Ordered::value)
        .toList();
  }

  /**
   * An input or a parameter, whose fields are in {@code value}, {@code details} and {@code
   * semantics}, or else beside its key.
   */
  private static final class Argument {
    private final DefinitionFields flat;
    private final @Nullable DefinitionFields value;
    private final @Nullable DefinitionFields details;
    private final @Nullable DefinitionFields semantics;
    private final boolean parameter;

    Argument(DefinitionFields fields, boolean parameter) {
      this.flat = fields;
      this.value = fields.object("value");
      this.details = fields.object("details");
      this.semantics = fields.object("semantics");
      this.parameter = parameter;
    }

    /** Where the field is: beside the key if one of the names is there, or else in the part. */
    private DefinitionFields in(@Nullable DefinitionFields part, String... names) {
      if (part == null) {
        return flat;
      }
      boolean beside = flat.has(flat.present(names));
      if (part.has(part.present(names)) && beside) {
        flat.wrong(
            flat.present(names),
            "must not be given, because " + part.at(part.present(names)) + " says it as well");
      }
      return beside ? flat : part;
    }

    String key(Set<String> keys) {
      String name = flat.present("id", "key");
      String key = flat.requiredLine(name, 64);
      if (!key.equals("?")) {
        if (!key.matches("[A-Za-z0-9_.-]+")) {
          flat.wrong(name, "must be letters, digits, \"_\", \".\" and \"-\"");
        }
        if (!keys.add(key)) {
          flat.wrong(name, "must be different for each input and parameter of the app");
        }
      }
      return key;
    }

    @Nullable String validator() {
      return in(value, "validator").regex("validator");
    }

    boolean required() {
      return in(value, "required").flag("required", parameter);
    }

    boolean visible() {
      return in(value, "visible").flag("visible", true);
    }

    int order() {
      return in(value, "order").integer("order", 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    int minCardinality() {
      return in(semantics, "minCardinality")
          .integer("minCardinality", parameter ? 0 : 1, 0, Integer.MAX_VALUE);
    }

    int maxCardinality() {
      DefinitionFields fields = in(semantics, "maxCardinality");
      boolean given = fields.has("maxCardinality");
      boolean unlimited = fields.isNull("maxCardinality");
      int most = fields.limit("maxCardinality");
      if (given && most != -1 && most < minCardinality()) {
        fields.wrong("maxCardinality", "must not be less than minCardinality");
      }
      return given || unlimited ? most : Math.max(1, minCardinality());
    }

    @Nullable String argument() {
      return in(details, "argument").text("argument", 1024);
    }

    boolean showArgument() {
      return in(details, "showArgument").flag("showArgument", false);
    }

    boolean repeatArgument() {
      return in(details, "repeatArgument").flag("repeatArgument", false);
    }

    AppParameter.Type type() {
      String word = in(value, "type").requiredWord("type", TYPES);
      return word.equals("?") ? AppParameter.Type.STRING : AppParameter.Type.valueOf(word);
    }

    /** The values, without the labels that a user interface would show for them. */
    List<String> enumValues(AppParameter.Type type) {
      DefinitionFields fields = in(value, "enum_values", "enumValues");
      String name = fields.present("enum_values", "enumValues");
      JsonNode given = fields.get(name);
      List<String> values = new ArrayList<>();
      if (given instanceof ArrayNode array) {
        for (JsonNode element : array) {
          if (element.isTextual() || element.isNumber()) {
            values.add(element.asText());
          } else if (element.isObject() && element.size() == 1) {
            values.add(element.fieldNames().next());
          } else {
            fields.wrongElement(
                name, values.size(), "must be a string, or an object of one value and its label");
            values.add("?");
          }
        }
      } else if (given != null) {
        fields.wrong(name, "must be an array");
      }
      if (type == AppParameter.Type.ENUMERATION && values.isEmpty() && given == null) {
        fields.wrong(name, "must be an array of the legal values of an enumeration");
      }
      return values;
    }

    private DefinitionFields defaultsIn() {
      return in(value, "default", "defaultValue");
    }

    /** An empty text is no default. */
    List<Object> defaults(AppParameter.Type type) {
      DefinitionFields fields = defaultsIn();
      String name = fields.present("default", "defaultValue");
      JsonNode given = fields.get(name);
      List<Object> defaults = new ArrayList<>();
      if (given instanceof ArrayNode array) {
        for (int i = 0; i < array.size(); i++) {
          Object read = typed(type, array.get(i));
          if (read == null) {
            fields.wrongElement(name, i, expected(type));
          } else {
            defaults.add(read);
          }
        }
      } else if (given != null && !(given.isTextual() && given.textValue().isEmpty())) {
        Object read = typed(type, given);
        if (read == null) {
          fields.wrong(name, expected(type) + ", or an array of such");
        } else {
          defaults.add(read);
        }
      }
      return defaults;
    }

    private @Nullable Object typed(AppParameter.Type type, JsonNode given) {
      return switch (type) {
        case STRING ->
            given.isTextual() || (parameter && given.isValueNode() && !given.isNull())
                ? given.asText()
                : null;
        case ENUMERATION -> given.isTextual() || given.isNumber() ? given.asText() : null;
        case NUMBER -> number(given);
        case BOOL, FLAG -> flag(given);
      };
    }

    private static @Nullable Object number(JsonNode given) {
      if (given.isIntegralNumber()) {
        return given.canConvertToLong() ? (Object) given.longValue() : given.bigIntegerValue();
      }
      if (given.isNumber()) {
        return given.decimalValue();
      }
      if (given.isTextual() && given.textValue().matches("[+-]?\\d{1,18}")) {
        return Long.valueOf(given.textValue());
      }
      if (given.isTextual() && given.textValue().matches("[+-]?\\d{1,100}(\\.\\d{1,100})?")) {
        return new BigDecimal(given.textValue());
      }
      return null;
    }

    private static @Nullable Object flag(JsonNode given) {
      if (given.isBoolean()) {
        return given.booleanValue();
      }
      return switch (given.asText().toLowerCase(Locale.ROOT)) {
        case "true", "1", "on" -> true;
        case "false", "0", "off" -> false;
        default -> null;
      };
    }

    private static String expected(AppParameter.Type type) {
      return switch (type) {
        case STRING -> "must be a string";
        case ENUMERATION -> "must be one of the values of the enumeration";
        case NUMBER -> "must be a number";
        case BOOL, FLAG -> "must be true or false";
      };
    }

    void requireAmong(List<Object> defaults, List<String> enumValues) {
      if (!enumValues.stream().map(Object.class::cast).toList().containsAll(defaults)) {
        DefinitionFields fields = defaultsIn();
        fields.wrong(
            fields.present("default", "defaultValue"),
            "must be one of " + String.join(", ", enumValues));
      }
    }

    void requireDefaultIfFixed(boolean hasDefault) {
      if (required() && !visible() && !hasDefault) {
        DefinitionFields fields = defaultsIn();
        fields.wrong(
            fields.present("default", "defaultValue"),
            "must be given, because the value is required and a request cannot set it");
      }
    }

    void finish() {
      flat.refuseUnknown(UNUSED_FLAT);
      refuseUnknown(value, UNUSED_VALUE);
      refuseUnknown(details, UNUSED_DETAILS);
      refuseUnknown(semantics, UNUSED_SEMANTICS);
    }

    private static void refuseUnknown(@Nullable DefinitionFields part, Set<String> unused) {
      if (part != null) {
        part.refuseUnknown(unused);
      }
    }
  }
}
