package io.jobs4j.it;

import java.util.Random;

/**
 * How much the tests of crashes and outages do, and what chooses their moments. By default they are
 * short; {@code -Djobs4j.chaos=full} is the long run. {@code -Djobs4j.chaos.seed=n} repeats the
 * choices of a run.
 */
final class Chaos {
  private static final boolean FULL = "full".equals(System.getProperty("jobs4j.chaos"));

  private Chaos() {}

  /** One number for the short run, another for the full one. */
  static int size(int shortRun, int fullRun) {
    return FULL ? fullRun : shortRun;
  }

  /** A seed, which is printed so that a failure can be repeated. */
  static long seed(String test) {
    Long given = Long.getLong("jobs4j.chaos.seed");
    long seed = given == null ? new Random().nextInt(1_000_000) : given;
    System.out.printf("%s: -Djobs4j.chaos.seed=%d%n", test, seed);
    return seed;
  }
}
