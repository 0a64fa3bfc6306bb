package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.Durability;
import java.time.Duration;

/**
 * How a database is opened.
 *
 * @param durability what acknowledged changes survive
 * @param databaseWait how long it may take to answer
 * @param names what its tables are called
 * @param makesTables whether tables that are missing are made
 */
public record Opening(
    Durability durability, Duration databaseWait, Names names, boolean makesTables) {
  /** As nobody says otherwise, but for the durability. */
  public static Opening with(Durability durability) {
    return new Opening(durability, StoreSettings.DEFAULT.databaseWait(), Names.DEFAULT, true);
  }
}
