package io.jobs4j.core.model;

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
    STRING,
    NUMBER,
    BOOL,
    /** A boolean that shows as its argument, or as nothing. */
    FLAG,
    ENUMERATION
  }
}
