package io.jobs4j.sdk.internal.job;

import org.jspecify.annotations.Nullable;

/** What becomes of the value of a field when a change gives it another one. */
public enum MergeRule {
  /** It stays as it was when the job was stored. */
  NEVER,
  /** It is replaced, also by nothing. */
  REPLACE,
  /** It is replaced if there is a new one. */
  LAST,
  /** What is known first stays. */
  FIRST,
  /** The new one is added. */
  SUM,
  /** It is true as soon as it was once. */
  EVER;

  /**
   * The value after a change, or that of two changes together.
   *
   * @param before {@code null} if there was none
   * @param given what the change gives; {@code null} if nothing
   */
  @Nullable Object merge(@Nullable Object before, @Nullable Object given) {
    return switch (this) {
      case NEVER -> before;
      case REPLACE -> given;
      case LAST -> given == null ? before : given;
      case FIRST -> before == null ? given : before;
      case SUM -> before == null ? given : given == null ? before : sum(before, given);
      case EVER -> Boolean.TRUE.equals(before) ? before : given;
    };
  }

  private static Object sum(Object before, Object given) {
    return (Integer) before + (Integer) given;
  }

  /** What a change gives that gives nothing, where a database needs to be given something. */
  public @Nullable Object nothing() {
    return switch (this) {
      case SUM -> 0;
      case EVER -> false;
      case NEVER, REPLACE, LAST, FIRST -> null;
    };
  }

  /** Whether a change that gives this gives nothing. */
  boolean isNothing(@Nullable Object given) {
    return given == null || given.equals(nothing());
  }
}
