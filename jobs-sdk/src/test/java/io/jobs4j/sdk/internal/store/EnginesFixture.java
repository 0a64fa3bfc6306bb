package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Engines that share the database that their class of tests is run with. */
@Timeout(120)
abstract class EnginesFixture {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  static final Duration LEASE = Duration.ofMinutes(10);

  @Parameter TestedDatabase on;

  @TempDir Path directory;
  DataSource source;
  final AtomicInteger losses = new AtomicInteger();
  final List<Store> stores = new ArrayList<>();

  @BeforeEach
  void open() {
    source =
        on == TestedDatabase.POSTGRESQL ? POSTGRES.newDatabase() : TestedDatabase.h2(directory, "");
  }

  @AfterEach
  void close() {
    stores.forEach(Store::close);
  }

  Store engine(String node) {
    Store store =
        new Store(
            Database.of(source, Durability.POWER),
            new StoreSettings(node, LEASE, Duration.ofSeconds(30)),
            Stored.CLOCK,
            losses::incrementAndGet,
            StoreObserver.NONE);
    stores.add(store);
    return store;
  }

  static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void expire() {
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      // As if the engines had been silent for longer than their leases.
      statement.executeUpdate(
          "UPDATE jobs4j_engine SET lease_until = TIMESTAMP WITH TIME ZONE '2001-01-01"
              + " 00:00:00+00'");
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  Object tables() {
    Database database = Database.of(source, Durability.POWER);
    try (database) {
      return Stored.tables(database);
    }
  }

  /** Takes a job to the state in which its scheduler has it. */
  static Lease watch(Store store, String uuid) {
    Lease lease = store.leases().claim("", 1).get(0).lease();
    assertThat(lease.uuid()).isEqualTo(uuid);
    Store.result(
        store
            .changes()
            .changeLater(lease, head -> JobChange.to(JobStatus.PENDING, "").watched(null)));
    return lease;
  }

  static String insert(Store store) {
    Job job = Stored.job();
    store.jobs().insert(job, "{}");
    return job.id();
  }

  static List<String> uuids(List<LeasedJob> jobs) {
    return jobs.stream().map(job -> job.lease().uuid()).toList();
  }
}
