package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.catalog.QueueDefinitions;
import io.jobs4j.core.internal.validation.RequestValidator;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.transfer.Transfers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Puts the parts together, in the order in which they need each other, and takes them apart. */
public final class Engine implements AutoCloseable {
  /** How long its threads may take to end, so that there is time for the database. */
  private static final Duration PARTS_LIMIT = Duration.ofSeconds(15);

  /** How long adapters may take to close what they have opened. */
  private static final Duration ADAPTERS_LIMIT = Duration.ofSeconds(5);

  /** How long until what waits for the database is given up; listeners have what is left. */
  private static final Duration STORE_LIMIT = Duration.ofSeconds(24);

  /** How long the database may take at the end however little it is waited for otherwise. */
  private static final Duration LAST_WORD = Duration.ofSeconds(3);

  /** Whatever users have run at the end of a job shares these. */
  private static final int COMPLETION_THREADS = 4;

  private final Store store;
  private final JobFeed feed;
  private final Observation observation;
  private final Adapters adapters;
  private final ExecutorService transferPool;
  private final Monitor monitor;
  private final JobWorker worker;
  private final Dispatcher dispatcher;
  private final Heartbeat heartbeat;
  private final Retention retention;
  private final Duration databaseWait;
  private final Predicate<Caller> administrators;
  private final TenantQueues queues;
  private final Recoverer recoverer;
  private final Intake intake;
  private final Outputs outputs;
  private final JobCompletions completions;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Engine(Store store, JobFeed feed, Observation observation, EngineSettings settings) {
    this.store = store;
    this.feed = feed;
    this.observation = observation;
    EngineMetrics metrics = observation.metrics();
    this.adapters =
        new Adapters(
            settings.storages(),
            settings.runners(),
            settings.schedulers(),
            (system, job) -> heardOf(job));
    this.transferPool = Executors.newCachedThreadPool(threads("jobs4j-transfer"));
    Quotas quotas = new Quotas(settings.catalog());
    this.recoverer =
        new Recoverer(
            store,
            new Probes(settings.catalog(), adapters, store.recoveries()),
            quotas,
            settings.recovery(),
            Executors.newCachedThreadPool(threads("jobs4j-probe")),
            this::wakeDispatcher);
    this.monitor =
        new Monitor(
            store,
            adapters,
            Executors.newCachedThreadPool(threads("jobs4j-status")),
            this::wakeDispatcher,
            this::ended,
            metrics,
            new Supervision(store, recoverer, metrics),
            new PausedJobs(settings.catalog(), adapters, store.paused(), this::wakeDispatcher)
                ::look);
    this.worker =
        new JobWorker(
            store,
            monitor,
            adapters,
            new Transfers(transferPool, Transfers.DEFAULT_PARALLEL_FILES, settings.clock()),
            settings,
            recoverer,
            quotas,
            this::wakeDispatcherAt,
            metrics);
    ThreadFactory workers = threads("jobs4j-worker");
    this.dispatcher =
        new Dispatcher(store, worker, settings.workers(), count -> newPool(count, workers));
    this.queues = new TenantQueues(store.queues(), dispatcher);
    this.databaseWait = settings.store().databaseWait();
    this.administrators = settings.administrators();
    this.retention =
        new Retention(
            store.ended(),
            store.clock(),
            settings.retention(),
            store.cluster().lease().dividedBy(3));
    this.heartbeat = new Heartbeat(store.cluster(), queues::refresh, this::othersChanged);
    this.intake =
        new Intake(
            new RequestValidator(settings.catalog(), settings.validation()),
            store.jobs(),
            store.clock(),
            dispatcher,
            queues);
    this.outputs = new Outputs(settings.catalog(), adapters);
    this.completions =
        new JobCompletions(
            store.jobs(),
            store.cluster(),
            feed,
            pool(COMPLETION_THREADS, threads("jobs4j-completion")));
    metrics.gauge(EngineMetricNames.JOBS_WORKING, dispatcher::working);
    metrics.gauge(EngineMetricNames.JOBS_WATCHED, monitor::watched);
    metrics.gauge(EngineMetricNames.WRITER_QUEUE, store::waitingChanges);
  }

  /** Starts an engine, which closes {@code database} in the end. */
  public static Engine start(Database database, EngineSettings settings) {
    JobFeed feed = new JobFeed();
    AtomicReference<Engine> lost = new AtomicReference<>();
    Observation observation;
    try {
      observation = new Observation(feed, settings.listeners(), settings.metrics());
    } catch (RuntimeException | Error e) {
      database.close();
      throw e;
    }
    Store store;
    try {
      store =
          new Store(
              database,
              settings.store(),
              settings.clock(),
              () -> {
                Engine running = lost.get();
                if (running != null) {
                  running.leasesLost();
                }
              },
              observation);
    } catch (RuntimeException | Error e) {
      observation.close();
      throw e;
    }
    Engine engine;
    try {
      engine = new Engine(store, feed, observation, settings);
      lost.set(engine);
    } catch (RuntimeException | Error e) {
      store.close();
      observation.close();
      throw e;
    }
    try {
      engine.queues.add(
          existing -> {
            QueueDefinitions.check(settings.queues(), existing);
            return settings.queues();
          });
      if (settings.workers() > 0) {
        engine.monitor.start();
        engine.dispatcher.start();
        engine.recoverer.start();
      }
      engine.heartbeat.start();
      engine.retention.start();
      engine.completions.start();
      store
          .cluster()
          .listen(
              new OtherEngines(
                  store.requests(), engine.dispatcher, engine.recoverer, engine.worker, feed));
      return engine;
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  /** What {@code caller} can do. */
  public JobsClient client(Caller caller) {
    return new LocalJobsClient(
        caller,
        intake,
        outputs,
        store,
        feed,
        completions,
        this::cancelRequested,
        observation.metrics(),
        administrators);
  }

  /** Adds or changes tenant queues; see {@link io.jobs4j.sdk.JobsEngine#importQueues}. */
  public void importQueues(String source, String json) {
    queues.add(existing -> QueueDefinitions.parse(source, json, existing));
  }

  /** Looks at the clock and the database. */
  public void wake() {
    monitor.wake();
    recoverer.wake();
    dispatcher.lookAtAll();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      ShutdownDeadline answer = ShutdownDeadline.within(databaseWait.plus(LAST_WORD));
      ShutdownDeadline parts = ShutdownDeadline.within(PARTS_LIMIT);
      ShutdownDeadline all = ShutdownDeadline.within(STORE_LIMIT);
      worker.close();
      // All at once, so that none uses up the time of the others.
      recoverer.stop();
      List<ExecutorService> unused = dispatcher.stop();
      monitor.stop();
      heartbeat.stop();
      retention.stop();
      completions.stop();
      heartbeat.close(parts);
      retention.close(parts);
      completions.close(parts);
      recoverer.close(parts);
      dispatcher.close(parts);
      monitor.close(parts);
      transferPool.shutdownNow();
      closeAdapters(all);
      store.close(shorter(all.left(), longer(answer.left(), LAST_WORD)));
      feed.wakeAll();
      observation.close();
    }
  }

  /** Adapters that do not close in time are left, so that the database is not. */
  private void closeAdapters(ShutdownDeadline deadline) {
    Thread closer = new Thread(adapters::close, "jobs4j-close");
    closer.setDaemon(true);
    closer.start();
    ShutdownDeadline own = ShutdownDeadline.within(shorter(deadline.left(), ADAPTERS_LIMIT));
    own.await("An adapter", List.of(), closer);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private void cancelRequested(String uuid) {
    worker.cancelRequested(uuid);
    dispatcher.wake();
  }

  // The parts below are made after those that call them.

  private void heardOf(RemoteJob job) {
    monitor.heardOf(job);
  }

  private void wakeDispatcher() {
    dispatcher.wake();
  }

  private void wakeDispatcherAt(Instant time) {
    dispatcher.wakeAt(time);
  }

  private void ended(Job job) {
    recoverer.ended(job);
  }

  private void othersChanged() {
    dispatcher.lookAtAll();
    recoverer.wake();
    feed.wakeAll();
  }

  private void leasesLost() {
    observation.metrics().count(EngineMetricNames.LEASES_LOST, 1);
    monitor.forgetAll();
    dispatcher.lookAtAll();
  }

  /** A pool whose threads end when there is nothing to do for them. */
  private static ThreadPoolExecutor pool(int count, ThreadFactory threads) {
    ThreadPoolExecutor pool = newPool(count, threads);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadPoolExecutor newPool(int count, ThreadFactory threads) {
    return new ThreadPoolExecutor(
        count, count, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), threads);
  }

  private static ThreadFactory threads(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
