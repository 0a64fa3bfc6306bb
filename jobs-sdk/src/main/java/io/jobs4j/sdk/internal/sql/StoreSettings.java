package io.jobs4j.sdk.internal.sql;

import java.time.Duration;

/**
 * How a store behaves among others and towards its database.
 *
 * @param node a name that no other running engine has; empty if there is none
 * @param lease after how long without a sign of life an engine is declared dead
 * @param databaseWait how long callers wait for a database that does not answer
 */
public record StoreSettings(String node, Duration lease, Duration databaseWait) {
  /** What holds when nobody says otherwise. */
  public static final StoreSettings DEFAULT =
      new StoreSettings("", Duration.ofSeconds(30), Duration.ofSeconds(30));
}
