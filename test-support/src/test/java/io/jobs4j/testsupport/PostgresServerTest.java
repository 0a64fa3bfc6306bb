package io.jobs4j.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
  @TempDir static Path directory;
  private static PostgresServer server;

  @BeforeAll
  static void start() {
    server = PostgresServer.start(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void whatWasCommittedIsThereAfterACrash() throws Exception {
    server.createDatabase("kept");
    int port = server.port();
    try (Connection open = server.dataSource("kept").getConnection();
        Statement statement = open.createStatement()) {
      statement.execute("CREATE TABLE t (n INT)");
      statement.execute("INSERT INTO t VALUES (7)");
      server.stop();
      assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES (8)"))
          .isInstanceOf(SQLException.class);
    }
    assertThatThrownBy(() -> server.dataSource("kept").getConnection())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("refused");
    server.stop();
    server.startAgain();
    server.startAgain();
    assertThat(server.port()).isEqualTo(port);
    assertThat(ask("kept", "SELECT n FROM t")).isEqualTo("7");
  }

  @Test
  void commitsAreSynced() throws Exception {
    assertThat(ask("postgres", "SHOW fsync")).isEqualTo("on");
    assertThat(ask("postgres", "SHOW synchronous_commit")).isEqualTo("on");
  }

  @Test
  void onlyTheLoopbackAddressIsServed() throws Exception {
    assertThat(ask("postgres", "SHOW listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(ask("postgres", "SHOW unix_socket_directories")).isEmpty();
  }

  @Test
  void whyItDoesNotComeUpIsSaid(@TempDir Path other) throws Exception {
    try (PostgresServer broken = PostgresServer.start(other)) {
      broken.stop();
      Path control = other.resolve("data/global/pg_control");
      Files.move(control, other.resolve("pg_control"));
      assertThatThrownBy(broken::startAgain)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("exit code")
          .hasMessageContaining("pg_control");
    }
  }

  @Test
  void aNameThatNeedsQuotesIsRefused() {
    assertThatThrownBy(() -> server.createDatabase("a; DROP"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a; DROP");
  }

  @Test
  void theServerGoesWithTheJvmThatStartedIt(@TempDir Path other) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ServerChild.class.getName(),
                other.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long pid;
    try (var reader = child.inputReader()) {
      pid = Long.parseLong(reader.readLine());
      assertThat(ProcessHandle.of(pid)).isPresent();
    } finally {
      child.destroyForcibly().waitFor();
    }
    ProcessHandle.of(pid).ifPresent(server -> server.onExit().join());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  /** Starts a server and says the process id of it, which is in the first line of a file. */
  static final class ServerChild {
    private ServerChild() {}

    public static void main(String[] arguments) throws Exception {
      Path directory = Path.of(arguments[0]);
      try (PostgresServer server = PostgresServer.start(directory)) {
        assertThat(server.port()).isPositive();
        System.out.println(Files.readAllLines(directory.resolve("data/postmaster.pid")).get(0));
        System.in.read();
      }
    }
  }

  private static String ask(String database, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.url(database));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
