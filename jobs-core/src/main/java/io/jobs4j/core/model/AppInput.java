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
}
