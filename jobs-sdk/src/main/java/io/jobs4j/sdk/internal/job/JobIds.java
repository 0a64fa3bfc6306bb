package io.jobs4j.sdk.internal.job;

import java.util.UUID;

/**
 * The ids of jobs: a UUID as of RFC 4122 and {@code -007}, by which the services of this field tell
 * jobs from other things, and without which their command lines refuse an id.
 */
public final class JobIds {
  private static final String TYPE = "-007";

  private JobIds() {}

  /** A new id, which nobody can guess. */
  public static String next() {
    return UUID.randomUUID() + TYPE;
  }
}
