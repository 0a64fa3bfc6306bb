package io.jobs4j.core.model;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What inputs and parameters of applications have in common. Stateless. */
final class ArgumentRules {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.-]+");

  private ArgumentRules() {}

  /** The most values, which nobody may have given: as many as there must be, and one at least. */
  static int maxCardinality(@Nullable Integer given, int minCardinality) {
    return given == null ? Math.max(1, minCardinality) : given;
  }

  static void check(DefinitionCheck check, AppInput input) {
    check(
        check,
        input.key(),
        input.validator(),
        input.argument(),
        input.required() && !input.visible(),
        input.minCardinality(),
        input.maxCardinality(),
        input.defaultValues());
  }

  static void check(DefinitionCheck check, AppParameter parameter) {
    check(
        check,
        parameter.key(),
        parameter.validator(),
        parameter.argument(),
        parameter.required() && !parameter.visible(),
        parameter.minCardinality(),
        parameter.maxCardinality(),
        parameter.defaultValues());
  }

  private static void check(
      DefinitionCheck check,
      String key,
      @Nullable String validator,
      @Nullable String argument,
      boolean fixed,
      int minCardinality,
      int maxCardinality,
      List<?> defaultValues) {
    if (check.requiredLine("key", key, 64) && !KEY.matcher(key).matches()) {
      check.wrong("key", key, "must be letters, digits, \"_\", \".\" and \"-\"");
    }
    if (check.text("validator", validator, 4096)) {
      check.regex("validator", validator);
    }
    check.text("argument", argument, 1024);
    check.from(0, "minCardinality", minCardinality);
    check.limit("maxCardinality", maxCardinality);
    if (maxCardinality >= 1 && maxCardinality < minCardinality) {
      check.wrong("maxCardinality", maxCardinality, "must not be less than minCardinality");
    }
    if (fixed && defaultValues.isEmpty()) {
      check.wrong(
          "defaultValues",
          null,
          "must be given, because the value is required and a request cannot set it");
    }
  }
}
