package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.model.AppParameter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An input or a parameter, whose fields are in {@code value}, {@code details} and {@code
 * semantics}, or else beside its key.
 */
final class ArgumentDefinition {
  private static final List<String> TYPES =
      List.of("STRING", "NUMBER", "BOOL", "FLAG", "ENUMERATION");
  private static final Set<String> UNUSED_VALUE = Set.of("enquote", "type");
  private static final Set<String> UNUSED_DETAILS = Set.of("label", "description");
  private static final Set<String> UNUSED_SEMANTICS = Set.of("ontology", "fileTypes");
  private static final Set<String> UNUSED_FLAT =
      Set.of("enquote", "label", "description", "ontology", "fileTypes");

  private final DefinitionFields flat;
  private final @Nullable DefinitionFields value;
  private final @Nullable DefinitionFields details;
  private final @Nullable DefinitionFields semantics;
  private final boolean parameter;

  ArgumentDefinition(DefinitionFields fields, boolean parameter) {
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
    if (given.isNumber()) {
      return JsonValues.number(given);
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
