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
   * H2 on a file. Only {@code CHECKPOINT SYNC} writes what was committed and forces it to the disk;
   * {@code commit} leaves that for later.
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
