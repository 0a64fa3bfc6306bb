package io.jobs4j.core.internal.validation;

import io.jobs4j.core.internal.request.RequestProblems;
import org.jspecify.annotations.Nullable;

/** The check of the texts of one request. */
final class TextCheck {
  private final RequestProblems problems;

  TextCheck(RequestProblems problems) {
    this.problems = problems;
  }

  /** A string that must be there; {@code null} after a problem. */
  @Nullable String required(String field, @Nullable String value, int limit) {
    if (value == null || value.isEmpty()) {
      if (!problems.flawed(field)) {
        problems.add(
            field, value, "is required and must have 1 to %s characters.".formatted(limit));
      }
      return null;
    }
    return optional(field, value, limit);
  }

  /** A string that may be missing but not blank; {@code null} if it is or after a problem. */
  @Nullable String optional(String field, @Nullable String value, int limit) {
    if (value == null) {
      return null;
    }
    if (value.isBlank()) {
      problems.add(field, value, "must not be empty.");
      return null;
    }
    return fits(field, value, limit) ? value : null;
  }

  /** Whether a string has at most so many characters, all of which can be shown. */
  boolean fits(String field, String value, int limit) {
    if (value.length() > limit) {
      problems.add(
          field,
          value,
          "must have at most %s characters, but has %s.".formatted(limit, value.length()));
      return false;
    }
    if (Characters.anyControl(value)) {
      problems.add(field, value, "must not have control characters and must be valid Unicode.");
      return false;
    }
    return true;
  }
}
