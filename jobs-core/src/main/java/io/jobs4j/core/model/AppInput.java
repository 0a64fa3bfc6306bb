package io.jobs4j.core.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An input that an application takes (Agave, app definition, {@code inputs}).
 *
 * @param key name in requests and templates
 * @param defaultValues used when a request says nothing; may be empty
 * @param validator regular expression that is searched in each value
 * @param required whether a job must have it
 * @param visible whether a request may set it; otherwise the default is fixed
 * @param minCardinality fewest values
 * @param maxCardinality most values; -1 for no limit
 * @param argument command line argument that goes before the value
 * @param showArgument whether templates get the argument
 * @param repeatArgument whether each value gets it, or only the first
 */
public record AppInput(
    String key,
    List<String> defaultValues,
    @Nullable String validator,
    boolean required,
    boolean visible,
    int minCardinality,
    int maxCardinality,
    @Nullable String argument,
    boolean showArgument,
    boolean repeatArgument) {
  public AppInput {
    defaultValues = List.copyOf(defaultValues);
  }

  /** A builder of an input that a job need not have, and may have one value of. */
  public static Builder builder(String key) {
    return new Builder(key);
  }

  /** Builds inputs. Not safe for use by several threads. */
  public static final class Builder {
    private final String key;
    private List<String> defaultValues = List.of();
    private @Nullable String validator;
    private boolean required;
    private boolean visible = true;
    private int minCardinality = 1;
    private @Nullable Integer maxCardinality;
    private @Nullable String argument;
    private boolean showArgument;
    private boolean repeatArgument;

    private Builder(String key) {
      this.key = key;
    }

    public Builder defaultValues(String... values) {
      return defaultValues(List.of(values));
    }

    public Builder defaultValues(List<String> values) {
      this.defaultValues = List.copyOf(values);
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

    /** How many values a job that has it has at least; 1 if nothing is said. */
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
     * Returns the input.
     *
     * @throws IllegalArgumentException if something is wrong with it as far as that shows without
     *     other definitions; tells the field, its value and what would be right
     */
    public AppInput build() {
      return build(DefinitionCheck.refusing("input " + key));
    }

    /** Returns the input, right or wrong, and tells all that is wrong with it. */
    public AppInput build(FieldProblems problems) {
      AppInput input =
          new AppInput(
              key,
              defaultValues,
              validator,
              required,
              visible,
              minCardinality,
              ArgumentRules.maxCardinality(maxCardinality, minCardinality),
              argument,
              showArgument,
              repeatArgument);
      ArgumentRules.check(new DefinitionCheck(problems), input);
      return input;
    }
  }
}
