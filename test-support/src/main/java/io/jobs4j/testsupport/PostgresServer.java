package io.jobs4j.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server of its own, which a test can let go away and come back. It listens on the
 * loopback address only, trusts the user {@code postgres} there, and syncs every commit to the
 * disk. It runs on Linux (amd64), also for root, whom PostgreSQL itself refuses.
 *
 * <p>The server goes when the JVM that started it is gone, however that ended: it hangs on a pipe
 * that the kernel closes. Its directory is left to the caller. Safe for use by several threads.
 */
public final class PostgresServer implements AutoCloseable {
  /** Longer than a start takes, with recovery after a crash, on a slow machine. */
  private static final long START_SECONDS = 60;

  // Below the ports that Linux gives to outgoing connections: nobody takes the port of a server
  // that is away for a while.
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 10_000;
  private static final int ATTEMPTS = 5;

  /** Ends the server when standard input is at its end, which is when the JVM closes it or dies. */
  private static final String BOUND_TO_STANDARD_INPUT =
      "exec 3<&0; (read _ <&3; kill -QUIT $$) & exec \"$@\" </dev/null 3<&-";

  private final Path data;
  private final Path log;
  private final PostgresBinaries binaries;
  private int port;
  private @Nullable Process process;

  private PostgresServer(Path directory, PostgresBinaries binaries) {
    this.data = directory.resolve("data");
    this.log = directory.resolve("server.log");
    this.binaries = binaries;
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param directory for its data, its log and its programs; made if it is not there. A server that
   *     was closed before may have left its data here, which this one then has.
   * @throws IllegalStateException with the end of the server's log if it does not come up
   * @throws UncheckedIOException if the directory cannot be written
   */
  public static PostgresServer start(Path directory) {
    try {
      Path absolute = Files.createDirectories(directory.toAbsolutePath());
      PostgresServer server = new PostgresServer(absolute, PostgresBinaries.in(absolute));
      server.create();
      server.startOnSomePort();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The TCP port, on the loopback address; the same for as long as this object lives. */
  public synchronized int port() {
    return port;
  }

  /** A JDBC URL with all that is needed to connect, also from another process. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%s/%s?user=postgres".formatted(port(), database);
  }

  /** Connections to a database, each a new one: nothing is pooled. */
  public DataSource dataSource(String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url(database));
    return source;
  }

  /**
   * Makes an empty database.
   *
   * @param name lower-case letters, digits and underscores
   * @throws IllegalArgumentException if the name has other characters
   * @throws IllegalStateException if the server does not do it
   */
  public void createDatabase(String name) {
    if (!name.matches("[a-z0-9_]+")) {
      throw new IllegalArgumentException(
          "the name of a database is of a-z, 0-9 and _, not \"" + name + "\"");
    }
    try (Connection connection = dataSource("postgres").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot create the database " + name, e);
    }
  }

  /**
   * Stops the server's processes where they are (SIGSTOP): connections are taken and nothing is
   * answered, until {@link #resume}.
   *
   * @throws IllegalStateException if the server is not running
   */
  public void pause() {
    signal("STOP");
  }

  /**
   * Lets the server's processes go on. Does nothing to those that were not stopped.
   *
   * @throws IllegalStateException if the server is not running
   */
  public void resume() {
    signal("CONT");
  }

  private synchronized void signal(String name) {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("the server is not running");
    }
    Set<Long> told = new HashSet<>();
    try {
      // What the server had started before it was told is found by another look.
      for (List<Long> fresh = processes(running, told);
          !fresh.isEmpty();
          fresh = processes(running, told)) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        fresh.forEach(pid -> command.add("" + pid));
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        // A process of the server may have ended meanwhile.
        if (exit != 0 && !running.isAlive()) {
          throw new IllegalStateException(command + " exited with code " + exit);
        }
        told.addAll(fresh);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling PostgreSQL", e);
    }
  }

  /** The server's processes, itself first, without those that were told. */
  private static List<Long> processes(Process server, Set<Long> told) {
    return Stream.concat(
            Stream.of(server.toHandle()),
            server
                .descendants()
                .filter(process -> process.info().command().orElse("").contains("postgres")))
        .map(ProcessHandle::pid)
        .filter(pid -> !told.contains(pid))
        .toList();
  }

  /**
   * Ends the server as if it crashed: connections break, nothing is finished, and the next start
   * has to recover. Returns when it is gone. Does nothing if it is.
   */
  public synchronized void stop() {
    Process last = process;
    process = null;
    if (last == null) {
      return;
    }
    try {
      last.getOutputStream().close();
    } catch (IOException e) {
      last.destroyForcibly();
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (!last.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
            last.destroyForcibly().waitFor();
          }
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Starts the server again on the same port and data, and waits until it answers. Does nothing if
   * it runs.
   *
   * @throws IllegalStateException with the end of the server's log if it does not come up
   */
  public synchronized void startAgain() {
    if (process != null && process.isAlive()) {
      return;
    }
    try {
      launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cuts all connections to a database. Clients may connect again. */
  public void cut(String database) {
    String others =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = ? AND pid <> pg_backend_pid()";
    try (Connection connection = dataSource("postgres").getConnection();
        PreparedStatement statement = connection.prepareStatement(others)) {
      statement.setString(1, database);
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException("cannot cut the connections to " + database, e);
    }
  }

  /** Like {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  private void create() throws IOException {
    if (Files.exists(data.resolve("PG_VERSION"))) {
      return;
    }
    binaries.makeDataDirectory(data);
    List<String> command =
        binaries.command(
            "initdb",
            "--pgdata=" + data,
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync");
    PostgresBinaries.run(new ProcessBuilder(command), log);
  }

  private synchronized void startOnSomePort() throws IOException {
    int offset = (int) (ProcessHandle.current().pid() * 31 % PORTS);
    for (int attempt = 1; ; attempt++) {
      while (!isFree(FIRST_PORT + offset)) {
        offset = (offset + 1) % PORTS;
      }
      port = FIRST_PORT + offset;
      try {
        launch();
        return;
      } catch (IllegalStateException e) {
        // Another process may have taken the port since it was looked at.
        if (attempt == ATTEMPTS || isFree(port)) {
          throw e;
        }
      }
    }
  }

  private void launch() throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", BOUND_TO_STANDARD_INPUT, "sh"));
    command.addAll(
        binaries.command(
            "postgres",
            "-D",
            data.toString(),
            "-c",
            "port=" + port,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "fsync=on",
            "-c",
            "synchronous_commit=on",
            "-c",
            "max_connections=200",
            "-c",
            "log_checkpoints=off"));
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process = started;
    try {
      awaitAnswer(started);
    } catch (InterruptedException e) {
      stop();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while PostgreSQL was starting", e);
    } catch (RuntimeException e) {
      stop();
      throw e;
    }
  }

  private void awaitAnswer(Process started) throws InterruptedException {
    long begin = System.nanoTime();
    DataSource source = dataSource("postgres");
    while (true) {
      SQLException refusal;
      try (Connection connection = source.getConnection()) {
        if (belongsTo(connection)) {
          return;
        }
        refusal = new SQLException("another server answers");
      } catch (SQLException e) {
        refusal = e;
      }
      if (started.waitFor(20, TimeUnit.MILLISECONDS)) {
        throw notUp("PostgreSQL ended with exit code " + started.exitValue(), refusal);
      }
      if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(START_SECONDS)) {
        throw notUp("PostgreSQL does not answer after " + START_SECONDS + " s", refusal);
      }
    }
  }

  /** Whether it is this server that answers, not another one on the same port. */
  private boolean belongsTo(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SHOW data_directory")) {
      return rows.next() && data.toString().equals(rows.getString(1));
    }
  }

  private IllegalStateException notUp(String what, SQLException refusal) {
    return new IllegalStateException(
        "%s on port %s. Its log %s ends with:%n%s"
            .formatted(what, port, log, PostgresBinaries.tail(log)),
        refusal);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
