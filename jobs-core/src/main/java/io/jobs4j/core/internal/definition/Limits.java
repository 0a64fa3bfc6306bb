package io.jobs4j.core.internal.definition;

/** Numbers that limit something, or -1 for no limit. Stateless. */
public final class Limits {
  /** What a limit must be, as the end of a sentence. */
  public static final String EXPECTED = "must be -1 for no limit, or a whole number from 1";

  private Limits() {}

  /** Whether a number can be a limit. */
  public static boolean isLimit(int number) {
    return number == -1 || number >= 1;
  }
}
