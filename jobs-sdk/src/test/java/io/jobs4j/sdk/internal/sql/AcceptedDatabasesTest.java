package io.jobs4j.sdk.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.AnnouncementListener;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.store.Stored;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database is refused at the start with the reason, or jobs run on it. */
@Timeout(120)
class AcceptedDatabasesTest {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @Test
  void aModeWithoutWhatIsUsedIsRefused() {
    assertThatThrownBy(() -> open(memory(";MODE=STRICT"), Durability.NONE))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("No job can run on this database (H2 2.")
        .hasMessageContaining("LIMIT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "REGULAR",
        "STRICT",
        "LEGACY",
        "DB2",
        "Derby",
        "HSQLDB",
        "MSSQLServer",
        "MariaDB",
        "MySQL",
        "Oracle",
        "PostgreSQL"
      })
  void jobsRunInEachModeThatIsAccepted(String mode) {
    Store store;
    try {
      store = open(memory(";MODE=" + mode), Durability.NONE);
    } catch (StoreException e) {
      assertThat(e).hasMessageMatching("(?s)(No job can run on|The database cannot be).*");
      assertThat(mode).isNotEqualTo("REGULAR");
      return;
    }
    try (store) {
      Job job = Stored.job();
      store.jobs().insert(job, "{}");
      LeasedJob claimed = store.leases().claim("", 1).get(0);
      assertThat(claimed.job().job().inputs()).isEqualTo(job.inputs());
      Applied applied =
          Store.result(
              store
                  .changes()
                  .changeLater(
                      claimed.lease(),
                      head -> JobChange.to(JobStatus.PENDING, "").dueAt(store.clock().instant())));
      assertThat(applied.after().status()).isEqualTo(JobStatus.PENDING);
      assertThat(store.timers().wakeDue()).isEqualTo(1);
      assertThat(store.leases().claim("", 1)).hasSize(1);
    }
  }

  @Test
  void aVersionWithoutWhatIsUsedIsRefused() throws Exception {
    DataSource old = failing("SKIP LOCKED", "syntax error near SKIP LOCKED", "42000");
    assertThatThrownBy(() -> open(old, Durability.NONE))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("No job can run on this database (H2 2.")
        .hasMessageEndingWith("): syntax error near SKIP LOCKED");
  }

  @Test
  void anOutageAtTheStartIsNotSaidToBeAPropertyOfTheDatabase() throws Exception {
    DataSource away = failing("SKIP LOCKED", "the connection was reset", "08006");
    assertThatThrownBy(() -> open(away, Durability.NONE))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("The database (H2 2.")
        .hasMessageEndingWith(") failed when it was tried out: the connection was reset");
  }

  @Test
  void aLockThatCannotBeTakenIsSaidToBeAnotherEnginesOnlyIfOneHasIt(@TempDir Path directory)
      throws Exception {
    Database.inDirectory(directory, Durability.POWER).close();
    String url = "jdbc:h2:async:" + directory.resolve("jobs4j");
    try (Connection connection = DriverManager.getConnection(url, "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE jobs4j_engine_lock RENAME TO moved");
      statement.execute("CREATE VIEW jobs4j_engine_lock AS SELECT id / 0 AS id FROM moved");
    }
    assertThatThrownBy(() -> Database.inDirectory(directory, Durability.POWER))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("The database cannot be opened: Division by zero");
  }

  @Test
  void aPoolThatKeepsWhoAsksWaitingIsRefusedWithTheReason() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (Connection only = memory("").getConnection()) {
      AtomicInteger given = new AtomicInteger();
      Jdbi jdbi =
          Jdbi.create(
              () -> {
                if (given.getAndIncrement() > 0) {
                  awaitForEver(never);
                }
                return only;
              });
      assertThatThrownBy(() -> Capacity.require(jdbi, 2, Duration.ofMillis(50)))
          .isInstanceOf(StoreException.class)
          .hasMessage(
              "The database gives 1 connections at once, and an engine needs at least 2. Let its"
                  + " pool have more: no more came within 50 ms.");
    }
  }

  private static void awaitForEver(CountDownLatch never) throws SQLException {
    try {
      never.await();
    } catch (InterruptedException e) {
      throw new SQLException("interrupted", e);
    }
  }

  @Test
  void anErrorWithoutAMessageIsNamed() {
    assertThat(SqlFailure.rootMessage(new StoreException("", new TimeoutException())))
        .isEqualTo("java.util.concurrent.TimeoutException");
  }

  @Test
  void theSelfTestLeavesNothingBehind() {
    DataSource source = memory("");
    try (Store store = open(source, Durability.NONE);
        Database other = Database.of(source, Durability.NONE)) {
      assertThat(Stored.tables(other)).allMatch(List::isEmpty);
      assertThat(store.timers().next()).isEmpty();
    }
  }

  @Test
  void aPoolWithTooFewConnectionsIsRefused() {
    try (HikariDataSource pool = pool(2)) {
      assertThatThrownBy(() -> Database.of(pool, Durability.POWER))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith(
              "The database gives 2 connections at once, and an engine needs at least 3.");
      assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
    }
    try (HikariDataSource pool = pool(3);
        Store store = open(pool, Durability.POWER)) {
      store.cluster().listen(mock(AnnouncementListener.class));
      store.jobs().insert(Stored.job(), "{}");
      assertThat(store.leases().claim("", 1)).hasSize(1);
      assertThat(store.queues().list()).isEmpty();
    }
  }

  private static HikariDataSource pool(int size) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(POSTGRES.newDatabase());
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(250);
    return new HikariDataSource(config);
  }

  private static Store open(DataSource source, Durability durability) {
    return new Store(Database.of(source, durability), Stored.CLOCK);
  }

  private static DataSource memory(String options) {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1" + options);
    source.setUser("sa");
    return source;
  }

  /** A source whose database fails at statements with some words. */
  private static DataSource failing(String words, String message, String state)
      throws SQLException {
    DataSource real = memory("");
    DataSource failing = mock(DataSource.class, withSettings().stubOnly());
    when(failing.getConnection())
        .thenAnswer(call -> failing(words, new SQLException(message, state), real.getConnection()));
    return failing;
  }

  private static Connection failing(String words, SQLException failure, Connection real) {
    return mock(
        Connection.class,
        withSettings()
            .stubOnly()
            .defaultAnswer(
                call -> {
                  if (call.getMethod().getName().equals("prepareStatement")
                      && call.getArgument(0, String.class).contains(words)) {
                    throw new SQLException(
                        failure.getMessage(),
                        failure.getSQLState(),
                        failure.getErrorCode(),
                        failure);
                  }
                  return delegatesTo(real).answer(call);
                }));
  }
}
