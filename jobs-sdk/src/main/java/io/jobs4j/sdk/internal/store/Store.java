package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What an engine keeps in its database, a part for each question: they share the database, the one
 * writer and the membership of the engine, and end together. Safe for use by several threads.
 */
public final class Store implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);

  private final Database database;
  private final StoreClock clock;
  private final StoreReader reader;
  private final StoreWriter writer;
  private final Jobs jobs;
  private final JobChanges changes;
  private final Requests requests;
  private final Leases leases;
  private final Timers timers;
  private final Recoveries recoveries;
  private final PausedTable paused;
  private final EndedJobs ended;
  private final Queues queues;
  private final Cluster cluster;

  /** A store on an open database, which it closes. */
  public Store(Database database, Clock clock) {
    this(database, StoreSettings.DEFAULT, clock, () -> {}, StoreObserver.NONE);
  }

  /**
   * A store on an open database, which it closes.
   *
   * @param onLost is told when all leases were lost; it must not block
   * @param observer sees what is done
   */
  public Store(
      Database database,
      StoreSettings settings,
      Clock clock,
      Runnable onLost,
      StoreObserver observer) {
    this.database = database;
    JobCache cache = new JobCache();
    QuotaTable quotas = new QuotaTable();
    Membership membership;
    JobApplier applier;
    try {
      this.clock = new StoreClock(clock);
      membership =
          new Membership(database.dialect(), settings.node(), settings.lease(), Leases::giveBack);
      applier = new JobApplier(database.dialect(), this.clock, membership::id, cache, quotas);
      this.writer =
          new StoreWriter(database, membership, applier, settings.databaseWait(), onLost, observer);
    } catch (RuntimeException | Error e) {
      database.close();
      throw e;
    }
    this.reader = new StoreReader(database);
    this.jobs = new Jobs(writer, reader, this.clock, observer);
    this.changes = new JobChanges(writer, observer);
    this.requests = new Requests(writer, reader, cache, membership);
    this.leases = new Leases(writer, reader, this.clock, cache, membership, observer);
    this.timers = new Timers(writer, reader, this.clock);
    this.recoveries = new Recoveries(writer, reader, this.clock, membership, quotas);
    this.paused = new PausedTable(writer, reader);
    this.ended = new EndedJobs(writer, reader);
    this.queues = new Queues(writer, reader);
    this.cluster = new Cluster(database, writer, membership);
    try {
      tryOut(applier);
    } catch (RuntimeException e) {
      close();
      throw new StoreException(
          (SqlFailure.of(e).isRefusal()
                  ? "No job can run on this database (%s): %s"
                  : "The database (%s) failed when it was tried out: %s")
              .formatted(database.product(), SqlFailure.rootMessage(e)),
          e);
    }
    database.ready();
  }

  /** Does once, and undoes, what running jobs takes. */
  private void tryOut(JobApplier applier) {
    List<StoredJob> unusedJobs = jobs.list("jobs4j", "jobs4j", JobQuery.all().withPage(0, 1));
    List<HistoryEvent> unusedHistory = jobs.history(0, 0, 1);
    Optional<Instant> unusedTimer = timers.next();
    Optional<Instant> unusedRecovery = recoveries.next();
    SelfTest test = new SelfTest(applier, clock.instant());
    try {
      writer.write(
          session -> {
            test.run(session, (same, workerPool) -> leases.take(same, "R", workerPool, "L", 1));
            return 0;
          });
    } catch (SelfTest.UndoneException e) {
      // As it should be.
    }
  }

  /** The jobs. */
  public Jobs jobs() {
    return jobs;
  }

  /** Changes of jobs. */
  public JobChanges changes() {
    return changes;
  }

  /** What users want done to jobs. */
  public Requests requests() {
    return requests;
  }

  /** Who may work on jobs. */
  public Leases leases() {
    return leases;
  }

  /** When jobs that rest are due. */
  public Timers timers() {
    return timers;
  }

  /** What blocked jobs wait for. */
  public Recoveries recoveries() {
    return recoveries;
  }

  /** Jobs that are paused. */
  public PausedTable paused() {
    return paused;
  }

  /** Jobs that are over. */
  public EndedJobs ended() {
    return ended;
  }

  /** The tenant queues. */
  public Queues queues() {
    return queues;
  }

  /** The engines on the database. */
  public Cluster cluster() {
    return cluster;
  }

  /** The time as the store keeps it. */
  public StoreClock clock() {
    return clock;
  }

  /** How many changes wait to be written. */
  public int waitingChanges() {
    return writer.waiting();
  }

  /** Waits for a change. */
  public static <T> T result(CompletableFuture<T> change) {
    return StoreWriter.result(change);
  }

  /** Finishes the changes under way, gives this engine's jobs back, and closes the database. */
  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  /**
   * As {@link #close()}, for about so long at most: what waits for a database that does not answer
   * is given up then.
   */
  public void close(Duration limit) {
    reader.close();
    long deadline = System.nanoTime() + limit.toNanos();
    cluster.leaving();
    writer.close(limit);
    cluster.close(deadline);
    database.close(Duration.ofNanos(Math.max(CLOSE_GRACE.toNanos(), deadline - System.nanoTime())));
  }
}
