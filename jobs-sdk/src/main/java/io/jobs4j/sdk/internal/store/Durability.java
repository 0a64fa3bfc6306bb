package io.jobs4j.sdk.internal.store;

import org.jdbi.v3.core.Handle;

/** What makes a committed change survive. */
enum Durability {
  /** Nothing survives the process: databases in memory. */
  NONE {
    @Override
    void afterCommit(Handle handle) {}
  },
  /**
   * H2 on a file. It writes when {@code commit} returns (with its write delay off), but only {@code
   * CHECKPOINT SYNC} forces what it wrote to the disk.
   */
  H2_FILE {
    @Override
    void afterCommit(Handle handle) {
      handle.execute("CHECKPOINT SYNC");
    }
  };

  /** Returns when all that was committed on the database before will survive. */
  abstract void afterCommit(Handle handle);
}
