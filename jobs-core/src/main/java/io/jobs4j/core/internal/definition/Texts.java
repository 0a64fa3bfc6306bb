package io.jobs4j.core.internal.definition;

import org.jspecify.annotations.Nullable;

/**
 * Single texts of definitions, and the most characters of those that several definitions have. Most
 * are stored with a job, in columns of these lengths. Stateless.
 */
public final class Texts {
  /** The most characters of the id of a tenant. */
  public static final int LONGEST_TENANT_ID = 24;

  /** The most characters of the id of a system, and of other names that refer to something. */
  public static final int LONGEST_ID = 64;

  /** The most characters of the name of a queue of a system. */
  public static final int LONGEST_QUEUE = 128;

  /** The most characters of the name of a host. */
  public static final int LONGEST_HOST = 255;

  private Texts() {}

  /** What a required text that is missing must be, as the end of a sentence. */
  public static String expectedThere(int longest) {
    return "must be a string of 1 to %s characters".formatted(longest);
  }

  /**
   * What a text would have to be instead, as the end of a sentence.
   *
   * @return {@code null} if it is right
   */
  public static @Nullable String expectedText(String text, int longest) {
    return text.length() > longest || text.indexOf('\0') >= 0
        ? "must have at most %s characters and no NUL".formatted(longest)
        : null;
  }

  /**
   * What a text of one line would have to be instead, as the end of a sentence.
   *
   * @return {@code null} if it is right
   */
  public static @Nullable String expectedLine(String text, int longest) {
    String expected = expectedText(text, longest);
    if (expected != null) {
      return expected;
    }
    return text.isBlank() || hasControls(text)
        ? "must not be blank and have no control characters"
        : null;
  }

  /** Whether a text has line breaks and such. */
  public static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }
}
