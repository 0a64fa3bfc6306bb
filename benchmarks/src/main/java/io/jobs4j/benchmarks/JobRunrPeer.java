package io.jobs4j.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.stream.Stream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.configuration.JobRunrConfiguration;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** JobRunr, the open one, with one kind of empty job. One at a time: it keeps static state. */
final class JobRunrPeer implements AutoCloseable {
  private static final int WORKERS = 20;

  /** The shortest that it allows on a database. */
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(5);

  private final StorageProvider storage;
  private final JobRequestScheduler scheduler;
  private final BackgroundJobServer server;

  JobRunrPeer(BenchmarkDatabase database, Runnable onRun) {
    HikariDataSource pool = database.poolForPeers();
    this.storage = SqlStorageProviderFactory.using(pool);
    JobRunrConfiguration.JobRunrConfigurationResult configured =
        JobRunr.configure()
            .useJsonMapper(new JacksonJsonMapper())
            .useJobActivator(new Activator(new Handler(onRun)))
            .useStorageProvider(storage)
            .useBackgroundJobServer(
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                    .andWorkerCount(WORKERS)
                    .andPollInterval(POLL_INTERVAL),
                false)
            .initialize();
    this.scheduler = configured.getJobRequestScheduler();
    this.server = configured.getBackgroundJobServer();
  }

  static String name(BenchmarkDatabase.Kind kind) {
    return kind == BenchmarkDatabase.Kind.POSTGRES
        ? "JobRunr 8.7.0"
        : "JobRunr 8.7.0, WRITE_DELAY=0";
  }

  void start() throws Exception {
    server.start();
    Crowd.until("JobRunr's announcement", 5, server::isAnnounced);
  }

  /** One job in a transaction of its own. */
  void enqueue() {
    scheduler.enqueue(new Empty());
  }

  void enqueueAll(int count) {
    scheduler.enqueue(Stream.generate(Empty::new).limit(count));
  }

  long succeeded() {
    return storage.countJobs(StateName.SUCCEEDED);
  }

  @Override
  public void close() {
    JobRunr.destroy();
  }

  /** What is enqueued; JobRunr writes it as JSON. */
  public static final class Empty implements JobRequest {
    private static final long serialVersionUID = 1;

    @Override
    public Class<Handler> getJobRequestHandler() {
      return Handler.class;
    }
  }

  /** Runs what is enqueued; JobRunr calls it by reflection, so it is public. */
  public static final class Handler implements JobRequestHandler<Empty> {
    private final Runnable onRun;

    Handler(Runnable onRun) {
      this.onRun = onRun;
    }

    @Override
    public void run(Empty request) {
      onRun.run();
    }
  }

  private record Activator(Handler handler) implements JobActivator {
    @Override
    public <T> T activateJob(Class<T> type) {
      return type.cast(handler);
    }
  }
}
