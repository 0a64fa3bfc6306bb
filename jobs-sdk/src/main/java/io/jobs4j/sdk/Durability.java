package io.jobs4j.sdk;

/** What an acknowledged change survives. Each level includes those before it. */
public enum Durability {
  /** Nothing. For tests, and for databases in memory. */
  NONE,
  /** The death of this process, and of the database's where it is another. */
  PROCESS,
  /** Power failure: the change has been forced to the disk. */
  POWER
}
