package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.cluster.EngineSession;
import java.sql.SQLException;

/** A change that is made by statements of its own. */
final class Write<T> extends PendingWrite<T> {
  private final Change<T> change;
  private final String job;

  /** What is to be done within a transaction. It may be done more than once. */
  interface Change<T> {
    T apply(EngineSession session) throws SQLException;
  }

  /**
   * A change.
   *
   * @param job the UUID of the job that it changes; empty if it is about no one job
   */
  Write(Change<T> change, String job) {
    this.change = change;
    this.job = job;
  }

  @Override
  String job() {
    return job;
  }

  void apply(EngineSession session) throws SQLException {
    done(change.apply(session));
  }
}
