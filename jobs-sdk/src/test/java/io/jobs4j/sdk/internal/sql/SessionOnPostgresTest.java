package io.jobs4j.sdk.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.sdk.Durability;
import io.jobs4j.testsupport.PostgresExtension;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The writer's session, on the only connection of somebody else's pool. */
class SessionOnPostgresTest {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final Dialect DIALECT = Dialect.POSTGRESQL;
  private static final Duration LEASE = Duration.ofMinutes(10);

  private HikariDataSource pool;
  private Jdbi jdbi;

  @BeforeEach
  void open() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(POSTGRES.newDatabase());
    config.setMaximumPoolSize(1);
    pool = new HikariDataSource(config);
    jdbi = Jdbi.create(pool);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void transactionsAreLimitedAfterOneThatWasRolledBackToo() throws Exception {
    try (Session session = session()) {
      for (int i = 0; i < 2; i++) {
        begin(session, 250);
        assertThat(ask(session, "SHOW lock_timeout")).isEqualTo("250ms");
        session.rollback();
      }
      for (int limit : new int[] {250, 250, 50, 250}) {
        begin(session, limit);
        assertThat(ask(session, "SHOW lock_timeout")).isEqualTo(limit + "ms");
        session.handle().commit();
      }
    }
  }

  @Test
  void aSessionThatIsClosedInTheMiddleOfATransactionLeavesTheConnectionAsItWas() throws Exception {
    List<String> before = settings();
    Session session = session();
    begin(session, 250);
    String process = ask(session, "SELECT pg_backend_pid()");
    session.close();
    assertThat(process()).as("the same connection").isEqualTo(process);
    assertThat(settings()).isEqualTo(before);
  }

  @Test
  void aConnectionThatCannotBePutInOrderIsGivenToNobody() throws Exception {
    Session session = session();
    String process = ask(session, "SELECT pg_backend_pid()");
    session.undoBy(List.of("RESET what_is_no_setting"));
    session.close();
    assertThat(process()).isNotEqualTo(process);
  }

  private Session session() throws SQLException {
    Session session = new Session(jdbi.open(), DIALECT, Names.DEFAULT);
    DIALECT.opened(session, Durability.POWER, LEASE);
    return session;
  }

  private static void begin(Session session, int lockMillis) throws SQLException {
    session.handle().begin();
    DIALECT.begun(session, Durability.POWER, LEASE, lockMillis);
  }

  private static String ask(Session session, String sql) throws SQLException {
    try (ResultSet rows = session.statement(sql).executeQuery()) {
      rows.next();
      return rows.getString(1);
    }
  }

  private String process() {
    return jdbi.withHandle(
        handle -> handle.createQuery("SELECT pg_backend_pid()").mapTo(String.class).one());
  }

  /** All that is set for the session of the connection. */
  private List<String> settings() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT name || ' ' || setting FROM pg_settings WHERE source = 'session'")
                .mapTo(String.class)
                .list());
  }
}
