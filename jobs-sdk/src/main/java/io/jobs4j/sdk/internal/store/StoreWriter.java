package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.sql.Connections;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import io.jobs4j.sdk.internal.sql.Threads;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes the database for this engine. It puts all that waits into one
 * transaction with one sync to disk, and answers after that, so that many callers share the cost of
 * durability. The queue is bounded: a caller waits when the database is slower than the callers.
 *
 * <p>Nothing is done twice or left out, also when the answer to a commit is lost. While the
 * database is away, callers wait as long as they were told to.
 *
 * <p>What the database refuses takes nothing else with it: the transaction is rolled back and its
 * parts are done one by one. So a part may be done more than once and must depend on nothing but
 * what it is given. A part that needs a lock which somebody else holds is set aside, and waits for
 * it while all others go on.
 *
 * <p>Whoever waits is answered in time whatever holds the thread up: the {@link
 * io.jobs4j.sdk.internal.sql.Watchdog} does it when the thread itself does not.
 */
final class StoreWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);
  private static final int GROUP_LIMIT = 512;
  private static final int ATTEMPTS = 3;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  /** How long changes that wait for locks may hold up others at a time. */
  private static final long ASIDE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How long this engine tries to give its jobs back at least. */
  private static final Duration LEAVE_TIME = Duration.ofSeconds(2);

  private final WriterSession session;
  private final WriterMembership engine;
  private final GroupTransaction transaction;
  private final Duration databaseWait;
  private final StoreObserver observer;
  private final WriteQueue queue;
  private final LockWaitQueue aside = new LockWaitQueue();
  private final Thread thread;

  /** Until when this engine tries to give its jobs back. */
  private volatile long leaveBy;

  /** What the thread has in hand, with what is set aside. */
  private volatile List<PendingWrite<?>> underWay = List.of();

  /**
   * A writer, which joins the engines on the database.
   *
   * @param applier makes the changes of jobs
   * @param databaseWait how long a caller waits for a database that does not answer
   * @param onRejoin is told when this engine was declared dead and comes back with nothing
   * @param observer sees each group that is durable
   * @throws StoreException if the database cannot be used
   */
  StoreWriter(
      Database database,
      Membership membership,
      JobApplier applier,
      Duration databaseWait,
      Runnable onRejoin,
      StoreObserver observer) {
    this.databaseWait = databaseWait;
    this.observer = observer;
    this.queue = new WriteQueue(databaseWait);
    this.session = new WriterSession(database, membership.lease(), databaseWait);
    this.engine = new WriterMembership(database, membership, session, onRejoin);
    this.transaction =
        new GroupTransaction(session, engine, membership, applier, queue, databaseWait);
    try {
      engine.join();
      session.unwatch();
    } catch (SQLException | RuntimeException e) {
      session.drop();
      throw new StoreException("The database cannot be used: " + e.getMessage(), e);
    }
    database.watchdog().onTick(this::answerLate);
    this.thread = new Thread(this::run, "jobs4j-writer");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Makes a change and returns its result when it is durable. An interrupt does not undo it: the
   * caller waits on and finds itself interrupted afterwards.
   *
   * @throws StoreException if the database failed or the writer is closed
   * @throws JobsException what the change threw
   */
  <T> T write(Write.Change<T> change) {
    return result(submit(change));
  }

  /** As {@link #write(Write.Change)}, for a change of one job. */
  <T> T write(Write.Change<T> change, String job) {
    return result(submit(new Write<>(change, job)));
  }

  /** Puts a change in line, waiting while the line is full; it completes when it is durable. */
  <T> CompletableFuture<T> submit(Write.Change<T> change) {
    return submit(new Write<>(change, ""));
  }

  /** Puts something in line, waiting while the line is full; it completes when it is durable. */
  <T> CompletableFuture<T> submit(PendingWrite<T> pending) {
    return queue.submit(pending);
  }

  /** How many changes wait in line. */
  int waiting() {
    return queue.size();
  }

  /** Waits for a change that was put in line. */
  static <T> T result(CompletableFuture<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw StoreErrors.asJobsException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    List<PendingWrite<?>> group = new ArrayList<>(GROUP_LIMIT);
    while (!queue.isClosed() || !queue.isEmpty()) {
      try {
        PendingWrite<?> first = queue.poll(nextLook());
        if (first != null) {
          group.add(first);
          queue.drainTo(group, GROUP_LIMIT - 1);
          List<PendingWrite<?>> all = new ArrayList<>(group);
          all.addAll(aside.all());
          underWay = List.copyOf(all);
          commit(group, true);
        }
        retryAside();
      } catch (InterruptedException e) {
        // Only close() ends this thread, and it does not interrupt.
        log.warn("The writer was interrupted and goes on.");
      } catch (RuntimeException | Error e) {
        log.error("The writer failed and goes on", e);
        group.forEach(pending -> pending.fail(e));
      } finally {
        group.clear();
        underWay = aside.all();
      }
    }
    aside.release(pending -> true, pending -> pending.fail(StoreErrors.locked()));
    engine.leave(leaveBy);
    session.drop();
    queue.refuseRest();
  }

  private long nextLook() {
    long longest = TimeUnit.MILLISECONDS.toNanos(100);
    return aside.isEmpty() ? longest : Math.min(longest, aside.nanosLeft(System.nanoTime()));
  }

  /**
   * Does a group, however often that takes.
   *
   * @param whole whether it is not known yet that it can do without locks of others
   */
  private void commit(List<PendingWrite<?>> given, boolean whole) {
    List<PendingWrite<?>> group = new ArrayList<>(given);
    group.removeIf(PendingWrite::isGivenUp);
    aside.keepOrder(group);
    RetryPause pause = new RetryPause();
    for (int attempt = 1; !group.isEmpty(); attempt++) {
      long start = System.nanoTime();
      GroupTransaction.Outcome outcome = transaction.attempt(group, WriterSession.LOCK_MILLIS);
      if (outcome.done()) {
        observer.group(group.size(), Duration.ofNanos(System.nanoTime() - start));
        group.forEach(PendingWrite::answer);
        return;
      }
      Throwable cause = outcome.cause();
      if (outcome.failure() == SqlFailure.LOCKED) {
        if (!whole || transaction.attempt(List.of(), WriterSession.LOCK_MILLIS).done()) {
          apart(group);
          return;
        }
        // Not even the engine's own row can be had, so that nobody's change is to blame. The server
        // may not have noticed that this engine's last connection was cut.
        engine.endOwnHolder();
      } else if (!outcome.databaseIsAway()) {
        if (group.size() > 1) {
          group.forEach(alone -> commit(List.of(alone), true));
          return;
        }
        if (attempt >= ATTEMPTS || !outcome.failure().isPassing()) {
          group.get(0).fail(StoreErrors.asJobsException(cause));
          return;
        }
      }
      group = withoutLate(group, cause);
      if (!group.isEmpty()) {
        transaction.awaitDatabase(pause.nextMillis());
      }
    }
  }

  /** Finds those of a group that need locks of others, and does all others. */
  private void apart(List<PendingWrite<?>> group) {
    if (group.size() == 1) {
      aside.add(group.get(0), System.nanoTime());
      return;
    }
    int half = group.size() / 2;
    commit(group.subList(0, half), false);
    commit(group.subList(half, group.size()), false);
  }

  /** Tries changes again that wait for locks. */
  private void retryAside() {
    if (aside.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    aside.release(
        pending -> pending.isGivenUp() || pending.isLate(now) || queue.isClosed(),
        pending -> pending.fail(StoreErrors.locked()));
    if (aside.nanosLeft(now) == 0) {
      aside.retry(this::retry, spent -> spent > ASIDE_NANOS && !queue.isEmpty());
    }
  }

  /** Whether a change that was set aside is done with. */
  private boolean retry(PendingWrite<?> pending) {
    GroupTransaction.Outcome outcome =
        transaction.attempt(
            List.of(pending),
            queue.isEmpty() ? WriterSession.LOCK_MILLIS : WriterSession.SHORT_LOCK_MILLIS);
    if (outcome.done()) {
      pending.answer();
      return true;
    }
    if (outcome.databaseIsAway() || outcome.failure().isPassing()) {
      return false;
    }
    pending.fail(StoreErrors.asJobsException(outcome.cause()));
    return true;
  }

  /** Answers those who have waited for too long, whatever the thread is at. */
  private void answerLate(long now) {
    long limit = now - Connections.GRACE.toNanos();
    queue.failLate(limit);
    for (PendingWrite<?> pending : underWay) {
      if (pending.isLate(limit)) {
        pending.fail(StoreErrors.unknown(null));
      }
    }
  }

  private List<PendingWrite<?>> withoutLate(
      List<PendingWrite<?>> group, @Nullable Throwable cause) {
    long now = System.nanoTime();
    List<PendingWrite<?>> rest = new ArrayList<>(group);
    for (Iterator<PendingWrite<?>> all = rest.iterator(); all.hasNext(); ) {
      PendingWrite<?> pending = all.next();
      if (queue.isClosed() || pending.isLate(now)) {
        pending.fail(StoreErrors.unavailable(cause));
        all.remove();
      }
    }
    return rest;
  }

  /** Finishes what waits, gives this engine's jobs back, and takes nothing more. */
  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  /** As {@link #close()}, for so long at most. */
  void close(Duration limit) {
    Duration leaving = databaseWait.compareTo(LEAVE_TIME) < 0 ? LEAVE_TIME : databaseWait;
    Duration shorter = leaving.compareTo(limit) < 0 ? leaving : limit;
    leaveBy = System.nanoTime() + shorter.toNanos();
    queue.close();
    if (!Threads.ended(thread, limit)) {
      log.warn("The database did not answer in time; changes that wait for it are given up.");
      queue.refuseRest();
      underWay.forEach(pending -> pending.fail(StoreErrors.unknown(null)));
      session.abort();
    }
  }
}
