package io.jobs4j.core.model;

import io.jobs4j.core.internal.definition.Limits;
import io.jobs4j.core.internal.definition.Paths;
import io.jobs4j.core.internal.definition.Texts;
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

  /** Takes a problem if there is one, and says whether there is none. */
  private boolean isRight(String field, @Nullable Object value, @Nullable String expected) {
    if (expected != null) {
      wrong(field, value, expected);
    }
    return expected == null;
  }

  /** Refuses what is empty, and what {@link #line} refuses; whether it is right. */
  boolean requiredLine(String field, String value, int longest) {
    return value.isEmpty()
        ? isRight(field, null, Texts.expectedThere(longest))
        : line(field, value, longest);
  }

  /** Refuses what is blank, longer, or has control characters; whether it is right. */
  boolean line(String field, @Nullable String value, int longest) {
    return isRight(field, value, value == null ? null : Texts.expectedLine(value, longest));
  }

  /** Refuses what is longer, or has a NUL; whether it is right. */
  boolean text(String field, @Nullable String value, int longest) {
    return isRight(field, value, value == null ? null : Texts.expectedText(value, longest));
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

  /**
   * Refuses a path that is too long, leads out of its storage, or would have to be read by a shell;
   * whether it is right.
   */
  boolean path(String field, @Nullable String value) {
    return isRight(field, value, value == null ? null : Paths.expectedInside(value));
  }

  /** Refuses what is empty, and what {@link #path} refuses; whether it is right. */
  boolean requiredPath(String field, String value) {
    return value.isEmpty() ? isRight(field, null, Paths.expectedThere()) : path(field, value);
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
