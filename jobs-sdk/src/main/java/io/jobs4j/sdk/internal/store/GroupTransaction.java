package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.cluster.OutdatedException;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries to make a group of changes in one transaction. Each transaction has a number that is stored
 * with it. When the answer to a commit is lost, the number tells whether it was carried out. Used
 * by the writer's thread alone.
 */
final class GroupTransaction {
  private static final Logger log = LoggerFactory.getLogger(GroupTransaction.class);
  private static final int ATTEMPTS = 3;

  private final WriterSession session;
  private final WriterMembership engine;
  private final Membership membership;
  private final JobApplier applier;
  private final WriteQueue queue;
  private final Duration databaseWait;

  /**
   * Transactions of an engine.
   *
   * @param applier makes the changes of jobs
   * @param queue when it is closed, nothing is waited for any more
   * @param databaseWait how long to ask for what became of a commit
   */
  GroupTransaction(
      WriterSession session,
      WriterMembership engine,
      Membership membership,
      JobApplier applier,
      WriteQueue queue,
      Duration databaseWait) {
    this.session = session;
    this.engine = engine;
    this.membership = membership;
    this.applier = applier;
    this.queue = queue;
    this.databaseWait = databaseWait;
  }

  /**
   * What came of an attempt.
   *
   * @param databaseIsAway whether the same may be tried again when it is back
   */
  record Outcome(
      boolean done, boolean databaseIsAway, SqlFailure failure, @Nullable Throwable cause) {
    static final Outcome DONE = new Outcome(true, false, SqlFailure.OTHER, null);
  }

  /** Tries a group once. */
  Outcome attempt(List<PendingWrite<?>> group, int lockMillis) {
    try {
      EngineSession open = session.open();
      session.watch(open);
      long number;
      try {
        number = transact(open, group, lockMillis);
      } catch (SQLException | RuntimeException | Error e) {
        SqlFailure failure = SqlFailure.of(e);
        boolean alive = failure != SqlFailure.DATABASE_CLOSED && open.isAlive();
        applier.rolledBack();
        if (alive) {
          open.rollback();
        } else {
          session.drop(failure);
        }
        return new Outcome(false, !alive, failure, e);
      }
      return finish(open, number, group);
    } catch (RuntimeException e) {
      session.drop(SqlFailure.of(e));
      return new Outcome(false, true, SqlFailure.OTHER, e);
    } finally {
      session.unwatch();
    }
  }

  /** All but the commit. */
  private long transact(EngineSession open, List<PendingWrite<?>> group, int lockMillis)
      throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        session.begin(open, lockMillis);
        long number = membership.renew(open);
        apply(open, group);
        open.flush();
        engine.announce(open);
        engine.found();
        return number;
      } catch (OutdatedException e) {
        open.rollback();
        // What this engine knew of its jobs.
        applier.rolledBack();
        if (attempt == ATTEMPTS) {
          throw e;
        }
        if (e.isDeclaredDead()) {
          engine.rejoin(open);
        }
      }
    }
  }

  private Outcome finish(EngineSession open, long number, List<PendingWrite<?>> group) {
    group.forEach(PendingWrite::committing);
    boolean committed = false;
    try {
      open.handle().commit();
      committed = true;
      session.afterCommit(open);
      membership.committed();
      return Outcome.DONE;
    } catch (RuntimeException e) {
      SqlFailure failure = SqlFailure.of(e);
      applier.rolledBack();
      if (failure == SqlFailure.ROLLED_BACK && !committed) {
        open.rollback();
        return new Outcome(false, false, failure, e);
      }
      log.warn("The answer to a commit was lost: {}", e.toString());
      if (committed && SqlFailure.failedToForce(e)) {
        return unforced(open, group, e);
      }
      session.drop(failure);
      return findOut(number, group, e);
    }
  }

  /**
   * What was committed may be lost if the power fails, and to force it once more would not tell. It
   * is there as long as it is not, so nobody does it again, and observers are told of it. The file
   * is opened anew, as with the one there is nothing can be forced any more.
   */
  private Outcome unforced(
      EngineSession open, List<PendingWrite<?>> group, RuntimeException cause) {
    group.forEach(pending -> pending.fail(StoreErrors.unknown(cause)));
    session.shutDown(open);
    return Outcome.DONE;
  }

  /** Whether a commit was carried out whose answer was lost: the database knows. */
  private Outcome findOut(long number, List<PendingWrite<?>> group, RuntimeException cause) {
    long deadline = System.nanoTime() + databaseWait.toNanos();
    RetryPause pause = new RetryPause();
    while (true) {
      @Nullable EngineSession open = null;
      boolean committed = false;
      try {
        open = session.open();
        session.watch(open);
        session.begin(open, WriterSession.LONG_LOCK_MILLIS);
        committed = membership.wasCommitted(open, number);
        open.rollback();
        if (committed) {
          session.afterCommit(open);
          membership.committed();
          return Outcome.DONE;
        }
        return new Outcome(false, true, SqlFailure.OTHER, cause);
      } catch (SQLException | RuntimeException e) {
        if (committed && open != null && SqlFailure.failedToForce(e)) {
          return unforced(open, group, cause);
        }
        session.drop(SqlFailure.of(e));
        if (queue.isClosed() || System.nanoTime() - deadline >= 0) {
          return new Outcome(false, true, SqlFailure.OTHER, StoreErrors.unknown(cause));
        }
        awaitDatabase(pause.nextMillis());
      }
    }
  }

  /** Gives the database time to come back. */
  void awaitDatabase(long millis) {
    try {
      queue.awaitClose(millis);
    } catch (InterruptedException e) {
      // Only the end of the queue ends the writer's thread.
      log.warn("The writer was interrupted and goes on.");
    }
  }

  private void apply(EngineSession open, List<PendingWrite<?>> group) throws SQLException {
    List<Insertion> insertions = new ArrayList<>();
    List<Transition> transitions = new ArrayList<>();
    for (PendingWrite<?> pending : group) {
      if (pending instanceof Insertion insertion) {
        insertions.add(insertion);
      } else if (pending instanceof Transition transition) {
        transitions.add(transition);
      } else if (pending instanceof Write<?> write) {
        // In order with what came before it.
        flush(open, insertions, transitions);
        open.flush();
        write.apply(open);
      }
    }
    flush(open, insertions, transitions);
  }

  private void flush(EngineSession open, List<Insertion> insertions, List<Transition> transitions)
      throws SQLException {
    if (!insertions.isEmpty()) {
      applier.insert(open, List.copyOf(insertions));
      insertions.clear();
    }
    if (!transitions.isEmpty()) {
      applier.change(open, List.copyOf(transitions));
      transitions.clear();
    }
  }
}
