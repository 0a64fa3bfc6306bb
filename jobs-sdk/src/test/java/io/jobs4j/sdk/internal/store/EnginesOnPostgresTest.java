package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.AnnouncementListener;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.Dialect;
import io.jobs4j.sdk.internal.sql.ManualSource;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What engines do on PostgreSQL alone: its users, its sessions and its clock. */
@ParameterizedClass(name = "{0}")
@EnumSource(value = TestedDatabase.class, names = "POSTGRESQL")
class EnginesOnPostgresTest extends EnginesFixture {
  @Test
  void whoMakesTheTablesIsCutOffByTheServerIfItStandsStill() {
    Jdbi jdbi = Names.DEFAULT.on(Jdbi.create(source));
    List<String> limits = new ArrayList<>();
    Dialect.POSTGRESQL.changeSchema(
        jdbi,
        handle -> {
          for (String limit : List.of("idle_in_transaction_session_timeout", "lock_timeout")) {
            limits.add(handle.createQuery("SHOW " + limit).mapTo(String.class).one());
          }
        });
    assertThat(limits).containsExactly("30s", "1s");
  }

  @Test
  void aListenerHearsOnAConnectionThatDoesNotCommitByItself() throws Exception {
    DataSource real = source;
    source = new ManualSource(real).source();
    Store hearing = engine("");
    source = real;
    Store telling = engine("");
    AnnouncementListener listener = mock(AnnouncementListener.class);
    hearing.cluster().listen(listener);
    await().untilAsserted(() -> verify(listener, atLeastOnce()).anything());
    String unused = insert(telling);
    await().untilAsserted(() -> verify(listener, atLeastOnce()).ready());
  }

  @Test
  void allThatIsAcknowledgedIsAsDurableAsAskedForAndSessionsStayAsTheyWere() throws Exception {
    execute("CREATE TABLE seen (setting VARCHAR(40), isolation VARCHAR(20))");
    execute(
        """
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO seen VALUES (
            concat_ws(' ', current_setting('synchronous_commit'),
              current_setting('enable_seqscan'), current_setting('jit'),
              current_setting('idle_in_transaction_session_timeout')),
            current_setting('transaction_isolation'));
          RETURN NULL;
        END $$""");
    String name = ask("SELECT current_database()");
    execute("ALTER DATABASE " + name + " SET synchronous_commit = off");
    execute("ALTER DATABASE " + name + " SET default_transaction_isolation = 'serializable'");
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(4);
    config.setConnectionInitSql("SET lock_timeout = 7000");
    try (HikariDataSource pool = new HikariDataSource(config)) {
      source = pool;
      Store store = engine("");
      execute("CREATE TRIGGER see AFTER INSERT OR UPDATE ON jobs4j_engine EXECUTE FUNCTION see()");
      execute("CREATE TRIGGER see AFTER INSERT OR UPDATE ON jobs4j_job EXECUTE FUNCTION see()");
      for (int i = 0; i < 5; i++) {
        String uuid = insert(store);
        Lease lease = store.leases().claim("", 1).get(0).lease();
        Applied unused =
            Store.result(
                store.changes().changeLater(lease, head -> JobChange.to(JobStatus.PENDING, uuid)));
        store.cluster().tend();
      }
      // It comes back, too.
      execute("DELETE FROM jobs4j_engine");
      store.cluster().tend();
      assertThat(ask("SELECT string_agg(DISTINCT setting || ' ' || isolation, ',') FROM seen"))
          .isEqualTo("on off off 10min read committed");
      store.close();
      // Whoever gets the connections next finds what the database says.
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(pool.getConnection());
      }
      for (Connection one : all) {
        try (one;
            Statement statement = one.createStatement();
            ResultSet rows =
                statement.executeQuery(
                    """
                    SELECT concat_ws(' ', current_setting('synchronous_commit'),
                        current_setting('idle_in_transaction_session_timeout'),
                        current_setting('transaction_isolation'),
                        current_setting('enable_seqscan'), current_setting('jit'),
                        current_setting('lock_timeout')),
                      (SELECT string_agg(name, ' ') FROM pg_settings WHERE source = 'session'
                        AND name ~ '^(lock_timeout|synchr.*|idle_in.*|default_.*|enable_seqscan|jit)$'),
                      (SELECT count(*) FROM pg_listening_channels())""")) {
          rows.next();
          assertThat(rows.getString(1)).isEqualTo("off 0 serializable on on 7s");
          assertThat(rows.getString(2)).as("not what the database says").isEqualTo("lock_timeout");
          assertThat(rows.getInt(3)).isZero();
        }
      }
    }
  }

  @Test
  void aUserWhoMayMakeNoTablesStartsWhereTheyAreAndIsToldOtherwise() throws Exception {
    DataSource owner = source;
    String role = "app_" + ask("SELECT current_database()");
    execute("CREATE ROLE " + role + " LOGIN");
    PGSimpleDataSource limited = as(role);
    source = limited;
    assertThatThrownBy(() -> engine(""))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the database's user may not make them");
    source = owner;
    engine("").close();
    execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + role);
    execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + role);
    source = limited;
    Store store = engine("");
    String uuid = insert(store);
    assertThat(uuids(store.leases().claim("", 1))).containsExactly(uuid);
  }

  @Test
  void whatEnginesShareGoesByTheClockOfTheDatabase() throws Exception {
    // As if this host's clock were behind.
    execute(
        """
        CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
        $$ SELECT pg_catalog.clock_timestamp() + INTERVAL '15 minutes' $$""");
    execute(
        "ALTER DATABASE %s SET search_path = public, pg_catalog"
            .formatted(ask("SELECT current_database()")));
    Database database = Database.of(source, Durability.POWER);
    try (Store store = new Store(database, database.clock())) {
      Instant now = Instant.now();
      assertThat(Duration.between(now, store.clock().instant()))
          .isCloseTo(Duration.ofMinutes(15), Duration.ofMinutes(1));
      assertThat(
              ask(
                  "SELECT CAST(MIN(lease_until) > now() + INTERVAL '10 minutes' AS VARCHAR) FROM"
                      + " jobs4j_engine"))
          .isEqualTo("true");
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void anEngineThatStandsStillWithinATransactionIsDeclaredDeadToo() throws Exception {
    DataSource source = POSTGRES.newDatabase();
    CountDownLatch inTransaction = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Store still = shortLived(source);
        Store other = shortLived(source)) {
      Job job = Stored.job();
      still.jobs().insert(job, "{}");
      Lease lease = still.leases().claim("", 1).get(0).lease();
      CompletableFuture<Applied> change =
          still
              .changes()
              .changeLater(
                  lease,
                  head -> {
                    inTransaction.countDown();
                    awaitUninterruptibly(goOn);
                    return JobChange.to(JobStatus.PENDING, "late");
                  });
      inTransaction.await();
      await().atMost(Duration.ofMinutes(1)).until(() -> other.cluster().tend() > 0);
      assertThat(other.leases().claim("", 1))
          .extracting(taken -> taken.lease().uuid())
          .containsExactly(job.id());
      goOn.countDown();
      assertThatThrownBy(() -> Store.result(change)).isInstanceOf(LeaseLostException.class);
    } finally {
      goOn.countDown();
    }
  }

  @Test
  void anEngineThatIsStoppedBetweenStatementsSentTogetherIsDeclaredDeadToo() throws Exception {
    PGSimpleDataSource source = (PGSimpleDataSource) POSTGRES.newDatabase();
    Job job = Stored.job();
    try (Store other = shortLived(source);
        UnfinishedClient stopped = new UnfinishedClient(source)) {
      Jdbi jdbi = Jdbi.create(source);
      other.jobs().insert(job, "{}");
      assertThat(other.leases().claim("", 1)).hasSize(1);
      jdbi.useHandle(
          handle -> {
            addEngine(handle, "stopped", "", 1);
            handle.execute("UPDATE jobs4j_job_queue SET engine = 'stopped'");
          });
      stopped.holdEngine("stopped");
      await().atMost(Duration.ofMinutes(1)).until(() -> other.cluster().tend() > 0);
      assertThat(other.leases().claim("", 1))
          .extracting(taken -> taken.lease().uuid())
          .containsExactly(job.id());
    }
  }

  /**
   * It is alone, and its own connection was cut while it sent, which the server has not noticed.
   */
  @Test
  void anEngineWhoseOwnRowIsHeldByASilentSessionGoesOn() throws Exception {
    PGSimpleDataSource database = (PGSimpleDataSource) source;
    try (Store alone = shortLived(database);
        UnfinishedClient cut = new UnfinishedClient(database)) {
      cut.holdEngine(ask("SELECT id FROM jobs4j_engine"));
      alone.jobs().insert(Stored.job(), "{}");
    }
    assertThat(ask("SELECT count(*) FROM jobs4j_job")).isEqualTo("1");
  }

  @Test
  void anEngineTakesTheJobsOfAFormerOneThatIsStoppedBetweenStatementsSentTogether()
      throws Exception {
    PGSimpleDataSource database = (PGSimpleDataSource) source;
    String job = insert(engine(""));
    try (UnfinishedClient stopped = new UnfinishedClient(database)) {
      Jdbi.create(source)
          .useHandle(
              handle -> {
                // Its lease is good for long, which nobody waits for who has its name.
                addEngine(handle, "stopped", "here", 600);
                handle.execute("UPDATE jobs4j_job_queue SET engine = 'stopped', state = 'L'");
              });
      stopped.holdEngine("stopped");
      assertThat(uuids(engine("here").leases().claim("", 1))).containsExactly(job);
    }
  }

  /** What another engine is about to change is no reason to end its session. */
  @Test
  void sessionsThatHaveJustBegunAreLeftAlone() throws Exception {
    Store other = engine("");
    try (UnfinishedClient late = new UnfinishedClient((PGSimpleDataSource) source)) {
      Jdbi.create(source).useHandle(handle -> addEngine(handle, "late", "", -60));
      late.holdEngine("late");
      assertThat(other.cluster().tend()).isZero();
      late.execute("COMMIT");
      late.finish();
      assertThat(ask("SELECT last_commit FROM jobs4j_engine WHERE id = 'late'")).isEqualTo("1");
    }
  }

  @Test
  void sessionsThatWorkAreLeftAlone() throws Exception {
    try (Store other = shortLived(source);
        Connection busy = source.getConnection();
        Connection gate = source.getConnection()) {
      Jdbi.create(source).useHandle(handle -> addEngine(handle, "busy", "", -60));
      update(gate, "SELECT pg_advisory_lock(1)");
      busy.setAutoCommit(false);
      update(busy, "UPDATE jobs4j_engine SET last_commit = 1 WHERE id = 'busy'");
      CompletableFuture<Void> work =
          CompletableFuture.runAsync(() -> update(busy, "SELECT pg_advisory_xact_lock(1)"));
      // For longer than the lease of the other.
      await()
          .until(
              () ->
                  ask("""
                      SELECT count(*) FROM pg_stat_activity
                      WHERE datname = current_database() AND state = 'active'
                        AND wait_event_type = 'Lock'
                        AND state_change < clock_timestamp() - INTERVAL '1500 milliseconds'""")
                      .equals("1"));
      assertThat(other.cluster().tend()).isZero();
      update(gate, "SELECT pg_advisory_unlock(1)");
      work.get();
      busy.commit();
      assertThat(ask("SELECT last_commit FROM jobs4j_engine WHERE id = 'busy'")).isEqualTo("1");
    }
  }

  /** One that must not be ended, and one that nobody but its user may look into. */
  @Test
  void sessionsThatMayNotBeEndedAreLeftAndToldOfOnce() throws Exception {
    PGSimpleDataSource owner = (PGSimpleDataSource) source;
    engine("").close();
    PGSimpleDataSource own = user("own");
    execute("GRANT " + owner.getUser() + " TO " + own.getUser());
    PGSimpleDataSource stranger = user("stranger");
    try (Store other = shortLived(own);
        CapturedLog log = new CapturedLog();
        UnfinishedClient first = new UnfinishedClient(owner);
        UnfinishedClient second = new UnfinishedClient(stranger)) {
      Jdbi.create(owner)
          .useHandle(
              handle -> {
                addEngine(handle, "of-superuser", "", -60);
                addEngine(handle, "of-stranger", "", -60);
              });
      first.holdEngine("of-superuser");
      second.holdEngine("of-stranger");
      for (String engine : List.of("of-superuser", "of-stranger")) {
        await()
            .until(
                () -> {
                  assertThat(other.cluster().tend()).isZero();
                  return !log.lines(engine).isEmpty();
                });
      }
      assertThat(other.cluster().tend()).isZero();
      assertThat(log.lines("of-superuser"))
          .singleElement()
          .asString()
          .contains("held by session", "of user \"" + owner.getUser() + "\"");
      assertThat(log.lines("of-stranger"))
          .singleElement()
          .asString()
          .contains("held by session", "of user \"" + stranger.getUser() + "\"");
      for (UnfinishedClient client : List.of(first, second)) {
        client.execute("COMMIT");
        client.finish();
      }
      assertThat(other.cluster().tend()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "pg_signal_backend, pg_read_all_stats"})
  void silentSessionsOfUsersWhoseRightsAnEngineHasAreEnded(String granted) throws Exception {
    engine("").close();
    PGSimpleDataSource own = user("own");
    PGSimpleDataSource peer = user("peer");
    execute("GRANT " + granted.formatted(peer.getUser()) + " TO " + own.getUser());
    try (Store other = shortLived(own);
        UnfinishedClient stopped = new UnfinishedClient(peer)) {
      Jdbi.create(source).useHandle(handle -> addEngine(handle, "stopped", "", 1));
      stopped.holdEngine("stopped");
      await().atMost(Duration.ofMinutes(1)).until(() -> other.cluster().tend() > 0);
    }
  }

  /** Connections of a new user who may use the tables that are there. */
  private PGSimpleDataSource user(String kind) throws SQLException {
    String role = kind + "_" + ask("SELECT current_database()");
    execute("CREATE ROLE " + role + " LOGIN");
    execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + role);
    execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + role);
    return as(role);
  }

  private PGSimpleDataSource as(String role) {
    PGSimpleDataSource limited = new PGSimpleDataSource();
    limited.setUrl(((PGSimpleDataSource) source).getUrl().replaceAll("user=[^&]*", "user=" + role));
    limited.setUser(role);
    return limited;
  }

  static void addEngine(Handle handle, String id, String node, int seconds) {
    handle.execute(
        """
        INSERT INTO jobs4j_engine (id, node, started, lease_until, last_commit)
        VALUES (?, ?, now(), now() + ? * INTERVAL '1 second', 0)""",
        id,
        node,
        seconds);
  }

  private static void update(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static Store shortLived(DataSource source) {
    return new Store(
        Database.of(source, Durability.POWER),
        new StoreSettings("", Duration.ofSeconds(1), Duration.ofSeconds(30)),
        Stored.CLOCK,
        () -> {},
        StoreObserver.NONE);
  }
}
