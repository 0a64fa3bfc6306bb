package io.jobs4j.core.model;

import io.jobs4j.core.internal.json.JsonValues;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parameter that an application takes (Agave, app definition, {@code parameters}).
 *
 * @param key name in requests and templates
 * @param type what values it takes
 * @param defaultValues used when a request says nothing; may be empty
 * @param validator regular expression that is searched in each value
 * @param enumValues the legal values of an enumeration
 * @param required whether a job must have it
 * @param visible whether a request may set it; otherwise the default is fixed
 * @param minCardinality fewest values
 * @param maxCardinality most values; -1 for no limit
 * @param argument command line argument that goes before the value
 * @param showArgument whether templates get the argument
 * @param repeatArgument whether each value gets it, or only the first
 */
public record AppParameter(
    String key,
    Type type,
    List<Object> defaultValues,
    @Nullable String validator,
    List<String> enumValues,
    boolean required,
    boolean visible,
    int minCardinality,
    int maxCardinality,
    @Nullable String argument,
    boolean showArgument,
    boolean repeatArgument) {
  public AppParameter {
    defaultValues = List.copyOf(defaultValues);
    enumValues = List.copyOf(enumValues);
  }

  /** The types of parameters. */
  public enum Type {
    STRING(String.class),
    NUMBER(Number.class),
    BOOL(Boolean.class),
    /** A boolean that shows as its argument, or as nothing. */
    FLAG(Boolean.class),
    ENUMERATION(String.class);

    private final Class<?> valueClass;

    Type(Class<?> valueClass) {
      this.valueClass = valueClass;
    }
  }

  /** A builder of a parameter that a job must have. */
  public static Builder builder(String key, Type type) {
    return new Builder(key, type);
  }

  /** Builds parameters. Not safe for use by several threads. */
  public static final class Builder {
    private final String key;
    private final Type type;
    private List<Object> defaultValues = List.of();
    private @Nullable String validator;
    private List<String> enumValues = List.of();
    private boolean required = true;
    private boolean visible = true;
    private int minCardinality;
    private @Nullable Integer maxCardinality;
    private @Nullable String argument;
    private boolean showArgument;
    private boolean repeatArgument;

    private Builder(String key, Type type) {
      this.key = key;
      this.type = type;
    }

    public Builder defaultValues(Object... values) {
      return defaultValues(List.of(values));
    }

    /**
     * Values that a job has when a request says nothing.
     *
     * @param values strings, numbers or booleans, as the type says
     */
    public Builder defaultValues(List<?> values) {
      this.defaultValues = values.stream().map(Builder::asRead).toList();
      return this;
    }

    public Builder enumValues(String... values) {
      return enumValues(List.of(values));
    }

    public Builder enumValues(List<String> values) {
      this.enumValues = List.copyOf(values);
      return this;
    }

    public Builder validator(@Nullable String value) {
      this.validator = value;
      return this;
    }

    public Builder required(boolean value) {
      this.required = value;
      return this;
    }

    public Builder visible(boolean value) {
      this.visible = value;
      return this;
    }

    public Builder minCardinality(int value) {
      this.minCardinality = value;
      return this;
    }

    /** How many values a job has at most; if nothing is said, 1 or {@code minCardinality}. */
    public Builder maxCardinality(int value) {
      this.maxCardinality = value;
      return this;
    }

    public Builder argument(@Nullable String value) {
      this.argument = value;
      return this;
    }

    public Builder showArgument(boolean value) {
      this.showArgument = value;
      return this;
    }

    public Builder repeatArgument(boolean value) {
      this.repeatArgument = value;
      return this;
    }

    /**
     * Returns the parameter.
     *
     * @throws IllegalArgumentException if something is wrong with it as far as that shows without
     *     other definitions; tells the field, its value and what would be right
     */
    public AppParameter build() {
      return build(DefinitionCheck.refusing("parameter " + key));
    }

    /** Returns the parameter, right or wrong, and tells all that is wrong with it. */
    public AppParameter build(FieldProblems problems) {
      AppParameter parameter =
          new AppParameter(
              key,
              type,
              defaultValues,
              validator,
              enumValues,
              required,
              visible,
              minCardinality,
              ArgumentRules.maxCardinality(maxCardinality, minCardinality),
              argument,
              showArgument,
              repeatArgument);
      DefinitionCheck check = new DefinitionCheck(problems);
      ArgumentRules.check(check, parameter);
      checkValues(check);
      return parameter;
    }

    private void checkValues(DefinitionCheck check) {
      for (int i = 0; i < defaultValues.size(); i++) {
        if (!type.valueClass.isInstance(defaultValues.get(i))) {
          check.wrong(
              "defaultValues[" + i + "]",
              defaultValues.get(i),
              "must be a %s for the type %s".formatted(type.valueClass.getSimpleName(), type));
        } else if (defaultValues.get(i) instanceof Number number
            && JsonValues.number(number) == null) {
          // As text, since a number that JSON cannot have is no value of a problem.
          check.wrong("defaultValues[" + i + "]", number.toString(), "must be a finite number");
        }
      }
      if (type != Type.ENUMERATION) {
        return;
      }
      if (enumValues.isEmpty()) {
        check.wrong("enumValues", null, "must be an array of the legal values of an enumeration");
      } else if (!List.<Object>copyOf(enumValues).containsAll(defaultValues)) {
        check.wrong(
            "defaultValues",
            defaultValues.size() == 1 ? defaultValues.get(0) : null,
            "must be one of " + String.join(", ", enumValues));
      }
    }

    /** A number as JSON has it, so that it is the same wherever it comes from. */
    private static Object asRead(Object value) {
      Number number = value instanceof Number given ? JsonValues.number(given) : null;
      return number == null ? value : number;
    }
  }
}
