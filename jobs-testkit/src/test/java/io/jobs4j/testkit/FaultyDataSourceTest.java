package io.jobs4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.testsupport.PostgresExtension;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same faults on both databases. */
class FaultyDataSourceTest {
  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @Nested
  class OnH2 extends Faults {
    @Override
    DataSource database() {
      JdbcDataSource memory = new JdbcDataSource();
      memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
      return memory;
    }
  }

  @Nested
  class OnPostgres extends Faults {
    @Override
    DataSource database() {
      return postgres.newDatabase();
    }
  }

  abstract static class Faults {
    private DataSource real;
    private FaultyDataSource faulty;

    abstract DataSource database();

    @BeforeEach
    void open() throws Exception {
      real = database();
      try (Connection connection = real.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t (n INT PRIMARY KEY)");
      }
      faulty = FaultyDataSource.of(real);
    }

    @Test
    void nothingGoesWrongUntilToldTo() throws Exception {
      try (Connection connection = faulty.getConnection()) {
        insert(connection, 1);
        connection.setAutoCommit(false);
        insert(connection, 2);
        connection.commit();
        insert(connection, 3);
        connection.rollback();
        assertThat(connection.isValid(5)).isTrue();
        assertThat(Set.of(connection)).contains(connection);
        try (Statement statement = connection.createStatement()) {
          assertThat(statement.getConnection()).isSameAs(connection);
          assertThatThrownBy(() -> statement.execute("SELECT nothing FROM nowhere"))
              .isInstanceOf(SQLException.class);
        }
      }
      assertThat(rows()).containsExactly(1, 2);
      assertThat(faulty.commits()).isEqualTo(2);
      assertThat(faulty.statements()).isEqualTo(4);
      assertThat(faulty.failedCommits() + faulty.lostAnswers()).isZero();
    }

    @Test
    void aCommitFailsAndIsRolledBack() throws Exception {
      faulty.failCommit(2);
      try (Connection connection = faulty.getConnection()) {
        connection.setAutoCommit(false);
        insert(connection, 1);
        connection.commit();
        insert(connection, 2);
        assertRefused(connection::commit);
        connection.commit();
        insert(connection, 3);
        connection.commit();
      }
      assertThat(rows()).containsExactly(1, 3);
      assertThat(faulty.commits()).isEqualTo(4);
      assertThat(faulty.failedCommits()).isEqualTo(1);
    }

    @Test
    void theAnswerToACommitIsLost() throws Exception {
      faulty.loseAnswer(1);
      try (Connection connection = faulty.getConnection()) {
        connection.setAutoCommit(false);
        Statement statement = connection.createStatement();
        statement.executeUpdate("INSERT INTO t VALUES (1)");
        assertBroken(connection::commit);
        assertBroken(() -> insert(connection, 2));
        assertBroken(() -> statement.executeQuery("SELECT 1"));
        assertBroken(connection::rollback);
        assertThat(connection.isClosed()).isTrue();
        assertThat(connection.isValid(5)).isFalse();
      }
      assertThat(rows()).containsExactly(1);
      assertThat(faulty.lostAnswers()).isEqualTo(1);
      try (Connection next = faulty.getConnection()) {
        insert(next, 2);
      }
      assertThat(rows()).containsExactly(1, 2);
    }

    @Test
    void aStatementThatCommitsItselfIsACommit() throws Exception {
      faulty.failCommit(1);
      faulty.failCommit(3);
      faulty.loseAnswer(4);
      try (Connection connection = faulty.getConnection();
          PreparedStatement insert =
              connection.prepareStatement("/* new */ INSERT INTO t VALUES (?)")) {
        insert.setInt(1, 1);
        assertRefused(insert::execute);
        try (Statement reader = connection.createStatement()) {
          reader.execute(" -- only reads\n select n FROM t");
        }
        assertThat(insert.executeUpdate()).isEqualTo(1);
        insert.setInt(1, 2);
        insert.addBatch();
        assertRefused(insert::executeBatch);
        insert.setInt(1, 3);
        assertBroken(insert::executeUpdate);
      }
      assertThat(rows()).containsExactly(1, 3);
      assertThat(faulty.commits()).isEqualTo(4);
      assertThat(faulty.statements()).isEqualTo(5);
    }

    @Test
    void switchingToAutomaticCommitsIsACommitIfThereIsATransaction() throws Exception {
      faulty.failCommit(1);
      try (Connection connection = faulty.getConnection()) {
        connection.setAutoCommit(false);
        connection.setAutoCommit(true);
        connection.setAutoCommit(false);
        insert(connection, 1);
        assertRefused(() -> connection.setAutoCommit(true));
        connection.setAutoCommit(true);
        insert(connection, 2);
      }
      assertThat(rows()).containsExactly(2);
    }

    @Test
    void nothingWorksWhileTheDatabaseIsAway() throws Exception {
      try (Connection before = faulty.getConnection();
          Connection untouched = faulty.getConnection()) {
        before.setAutoCommit(false);
        insert(before, 1);
        Statement statement = before.createStatement();
        faulty.goDown();
        assertBroken(faulty::getConnection);
        assertBroken(() -> statement.executeQuery("SELECT 1"));
        assertBroken(before::commit);
        faulty.comeBack();
        assertBroken(before::createStatement);
        assertThat(untouched.isValid(5)).isFalse();
      }
      assertThat(rows()).isEmpty();
      assertThat(faulty.commits()).isZero();
      try (Connection after = faulty.getConnection()) {
        insert(after, 1);
      }
      assertThat(rows()).containsExactly(1);
    }

    @Test
    void aSeedFixesWhatGoesWrong() throws Exception {
      List<String> first = fates(7, 0.3, 0.3);
      assertThat(first).contains("40001", "08006", "well");
      assertThat(fates(7, 0.3, 0.3)).isEqualTo(first);
      assertThat(fates(8, 0.3, 0.3)).isNotEqualTo(first);
      assertThat(fates(7, 0, 0)).containsOnly("well");
      assertThat(fates(7, 1, 0)).containsOnly("40001");
      assertThat(fates(7, 0, 1)).containsOnly("08006");
    }

    @Test
    void wrongNumbersAreRefused() {
      assertThatThrownBy(() -> faulty.failCommit(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not 0");
      assertThatThrownBy(() -> faulty.failAtRandom(1, 0.6, 0.6))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("0.6");
      assertThatThrownBy(() -> faulty.failAtRandom(1, Double.NaN, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("NaN");
    }

    private List<String> fates(long seed, double fail, double lose) throws SQLException {
      FaultyDataSource source = FaultyDataSource.of(real);
      source.failAtRandom(seed, fail, lose);
      List<String> fates = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        try (Connection connection = source.getConnection();
            Statement statement = connection.createStatement()) {
          statement.executeUpdate("DELETE FROM t");
          fates.add("well");
        } catch (SQLException e) {
          fates.add(e.getSQLState());
        }
      }
      return fates;
    }

    private List<Integer> rows() throws SQLException {
      List<Integer> rows = new ArrayList<>();
      try (Connection connection = real.getConnection();
          Statement statement = connection.createStatement();
          var result = statement.executeQuery("SELECT n FROM t ORDER BY n")) {
        while (result.next()) {
          rows.add(result.getInt(1));
        }
      }
      return rows;
    }

    private static void insert(Connection connection, int n) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("INSERT INTO t VALUES (" + n + ")");
      }
    }

    private static void assertRefused(ThrowingCallable call) {
      assertThatThrownBy(call)
          .isInstanceOf(SQLTransactionRollbackException.class)
          .hasFieldOrPropertyWithValue("SQLState", "40001");
    }

    private static void assertBroken(ThrowingCallable call) {
      assertThatThrownBy(call)
          .isInstanceOf(SQLTransientConnectionException.class)
          .hasFieldOrPropertyWithValue("SQLState", "08006");
    }
  }
}
