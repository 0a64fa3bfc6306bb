package io.jobs4j.sdk.internal.store;

import static io.jobs4j.core.lifecycle.JobStatus.ACCEPTED;
import static io.jobs4j.core.lifecycle.JobStatus.FAILED;
import static io.jobs4j.core.lifecycle.JobStatus.PENDING;
import static io.jobs4j.core.lifecycle.JobStatus.STOPPED;
import static io.jobs4j.sdk.internal.store.Stored.START;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.JobEvent;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * A store for each test, on the database that its class is run with. Each class of tests says
 * itself on which databases it runs.
 */
@Timeout(120)
abstract class StoreFixture {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @Parameter TestedDatabase on;
  @TempDir Path directory;

  final MovedClock clock = new MovedClock(START);
  final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
  Database database;
  Store store;

  @BeforeEach
  void openStore() {
    database = open();
    store =
        new Store(
            database,
            StoreSettings.DEFAULT,
            clock,
            () -> {},
            new StoreObserver() {
              @Override
              public void committed(JobEvent event) {
                told.add(event.jobId());
              }
            });
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  /** The jobs that wait for workers, in the order in which they get them. */
  List<String> ready() {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        SELECT j.uuid FROM jobs4j_job_queue q JOIN jobs4j_job j ON j.id = q.job_id
                        WHERE q.state = 'R' ORDER BY q.worker_pool, q.place, q.job_id""")
                    .mapTo(String.class)
                    .list());
  }

  List<String> claim(int limit) {
    return store.leases().claim("", limit).stream().map(leased -> leased.lease().uuid()).toList();
  }

  String insert() {
    Job job = Stored.job();
    store.jobs().insert(job, "{}");
    return job.id();
  }

  /** Takes a new job to a state. */
  void bring(String uuid, JobStatus status) {
    if (status == ACCEPTED) {
      return;
    }
    if (status == FAILED) {
      store.changes().change(uuid, head -> JobChange.to(FAILED, ""));
      return;
    }
    List<JobStatus> path = JobTransitions.longestPath();
    path = path.subList(1, path.indexOf(status == STOPPED ? PENDING : status) + 1);
    JobChange change = JobChange.NONE;
    for (JobStatus step : path) {
      change = change.then(step, "");
    }
    JobChange all = status == STOPPED ? change.then(STOPPED, "") : change;
    store.changes().change(uuid, head -> all);
  }

  /** Opens the database: a file that was there is opened again, the others are new and empty. */
  final Database open() {
    return switch (on) {
      case H2_IN_MEMORY -> Database.inMemory();
      case H2_FILE -> Database.inDirectory(directory, Durability.POWER);
      case POSTGRESQL -> Database.at(POSTGRES.newDatabaseUrl(), "postgres", "", Durability.POWER);
    };
  }
}
