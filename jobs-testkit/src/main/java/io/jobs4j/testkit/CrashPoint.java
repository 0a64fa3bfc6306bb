package io.jobs4j.testkit;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A named step at which a process can be made to die, so that a crash between two given steps is
 * forced and not left to chance. The code of a test's process says {@code
 * CrashPoint.reached("taken")}, and {@link CrashHarness#dieAt} starts the process so that it ends
 * there; in any other process nothing happens. Safe for use by several threads.
 */
public final class CrashPoint {
  /**
   * The system property that says where to die: the name of a point, or with {@code :n} after it
   * when the point is reached for the n-th time, the first being 1.
   */
  public static final String PROPERTY = "jobs4j.crash.at";

  /** The exit code of a process that died here, the same as after SIGKILL. */
  public static final int EXIT_CODE = 137;

  /** How often the point was reached: what counts is the life of the process. */
  private static final AtomicLong REACHED = new AtomicLong();

  private CrashPoint() {}

  /**
   * Says that the process has come to a point, and ends it at once if it is to die there: no
   * shutdown hook runs, nothing is flushed, and this does not return.
   *
   * @throws IllegalArgumentException if the system property does not end with a number above 0
   *     where it has a colon
   */
  public static void reached(String name) {
    if (isFatal(name, System.getProperty(PROPERTY), REACHED)) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  static boolean isFatal(String name, @Nullable String fatal, AtomicLong reached) {
    if (fatal == null) {
      return false;
    }
    int colon = fatal.lastIndexOf(':');
    if (!name.equals(colon < 0 ? fatal : fatal.substring(0, colon))) {
      return false;
    }
    return reached.incrementAndGet() == (colon < 0 ? 1 : count(fatal, colon));
  }

  private static long count(String fatal, int colon) {
    try {
      long count = Long.parseLong(fatal.substring(colon + 1));
      if (count > 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "%s is \"%s\": a number above 0 belongs after the colon".formatted(PROPERTY, fatal));
  }
}
