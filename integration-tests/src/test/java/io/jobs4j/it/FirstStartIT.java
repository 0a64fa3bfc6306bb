package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.TestSystems;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several engines that start at once on an empty database. */
class FirstStartIT {
  private static final int ENGINES = 6;

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @TempDir Path directory;

  enum Kind {
    H2_FILE,
    H2_MEMORY,
    READ_COMMITTED,
    REPEATABLE_READ,
    SERIALIZABLE;

    /** The default isolation of PostgreSQL's transactions. */
    String isolation() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void allOfThemStart(Kind kind) throws Exception {
    for (int round = 0; round < Chaos.size(1, 20); round++) {
      Path place = Files.createDirectories(directory.resolve("round-" + round));
      startAll(kind, place);
    }
  }

  private static void startAll(Kind kind, Path place) throws Exception {
    TestSystems systems = TestSystems.in(place).app("true", "true");
    DataSource source = emptyDatabase(kind, place);
    CyclicBarrier together = new CyclicBarrier(ENGINES);
    ExecutorService pool = Executors.newFixedThreadPool(ENGINES);
    List<JobsEngine> engines = new ArrayList<>();
    try {
      List<Future<JobsEngine>> starts = new ArrayList<>();
      for (int i = 0; i < ENGINES; i++) {
        starts.add(
            pool.submit(
                () -> {
                  together.await();
                  return JobsEngine.builder()
                      .dataSource(source)
                      .durability(kind == Kind.H2_MEMORY ? Durability.NONE : Durability.POWER)
                      .catalog(systems.catalog())
                      .workers(2)
                      .start();
                }));
      }
      List<Exception> failures = new ArrayList<>();
      for (Future<JobsEngine> start : starts) {
        try {
          engines.add(start.get());
        } catch (ExecutionException e) {
          failures.add(e);
        }
      }
      assertThat(failures).isEmpty();
      JobsClient client = engines.get(0).client(Caller.of("acme", "alice"));
      String id = client.submit(JobRequest.builder("true", "true-1.0").build()).id();
      Job job = client.await(id, EngineFixture.PATIENCE);
      assertThat(job.status()).isEqualTo(JobStatus.FINISHED);
    } finally {
      engines.forEach(JobsEngine::close);
      pool.shutdownNow();
    }
  }

  private static DataSource emptyDatabase(Kind kind, Path place) throws Exception {
    if (kind == Kind.H2_FILE || kind == Kind.H2_MEMORY) {
      JdbcDataSource h2 = new JdbcDataSource();
      h2.setURL(
          kind == Kind.H2_FILE
              ? "jdbc:h2:async:" + place.resolve("shared") + ";DB_CLOSE_ON_EXIT=FALSE"
              : "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
      h2.setUser("sa");
      h2.setPassword("");
      return h2;
    }
    DataSource source = postgres.newDatabase();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "ALTER DATABASE %s SET default_transaction_isolation = '%s'"
              .formatted(connection.getCatalog(), kind.isolation()));
    }
    return source;
  }
}
