package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.internal.cluster.AnnouncementListener;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.FailingSource;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import io.jobs4j.testsupport.PostgresExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** An engine whose transactions are each on another session of PostgreSQL. */
@Timeout(120)
class EnginesBehindAPoolerTest {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final int SESSIONS = 6;

  private final PGSimpleDataSource direct = (PGSimpleDataSource) POSTGRES.newDatabase();
  private TransactionPooler pooler;
  private HikariDataSource pool;

  @BeforeEach
  void open() throws Exception {
    pooler = new TransactionPooler(direct, SESSIONS);
    HikariConfig config = new HikariConfig();
    config.setDataSource(pooler.source());
    config.setMaximumPoolSize(4);
    pool = new HikariDataSource(config);
  }

  @AfterEach
  void close() throws Exception {
    pool.close();
    pooler.close();
  }

  @Test
  void thePoolerKeepsASessionForATransactionAlone() throws Exception {
    // Which ends only when all of them have answered.
    assertThat(askEach("1")).hasSize(SESSIONS);
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      String first = ask(connection, "SELECT pg_backend_pid()");
      assertThat(ask(connection, "SELECT pg_backend_pid()")).isEqualTo(first);
      connection.commit();
    }
  }

  @Test
  void allThatIsAcknowledgedIsDurableAndNothingStaysOnTheSessions() throws Exception {
    setDatabaseUp();
    execute("CREATE TABLE seen (setting VARCHAR(20), isolation VARCHAR(20), process INTEGER)");
    execute(
        """
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO seen VALUES (
            current_setting('synchronous_commit'), current_setting('transaction_isolation'),
            pg_backend_pid());
          RETURN NULL;
        END $$""");
    try (Store store = engine(pool)) {
      execute("CREATE TRIGGER see AFTER INSERT OR UPDATE ON jobs4j_engine EXECUTE FUNCTION see()");
      execute("CREATE TRIGGER see AFTER INSERT OR UPDATE ON jobs4j_job EXECUTE FUNCTION see()");
      work(store, 20);
      // It comes back, too.
      execute("DELETE FROM jobs4j_engine");
      store.cluster().tend();
    }
    assertThat(
            ask(direct, "SELECT string_agg(DISTINCT setting || ' ' || isolation, ',') FROM seen"))
        .isEqualTo("on read committed");
    assertThat(Integer.parseInt(ask(direct, "SELECT count(DISTINCT process) FROM seen")))
        .as("sessions")
        .isGreaterThan(2);
    assertSessionsAreAsTheyWere();
  }

  /** Whose driver says nothing of the sessions, which may be anybody's. */
  @Test
  void nothingStaysOnTheSessionsIfItIsNotKnownWhoseTheyAre() throws Exception {
    setDatabaseUp();
    PGSimpleDataSource source = pooler.source();
    source.setPrepareThreshold(0);
    FailingSource opaque = new FailingSource(source);
    opaque.opaque = true;
    try (Store store = engine(opaque.source())) {
      work(store, 20);
      assertSessionsAreAsTheyWere();
    }
    assertSessionsAreAsTheyWere();
  }

  private void setDatabaseUp() throws Exception {
    String name = ask(direct, "SELECT current_database()");
    execute("ALTER DATABASE " + name + " SET synchronous_commit = off");
    execute("ALTER DATABASE " + name + " SET default_transaction_isolation = 'serializable'");
    // The sessions that were opened before know nothing of it.
    close();
    open();
  }

  private void assertSessionsAreAsTheyWere() throws SQLException {
    assertThat(
            askEach(
                """
                concat_ws(' ', current_setting('synchronous_commit'),
                  current_setting('transaction_isolation'),
                  current_setting('idle_in_transaction_session_timeout'),
                  current_setting('lock_timeout'), current_setting('enable_seqscan'),
                  current_setting('jit'))"""))
        .containsOnly("off serializable 0 0 on on");
  }

  @Test
  void noStatementIsLeftToASessionThatDoesNotKnowIt() throws Exception {
    try (Store store = engine(pool)) {
      // More often than the driver runs a statement before it has the server prepare it.
      work(store, 20);
    }
    assertThat(askEach("(SELECT count(*) FROM pg_prepared_statements)")).containsOnly("0");
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.unwrap(PGConnection.class).getPrepareThreshold())
          .as("as it was found")
          .isEqualTo(direct.getPrepareThreshold());
    }
  }

  @Test
  void nobodyListensOnASessionThatIsSomebodyElsesTheNextMoment() throws Exception {
    try (Store store = engine(pool);
        Store other = engine(direct)) {
      Set<Thread> before = Thread.getAllStackTraces().keySet();
      store.cluster().listen(mock(AnnouncementListener.class));
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals("jobs4j-announcements") && !before.contains(thread)) {
          // It gives up.
          thread.join();
        }
      }
      store.cluster().tend();
      assertThat(store.cluster().others()).isEqualTo(1);
      assertThat(store.cluster().hearsOthers()).isFalse();
      assertThat(askEach("(SELECT count(*) FROM pg_listening_channels())")).containsOnly("0");
      // What the other does is found without.
      String uuid = EnginesFixture.insert(other);
      assertThat(EnginesFixture.uuids(store.leases().claim("", 1))).containsExactly(uuid);
    }
  }

  @Test
  void anEngineThatIsStoppedBetweenStatementsSentTogetherIsDeclaredDeadToo() throws Exception {
    try (Store other = EnginesOnPostgresTest.shortLived(pool);
        UnfinishedClient stopped = new UnfinishedClient(pooler.source())) {
      Jdbi.create(direct)
          .useHandle(handle -> EnginesOnPostgresTest.addEngine(handle, "stopped", "", 1));
      stopped.holdEngine("stopped");
      await().atMost(Duration.ofMinutes(1)).until(() -> other.cluster().tend() > 0);
    }
  }

  private static Store engine(DataSource source) {
    return new Store(
        Database.of(source, Durability.POWER),
        new StoreSettings("", Duration.ofMinutes(10), Duration.ofSeconds(30)),
        Stored.CLOCK,
        () -> {},
        StoreObserver.NONE);
  }

  private static void work(Store store, int times) {
    for (int i = 0; i < times; i++) {
      String uuid = EnginesFixture.insert(store);
      Lease lease = store.leases().claim("", 1).get(0).lease();
      Applied unused =
          Store.result(
              store.changes().changeLater(lease, head -> JobChange.to(JobStatus.PENDING, uuid)));
      store.cluster().tend();
      assertThat(store.jobs().load(lease.uuid()).orElseThrow().job().status())
          .isEqualTo(JobStatus.PENDING);
    }
  }

  /** Asks until each session has answered. */
  private Collection<String> askEach(String expression) throws SQLException {
    Map<String, String> answers = new HashMap<>();
    while (answers.size() < SESSIONS) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT pg_backend_pid(), " + expression)) {
        rows.next();
        answers.put(rows.getString(1), rows.getString(2));
      }
    }
    return answers.values();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = direct.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return ask(connection, sql);
    }
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
