package io.jobs4j.sdk.internal.store;

/** Pauses between attempts: each is twice as long as the last, up to a second. For one thread. */
final class RetryPause {
  private static final long FIRST_MILLIS = 20;
  private static final long LONGEST_MILLIS = 1000;

  private long millis = FIRST_MILLIS;

  /** The next pause. */
  long nextMillis() {
    long next = millis;
    millis = Math.min(2 * millis, LONGEST_MILLIS);
    return next;
  }
}
