package io.jobs4j.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** db-scheduler with one kind of empty task, as its documentation on performance advises. */
final class DbScheduler implements AutoCloseable {
  private static final int THREADS = 20;

  private final HikariDataSource pool;
  private final OneTimeTask<Void> task;
  private final Scheduler scheduler;

  private DbScheduler(BenchmarkDatabase database, Runnable onRun, boolean immediate)
      throws SQLException {
    boolean postgres = database.kind() == BenchmarkDatabase.Kind.POSTGRES;
    this.pool = database.poolForPeers();
    createTable(postgres);
    this.task = Tasks.oneTime("empty").execute((instance, context) -> onRun.run());
    SchedulerBuilder builder =
        Scheduler.create(pool, task)
            .threads(THREADS)
            .pollingInterval(immediate ? Duration.ofSeconds(10) : Duration.ofMillis(50));
    // On H2, which its documentation does not list, it can only select and then lock.
    builder = postgres ? builder.pollUsingLockAndFetch(1, 4) : builder.pollUsingFetch(1, 4);
    this.scheduler = (immediate ? builder.enableImmediateExecution() : builder).build();
  }

  /** Polls every 50 ms. */
  static DbScheduler polling(BenchmarkDatabase database, Runnable onRun) throws SQLException {
    return new DbScheduler(database, onRun, false);
  }

  /** Wakes up when a task is scheduled in this process. */
  static DbScheduler immediate(BenchmarkDatabase database, Runnable onRun) throws SQLException {
    return new DbScheduler(database, onRun, true);
  }

  static String name(BenchmarkDatabase.Kind kind) {
    return kind == BenchmarkDatabase.Kind.POSTGRES
        ? "db-scheduler 16.12.0 lock-and-fetch(1,4)"
        : "db-scheduler 16.12.0 fetch(1,4), WRITE_DELAY=0";
  }

  void start() {
    scheduler.start();
  }

  /** One task in a transaction of its own, due now. */
  void enqueue(int number) {
    scheduler.schedule(task.instance(Integer.toString(number)), Instant.now());
  }

  void enqueueAll(int count) {
    List<TaskInstance<?>> instances = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      instances.add(task.instance(Integer.toString(i)));
    }
    scheduler.scheduleBatch(instances, Instant.now());
  }

  /** Tasks that are not finished. */
  long left() throws SQLException {
    return BenchmarkDatabase.number(pool, "SELECT COUNT(*) FROM scheduled_tasks");
  }

  private void createTable(boolean postgres) throws SQLException {
    String text = postgres ? "TEXT" : "VARCHAR(255)";
    String bytes = postgres ? "BYTEA" : "BLOB";
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE scheduled_tasks (
            task_name %1$s NOT NULL, task_instance %1$s NOT NULL, task_data %2$s, state %1$s,
            execution_time TIMESTAMP WITH TIME ZONE, picked BOOLEAN NOT NULL, picked_by %1$s,
            last_success TIMESTAMP WITH TIME ZONE, last_failure TIMESTAMP WITH TIME ZONE,
            consecutive_failures INT, last_heartbeat TIMESTAMP WITH TIME ZONE,
            version BIGINT NOT NULL, priority SMALLINT,
            PRIMARY KEY (task_name, task_instance))"""
              .formatted(text, bytes));
      statement.execute("CREATE INDEX by_time ON scheduled_tasks (execution_time)");
      statement.execute("CREATE INDEX by_heartbeat ON scheduled_tasks (last_heartbeat)");
    }
  }

  @Override
  public void close() {
    scheduler.stop();
  }
}
