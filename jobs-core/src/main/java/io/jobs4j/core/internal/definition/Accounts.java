package io.jobs4j.core.internal.definition;

import org.jspecify.annotations.Nullable;

/** The texts of accounts, which may be secret, so that nothing says what they hold. Stateless. */
public final class Accounts {
  /** The most characters of how an account logs in. */
  public static final int LONGEST_TYPE = 64;

  /** The most characters of the name of an account. */
  public static final int LONGEST_USERNAME = 255;

  /** The most characters of a password. */
  public static final int LONGEST_PASSWORD = 4096;

  /** The most characters of a public or private key. */
  public static final int LONGEST_KEY = 65536;

  private Accounts() {}

  /** What a secret must be, as the end of a sentence. */
  public static String expectedSecret(int longest) {
    return "must be a string of at most %s characters without NUL".formatted(longest);
  }

  /** Whether a text can be a secret. */
  public static boolean isSecret(String text, int longest) {
    return text.length() <= longest && text.indexOf('\0') < 0;
  }

  /**
   * What the name of an account would have to be instead, as the end of a sentence.
   *
   * @return {@code null} if it is right
   */
  public static @Nullable String expectedUsername(String username) {
    return isSecret(username, LONGEST_USERNAME)
        ? Texts.expectedLine(username, LONGEST_USERNAME)
        : expectedSecret(LONGEST_USERNAME);
  }
}
