package io.jobs4j.core.model;

import io.jobs4j.core.internal.definition.Limits;
import io.jobs4j.core.internal.definition.Paths;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Checks single fields for the builders of definitions. Stateless but for where problems go. */
final class DefinitionCheck {
  private final FieldProblems problems;

  DefinitionCheck(FieldProblems problems) {
    this.problems = problems;
  }

  /**
   * Refuses the definition for the first problem.
   *
   * @param definition what it defines, for the message
   */
  static FieldProblems refusing(String definition) {
    return (field, value, expected) -> {
      String shown = value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
      throw new IllegalArgumentException(
          "%s: %s %s%s"
              .formatted(
                  definition, field, value == null ? "" : "is " + shown + "; it ", expected));
    };
  }

  void wrong(String field, @Nullable Object value, String expected) {
    problems.add(field, value, expected);
  }

  /** Refuses what is empty. */
  void required(String field, String value) {
    if (value.isEmpty()) {
      wrong(field, null, "must not be empty");
    }
  }

  /** Refuses a number that limits nothing and is not -1. */
  void limit(String field, int value) {
    if (!Limits.isLimit(value)) {
      wrong(field, value, Limits.EXPECTED);
    }
  }

  /** Refuses a number below the least. */
  void from(int least, String field, @Nullable Integer value) {
    if (value != null && value < least) {
      wrong(field, value, "must be a whole number from " + least);
    }
  }

  /** Refuses a path that leads out of its storage, or that a shell would have to read. */
  void path(String field, @Nullable String value) {
    String expected = value == null ? null : Paths.expectedInside(value);
    if (expected != null) {
      wrong(field, value, expected);
    }
  }

  /** Refuses what is no regular expression. */
  void regex(String field, @Nullable String value) {
    try {
      Pattern.compile(value == null ? "" : value);
    } catch (PatternSyntaxException e) {
      wrong(field, value, "must be a regular expression (%s)".formatted(e.getDescription()));
    }
  }
}
