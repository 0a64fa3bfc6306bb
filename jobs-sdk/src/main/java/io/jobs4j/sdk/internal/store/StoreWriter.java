package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.Announcements;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.cluster.OutdatedException;
import io.jobs4j.sdk.internal.sql.Connections;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import io.jobs4j.sdk.internal.sql.Threads;
import io.jobs4j.sdk.internal.sql.Watchdog;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes the database for this engine. It puts all that waits into one
 * transaction with one sync to disk, and answers after that, so that many callers share the cost of
 * durability. The queue is bounded: a caller waits when the database is slower than the callers.
 *
 * <p>Each transaction has a number that is stored with it. When the answer to a commit is lost, the
 * number tells whether it was carried out, so that nothing is done twice or left out. While the
 * database is away, callers wait as long as they were told to.
 *
 * <p>What the database refuses takes nothing else with it: the transaction is rolled back and its
 * parts are done one by one. So a part may be done more than once and must depend on nothing but
 * what it is given. A part that needs a lock which somebody else holds is set aside, and waits for
 * it while all others go on.
 *
 * <p>Whoever waits is answered in time whatever holds the thread up: the {@link Watchdog} does it
 * when the thread itself does not.
 */
final class StoreWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);
  private static final int QUEUE_CAPACITY = 4096;
  private static final int GROUP_LIMIT = 512;
  private static final int ATTEMPTS = 3;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  /** No group takes as long; a connection on which one does is taken for broken. */
  private static final Duration LEAST_SILENCE = Duration.ofMinutes(1);

  /** How long a group waits for locks before it is looked for what is in its way. */
  private static final int LOCK_MILLIS = 250;

  /** The same for a change that waited before, while others wait for it. */
  private static final int SHORT_LOCK_MILLIS = 50;

  /** The same for what the engine does for itself alone, when it comes, comes back or leaves. */
  private static final int LONG_LOCK_MILLIS = 5000;

  /** How long changes that wait for locks may hold up others at a time. */
  private static final long ASIDE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How long this engine tries to give its jobs back at least. */
  private static final Duration LEAVE_TIME = Duration.ofSeconds(2);

  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 1000;

  private static final String UNKNOWN =
      "The database went away in the moment of a commit; whether it was made is not known.";

  private static final String CLOSED = "The engine is closed.";

  private final Database database;
  private final Membership membership;
  private final JobTables tables;
  private final Duration patience;
  private final Runnable onRejoin;
  private final StoreObserver observer;
  private final BlockingQueue<Pending<?>> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final SetAside aside = new SetAside();
  private final Thread thread;

  /** Until when this engine tries to give its jobs back. */
  private volatile long leaveBy;

  /** What the thread has in hand, with what is set aside. */
  private volatile List<Pending<?>> underWay = List.of();

  /** The connection in use; used by the thread alone, but may be aborted by others. */
  private volatile @Nullable EngineSession session;

  /** Whether this engine was declared dead and has not come back yet; the thread's alone. */
  private boolean lost;

  /**
   * A writer, which joins the engines on the database.
   *
   * @param patience how long a caller waits for a database that does not answer
   * @param onRejoin is told when this engine was declared dead and comes back with nothing
   * @param observer sees each group that is durable
   * @throws StoreException if the database cannot be used
   */
  StoreWriter(
      Database database,
      Membership membership,
      JobTables tables,
      Duration patience,
      Runnable onRejoin,
      StoreObserver observer) {
    this.database = database;
    this.membership = membership;
    this.tables = tables;
    this.patience = patience;
    this.onRejoin = onRejoin;
    this.observer = observer;
    try {
      join();
      unwatch();
    } catch (SQLException | RuntimeException e) {
      drop();
      throw new StoreException("The database cannot be used: " + e.getMessage(), e);
    }
    database.watchdog().onTick(this::answerLate);
    this.thread = new Thread(this::run, "jobs4j-writer");
    thread.setDaemon(true);
    thread.start();
  }

  /** What is done in a transaction of its own. */
  private interface Step {
    void run(EngineSession session) throws SQLException;
  }

  /** What is to be done within a transaction. */
  interface Change<T> {
    T apply(EngineSession session) throws SQLException;
  }

  /**
   * Makes a change and returns its result when it is durable. An interrupt does not undo it: the
   * caller waits on and finds itself interrupted afterwards.
   *
   * @throws StoreException if the database failed or the writer is closed
   * @throws JobsException what the change threw
   */
  <T> T write(Change<T> change) {
    return result(submit(change));
  }

  /** As {@link #write(Change)}, for a change of one job. */
  <T> T write(Change<T> change, String job) {
    return result(submit(new Single<>(change, job)));
  }

  /** Refuses what comes too late. */
  static void requireOpen(boolean closed) {
    if (closed) {
      throw new StoreException(CLOSED);
    }
  }

  /** Puts a change in line, waiting while the line is full; it completes when it is durable. */
  <T> CompletableFuture<T> submit(Change<T> change) {
    return submit(new Single<>(change, ""));
  }

  /** Puts something in line, waiting while the line is full; it completes when it is durable. */
  <T> CompletableFuture<T> submit(Pending<T> pending) {
    long deadline = System.nanoTime() + patience.toNanos();
    pending.waitUntil(deadline);
    boolean interrupted = false;
    boolean queued = false;
    while (!queued && !closed() && !(pending.isLate(System.nanoTime()) && queueIsFull())) {
      try {
        queued = queue.offer(pending, 100, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (closed()) {
      // The thread may have looked for the last time before this came, so this answers for itself,
      // unless the thread has it already. What others had put in line before is still done.
      if (!queued || queue.remove(pending)) {
        pending.fail(new StoreException(CLOSED));
      }
    } else if (!queued) {
      pending.fail(unavailable(null));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return pending.result();
  }

  /** How many changes wait in line. */
  int waiting() {
    return queue.size();
  }

  private boolean queueIsFull() {
    return queue.remainingCapacity() == 0;
  }

  private boolean closed() {
    return closing.getCount() == 0;
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
      throw asJobsException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    List<Pending<?>> group = new ArrayList<>(GROUP_LIMIT);
    while (!closed() || !queue.isEmpty()) {
      try {
        Pending<?> first = queue.poll(nextLook(), TimeUnit.NANOSECONDS);
        if (first != null) {
          group.add(first);
          queue.drainTo(group, GROUP_LIMIT - 1);
          List<Pending<?>> all = new ArrayList<>(group);
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
    aside.release(pending -> true, pending -> pending.fail(locked()));
    leave();
    drop();
    refuseRest();
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
  private void commit(List<Pending<?>> given, boolean whole) {
    List<Pending<?>> group = new ArrayList<>(given);
    group.removeIf(Pending::isGivenUp);
    aside.keepOrder(group);
    long pause = FIRST_PAUSE_MILLIS;
    for (int attempt = 1; !group.isEmpty(); attempt++) {
      long start = System.nanoTime();
      Outcome outcome = attempt(group, LOCK_MILLIS);
      if (outcome.done()) {
        observer.group(group.size(), Duration.ofNanos(System.nanoTime() - start));
        group.forEach(Pending::answer);
        return;
      }
      Throwable cause = outcome.cause();
      if (outcome.failure() == SqlFailure.LOCKED) {
        if (!whole || attempt(List.of(), LOCK_MILLIS).done()) {
          apart(group);
          return;
        }
        // Not even the engine's own row can be had, so that nobody's change is to blame. The server
        // may not have noticed that this engine's last connection was cut.
        endHolders(membership::endOwnHolder);
      } else if (!outcome.databaseIsAway()) {
        if (group.size() > 1) {
          group.forEach(alone -> commit(List.of(alone), true));
          return;
        }
        if (attempt >= ATTEMPTS || !outcome.failure().isPassing()) {
          group.get(0).fail(asJobsException(cause));
          return;
        }
      }
      group = withoutLate(group, cause);
      if (!group.isEmpty()) {
        awaitDatabase(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      }
    }
  }

  /** Finds those of a group that need locks of others, and does all others. */
  private void apart(List<Pending<?>> group) {
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
        pending -> pending.isGivenUp() || pending.isLate(now) || closed(),
        pending -> pending.fail(locked()));
    if (aside.nanosLeft(now) == 0) {
      aside.retry(this::retry, spent -> spent > ASIDE_NANOS && !queue.isEmpty());
    }
  }

  /** Whether a change that was set aside is done with. */
  private boolean retry(Pending<?> pending) {
    Outcome outcome = attempt(List.of(pending), queue.isEmpty() ? LOCK_MILLIS : SHORT_LOCK_MILLIS);
    if (outcome.done()) {
      pending.answer();
      return true;
    }
    if (outcome.databaseIsAway() || outcome.failure().isPassing()) {
      return false;
    }
    pending.fail(asJobsException(outcome.cause()));
    return true;
  }

  /** Answers those who have waited for too long, whatever the thread is at. */
  private void answerLate(long now) {
    long limit = now - Connections.GRACE.toNanos();
    for (Pending<?> pending : queue) {
      if (pending.isLate(limit) && queue.remove(pending)) {
        pending.fail(unavailable(null));
      }
    }
    for (Pending<?> pending : underWay) {
      if (pending.isLate(limit)) {
        pending.fail(new StoreException(UNKNOWN));
      }
    }
  }

  private List<Pending<?>> withoutLate(List<Pending<?>> group, @Nullable Throwable cause) {
    long now = System.nanoTime();
    List<Pending<?>> rest = new ArrayList<>(group);
    for (Iterator<Pending<?>> all = rest.iterator(); all.hasNext(); ) {
      Pending<?> pending = all.next();
      if (closed() || pending.isLate(now)) {
        pending.fail(unavailable(cause));
        all.remove();
      }
    }
    return rest;
  }

  private void awaitDatabase(long millis) {
    try {
      boolean unused = closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      log.warn("The writer was interrupted and goes on.");
    }
  }

  /** Tries a group once. */
  private Outcome attempt(List<Pending<?>> group, int lockMillis) {
    try {
      EngineSession open = open();
      watch(open);
      long number;
      try {
        number = transact(open, group, lockMillis);
      } catch (SQLException | RuntimeException | Error e) {
        SqlFailure failure = SqlFailure.of(e);
        boolean alive = failure != SqlFailure.DATABASE_CLOSED && open.isAlive();
        tables.rolledBack();
        if (alive) {
          open.rollback();
        } else {
          drop(failure);
        }
        return new Outcome(false, !alive, failure, e);
      }
      return finish(open, number, group);
    } catch (RuntimeException e) {
      drop(SqlFailure.of(e));
      return new Outcome(false, true, SqlFailure.OTHER, e);
    } finally {
      unwatch();
    }
  }

  /** All but the commit. */
  private long transact(EngineSession open, List<Pending<?>> group, int lockMillis)
      throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        begin(open, lockMillis);
        long number = membership.renew(open);
        apply(open, group);
        open.flush();
        announce(open);
        lost = false;
        return number;
      } catch (OutdatedException e) {
        open.rollback();
        // What this engine knew of its jobs.
        tables.rolledBack();
        if (attempt == ATTEMPTS) {
          throw e;
        }
        if (e.isDeclaredDead()) {
          rejoin(open);
        }
      }
    }
  }

  private void begin(EngineSession open, int lockMillis) throws SQLException {
    open.news().clear();
    open.handle().begin();
    database.dialect().begun(open, database.durability(), membership.lease(), lockMillis);
  }

  private void announce(EngineSession open) throws SQLException {
    if (membership.others() > 0) {
      tellOthers(open);
    }
  }

  private void tellOthers(EngineSession open) throws SQLException {
    if (database.dialect().notifies()) {
      Announcements.tell(open, open.news().messages(membership.id()));
    }
  }

  private Outcome finish(EngineSession open, long number, List<Pending<?>> group) {
    group.forEach(Pending::committing);
    boolean committed = false;
    try {
      open.handle().commit();
      committed = true;
      database.dialect().afterCommit(open.handle(), database.durability());
      membership.committed();
      return Outcome.DONE;
    } catch (RuntimeException e) {
      SqlFailure failure = SqlFailure.of(e);
      tables.rolledBack();
      if (failure == SqlFailure.ROLLED_BACK && !committed) {
        open.rollback();
        return new Outcome(false, false, failure, e);
      }
      log.warn("The answer to a commit was lost: {}", e.toString());
      drop(failure);
      return findOut(number, e);
    }
  }

  /** Whether a commit was carried out whose answer was lost: the database knows. */
  private Outcome findOut(long number, RuntimeException cause) {
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      try {
        EngineSession open = open();
        watch(open);
        begin(open, LONG_LOCK_MILLIS);
        boolean committed = membership.wasCommitted(open, number);
        open.rollback();
        if (committed) {
          database.dialect().afterCommit(open.handle(), database.durability());
          membership.committed();
          return Outcome.DONE;
        }
        return new Outcome(false, true, SqlFailure.OTHER, cause);
      } catch (SQLException | RuntimeException e) {
        drop(SqlFailure.of(e));
        if (closed() || System.nanoTime() - deadline >= 0) {
          return new Outcome(false, true, SqlFailure.OTHER, new StoreException(UNKNOWN, cause));
        }
        awaitDatabase(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      }
    }
  }

  private void apply(EngineSession open, List<Pending<?>> group) throws SQLException {
    List<JobTables.Insertion> insertions = new ArrayList<>();
    List<JobTables.Transition> transitions = new ArrayList<>();
    for (Pending<?> pending : group) {
      if (pending instanceof JobTables.Insertion insertion) {
        insertions.add(insertion);
      } else if (pending instanceof JobTables.Transition transition) {
        transitions.add(transition);
      } else if (pending instanceof Single<?> single) {
        // In order with what came before it.
        flush(open, insertions, transitions);
        open.flush();
        single.apply(open);
      }
    }
    flush(open, insertions, transitions);
  }

  private void flush(
      EngineSession open,
      List<JobTables.Insertion> insertions,
      List<JobTables.Transition> transitions)
      throws SQLException {
    if (!insertions.isEmpty()) {
      tables.insert(open, List.copyOf(insertions));
      insertions.clear();
    }
    if (!transitions.isEmpty()) {
      tables.change(open, List.copyOf(transitions));
      transitions.clear();
    }
  }

  private EngineSession open() {
    EngineSession known = session;
    if (known != null) {
      return known;
    }
    database.requireLock();
    Handle handle;
    try {
      handle = database.jdbi().open();
    } catch (RuntimeException e) {
      // What holds the lock may be the last connection to a database that has failed.
      database.forgetLock();
      throw e;
    }
    EngineSession opened = new EngineSession(handle, database.dialect(), database.names());
    session = opened;
    try {
      database.dialect().opened(opened, database.durability(), membership.lease());
    } catch (SQLException e) {
      throw new StoreException("The database's session could not be set up.", e);
    }
    return opened;
  }

  /** The connection is aborted if what is done on it takes far too long. */
  private void watch(EngineSession open) {
    database
        .watchdog()
        .watch(
            open.handle().getConnection(),
            System.nanoTime(),
            patience.compareTo(LEAST_SILENCE) < 0 ? LEAST_SILENCE : patience);
  }

  private void unwatch() {
    EngineSession known = session;
    if (known != null) {
      database.keep(known.handle());
    }
  }

  private void drop() {
    drop(SqlFailure.OTHER);
  }

  private void drop(SqlFailure failure) {
    EngineSession known = session;
    if (known == null) {
      return;
    }
    try {
      if (failure == SqlFailure.DATABASE_CLOSED) {
        database.keep(known.handle());
        database.failed(known.handle());
      } else {
        // What is left behind is put in order first, by a database that may not answer.
        watch(known);
        known.close();
      }
    } finally {
      session = null;
    }
  }

  /** Another engine may be in the way, which does the same, or a former one that was stopped. */
  private void join() throws SQLException {
    for (int attempt = 1; ; attempt++) {
      EngineSession open = open();
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
              session ->
                  membership.endFormer(
                      session, database.exclusive(), Duration.ofMillis(LONG_LOCK_MILLIS)));
        }
      }
    }
  }

  /** Ends sessions that are in the way, as far as that works out. */
  private void endHolders(Step step) {
    try {
      EngineSession open = open();
      watch(open);
      begin(open, LOCK_MILLIS);
      step.run(open);
      open.handle().commit();
    } catch (SQLException | RuntimeException e) {
      log.warn("Sessions that are in the way could not be looked for: {}", e.toString());
      drop(SqlFailure.of(e));
    } finally {
      unwatch();
    }
  }

  private void join(EngineSession open) throws SQLException {
    begin(open, LONG_LOCK_MILLIS);
    membership.join(open, database.exclusive());
    tellOthers(open);
    open.handle().commit();
    database.dialect().afterCommit(open.handle(), database.durability());
    membership.committed();
  }

  private void rejoin(EngineSession open) throws SQLException {
    if (!lost) {
      // Before it comes back: the answer to that may be lost, and the jobs are in any case.
      lost = true;
      log.warn("This engine gave no sign of life in time and lost its jobs; it comes back");
      onRejoin.run();
    }
    begin(open, LONG_LOCK_MILLIS);
    membership.rejoin(open);
    tellOthers(open);
    open.handle().commit();
    membership.committed();
  }

  /** A connection that broke unnoticed is no reason to let others wait for the lease to end. */
  private void leave() {
    for (long pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
      try {
        leaveOnce(open());
        return;
      } catch (SQLException | RuntimeException e) {
        drop(SqlFailure.of(e));
        if (leaveBy - System.nanoTime() <= 0) {
          log.warn(
              "This engine could not give its jobs back; others wait for its lease to end: {}",
              e.toString());
          return;
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
    }
  }

  private void leaveOnce(EngineSession open) throws SQLException {
    watch(open);
    begin(open, LONG_LOCK_MILLIS);
    membership.leave(open);
    // Whatever is known of others: what is given back would lie there.
    tellOthers(open);
    open.handle().commit();
    database.dialect().afterCommit(open.handle(), database.durability());
  }

  private void refuseRest() {
    for (Pending<?> rest = queue.poll(); rest != null; rest = queue.poll()) {
      rest.fail(new StoreException(CLOSED));
    }
  }

  private static StoreException locked() {
    return new StoreException(
        "The database could not store a change: another transaction holds a lock that it needs.");
  }

  private static StoreException unavailable(@Nullable Throwable cause) {
    if (cause instanceof StoreException known && UNKNOWN.equals(known.getMessage())) {
      return known;
    }
    return new StoreException("The database could not store a change: it does not answer.", cause);
  }

  private static JobsException asJobsException(@Nullable Throwable cause) {
    if (cause instanceof JobsException known) {
      return known;
    }
    return new StoreException("The database could not store a change.", cause);
  }

  /** Finishes what waits, gives this engine's jobs back, and takes nothing more. */
  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  /** As {@link #close()}, for so long at most. */
  void close(Duration limit) {
    Duration leaving = patience.compareTo(LEAVE_TIME) < 0 ? LEAVE_TIME : patience;
    Duration shorter = leaving.compareTo(limit) < 0 ? leaving : limit;
    leaveBy = System.nanoTime() + shorter.toNanos();
    closing.countDown();
    if (!Threads.ended(thread, limit)) {
      log.warn("The database did not answer in time; changes that wait for it are given up.");
      refuseRest();
      underWay.forEach(pending -> pending.fail(new StoreException(UNKNOWN)));
      EngineSession stuck = session;
      if (stuck != null) {
        Watchdog.abort(stuck.handle().getConnection());
      }
    }
  }

  /**
   * What came of an attempt.
   *
   * @param databaseIsAway whether the same may be tried again when it is back
   */
  private record Outcome(
      boolean done, boolean databaseIsAway, SqlFailure failure, @Nullable Throwable cause) {
    static final Outcome DONE = new Outcome(true, false, SqlFailure.OTHER, null);
  }

  private static final class Single<T> extends Pending<T> {
    private final Change<T> change;
    private final String job;

    Single(Change<T> change, String job) {
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
}
