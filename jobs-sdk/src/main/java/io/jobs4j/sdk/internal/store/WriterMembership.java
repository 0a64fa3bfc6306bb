package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.cluster.AnnouncementChannel;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the writer's engine join the engines on the database, come back after it was declared dead,
 * and leave, each in a transaction of its own, and ends the sessions of others that are in the way.
 * Used by the writer's thread alone.
 */
final class WriterMembership {
  private static final Logger log = LoggerFactory.getLogger(WriterMembership.class);
  private static final int ATTEMPTS = 3;

  private final Database database;
  private final Membership membership;
  private final WriterSession session;
  private final Runnable onRejoin;

  /** Whether this engine was declared dead and has not come back yet. */
  private boolean lost;

  /**
   * An engine that has not joined yet.
   *
   * @param onRejoin is told when this engine was declared dead and comes back with nothing
   */
  WriterMembership(
      Database database, Membership membership, WriterSession session, Runnable onRejoin) {
    this.database = database;
    this.membership = membership;
    this.session = session;
    this.onRejoin = onRejoin;
  }

  /** Another engine may be in the way, which does the same, or a former one that was stopped. */
  void join() throws SQLException {
    for (int attempt = 1; ; attempt++) {
      EngineSession open = session.open();
      try {
        join(open);
        return;
      } catch (SQLException | RuntimeException e) {
        SqlFailure failure = SqlFailure.of(e);
        if (attempt == ATTEMPTS || !failure.isPassing()) {
          throw e;
        }
        open.rollback();
        if (failure == SqlFailure.LOCKED) {
          // Whoever was silent as long as this engine has waited is not about to let go.
          endHolders(
              held ->
                  membership.endFormer(
                      held,
                      database.exclusive(),
                      Duration.ofMillis(WriterSession.LONG_LOCK_MILLIS)));
        }
      }
    }
  }

  private void join(EngineSession open) throws SQLException {
    session.begin(open, WriterSession.LONG_LOCK_MILLIS);
    membership.join(open, database.exclusive());
    tellOthers(open);
    session.commit(open);
    membership.committed();
  }

  /** Comes back with nothing. */
  void rejoin(EngineSession open) throws SQLException {
    if (!lost) {
      // Before it comes back: the answer to that may be lost, and the jobs are in any case.
      lost = true;
      log.warn("This engine gave no sign of life in time and lost its jobs; it comes back");
      onRejoin.run();
    }
    session.begin(open, WriterSession.LONG_LOCK_MILLIS);
    membership.rejoin(open);
    tellOthers(open);
    open.handle().commit();
    membership.committed();
  }

  /** A transaction of this engine has found it among the others. */
  void found() {
    lost = false;
  }

  /**
   * Gives this engine's jobs back. A connection that broke unnoticed is no reason to let others
   * wait for the lease to end.
   *
   * @param deadline until when it is tried, by {@link System#nanoTime}
   */
  void leave(long deadline) {
    for (RetryPause pause = new RetryPause(); ; ) {
      try {
        leave(session.open());
        return;
      } catch (SQLException | RuntimeException e) {
        session.drop(SqlFailure.of(e));
        if (deadline - System.nanoTime() <= 0) {
          log.warn(
              "This engine could not give its jobs back; others wait for its lease to end: {}",
              e.toString());
          return;
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause.nextMillis()));
    }
  }

  private void leave(EngineSession open) throws SQLException {
    session.watch(open);
    session.begin(open, WriterSession.LONG_LOCK_MILLIS);
    membership.leave(open);
    // Whatever is known of others: what is given back would lie there.
    tellOthers(open);
    session.commit(open);
  }

  /** Has whoever holds the row of this engine let go of it. */
  void endOwnHolder() {
    endHolders(membership::endOwnHolder);
  }

  /** Ends sessions that are in the way, as far as that works out. */
  private void endHolders(Step step) {
    try {
      EngineSession open = session.open();
      session.watch(open);
      session.begin(open, WriterSession.LOCK_MILLIS);
      step.run(open);
      open.handle().commit();
    } catch (SQLException | RuntimeException e) {
      log.warn("Sessions that are in the way could not be looked for: {}", e.toString());
      session.drop(SqlFailure.of(e));
    } finally {
      session.unwatch();
    }
  }

  /** What is done in a transaction of its own. */
  private interface Step {
    void run(EngineSession session) throws SQLException;
  }

  /** Tells other engines, if there are any, what the transaction under way does. */
  void announce(EngineSession open) throws SQLException {
    if (membership.others() > 0) {
      tellOthers(open);
    }
  }

  private void tellOthers(EngineSession open) throws SQLException {
    if (database.dialect().notifies()) {
      AnnouncementChannel.send(open, open.announcements().messages(membership.id()));
    }
  }
}
