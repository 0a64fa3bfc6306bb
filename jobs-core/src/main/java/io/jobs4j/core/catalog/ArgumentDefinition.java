package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntConsumer;
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
  private final int order;

  ArgumentDefinition(DefinitionFields fields, boolean parameter) {
    this.flat = fields;
    this.value = fields.object("value");
    this.details = fields.object("details");
    this.semantics = fields.object("semantics");
    this.parameter = parameter;
    this.order = in(value, "order").integer("order", 0, Integer.MIN_VALUE, Integer.MAX_VALUE);
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

  private String keyName() {
    return flat.present("id", "key");
  }

  /** Where the key is. */
  String keyAt() {
    return flat.at(keyName());
  }

  /** Where it comes among the others; the least is first. */
  int order() {
    return order;
  }

  /** The input that this is. */
  AppInput input() {
    AppInput.Builder input =
        AppInput.builder(flat.required(keyName()))
            .defaultValues(
                defaults(AppParameter.Type.STRING).stream().map(String.class::cast).toList())
            .validator(validator())
            .argument(in(details, "argument").text("argument"));
    in(value, "required").flag("required", input::required);
    in(value, "visible").flag("visible", input::visible);
    minCardinality(input::minCardinality);
    maxCardinality(input::maxCardinality);
    in(details, "showArgument").flag("showArgument", input::showArgument);
    in(details, "repeatArgument").flag("repeatArgument", input::repeatArgument);
    finish();
    return input.build(this::wrong);
  }

  /** The parameter that this is. */
  AppParameter parameter() {
    AppParameter.Type type = type();
    AppParameter.Builder parameter =
        AppParameter.builder(flat.required(keyName()), type)
            .enumValues(enumValues())
            .defaultValues(defaults(type))
            .validator(validator())
            .argument(in(details, "argument").text("argument"));
    in(value, "required").flag("required", parameter::required);
    in(value, "visible").flag("visible", parameter::visible);
    minCardinality(parameter::minCardinality);
    maxCardinality(parameter::maxCardinality);
    in(details, "showArgument").flag("showArgument", parameter::showArgument);
    in(details, "repeatArgument").flag("repeatArgument", parameter::repeatArgument);
    finish();
    return parameter.build(this::wrong);
  }

  /** Says what is wrong where it is. */
  private void wrong(String field, @Nullable Object found, String expected) {
    switch (field) {
      case "key" -> {
        if (!DefinitionFields.TOLD.equals(found)) {
          flat.wrong(keyName(), expected);
        }
      }
      case "validator" -> in(value, field).wrong(field, expected);
      case "argument" -> in(details, field).wrong(field, expected);
      case "minCardinality", "maxCardinality" -> in(semantics, field).wrong(field, expected);
      case "enumValues" -> {
        // What is there and no array has been told.
        JsonNode given = enumValuesIn().get(enumValuesName());
        if (given == null || given.isArray()) {
          enumValuesIn().wrong(enumValuesName(), expected);
        }
      }
      case "defaultValues" -> defaultsIn().wrong(defaultsName(), expected);
      default -> flat.wrong(field, expected);
    }
  }

  private @Nullable String validator() {
    return in(value, "validator").text("validator");
  }

  private void minCardinality(IntConsumer setter) {
    in(semantics, "minCardinality").integer("minCardinality", 0, Integer.MAX_VALUE, setter);
  }

  /** Null says that there is no limit. */
  private void maxCardinality(IntConsumer setter) {
    DefinitionFields fields = in(semantics, "maxCardinality");
    if (fields.isNull("maxCardinality")) {
      setter.accept(-1);
    }
    fields.limit("maxCardinality", setter);
  }

  private AppParameter.Type type() {
    String word = in(value, "type").requiredWord("type", TYPES);
    return word.equals(DefinitionFields.TOLD)
        ? AppParameter.Type.STRING
        : AppParameter.Type.valueOf(word);
  }

  /** The values, without the labels that a user interface would show for them. */
  private List<String> enumValues() {
    DefinitionFields fields = enumValuesIn();
    String name = enumValuesName();
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
          values.add(DefinitionFields.TOLD);
        }
      }
    } else if (given != null) {
      fields.wrong(name, "must be an array");
    }
    return values;
  }

  private DefinitionFields enumValuesIn() {
    return in(value, "enum_values", "enumValues");
  }

  private String enumValuesName() {
    return enumValuesIn().present("enum_values", "enumValues");
  }

  private DefinitionFields defaultsIn() {
    return in(value, "default", "defaultValue");
  }

  private String defaultsName() {
    return defaultsIn().present("default", "defaultValue");
  }

  /** An empty text is no default. */
  private List<Object> defaults(AppParameter.Type type) {
    DefinitionFields fields = defaultsIn();
    String name = defaultsName();
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

  private void finish() {
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
