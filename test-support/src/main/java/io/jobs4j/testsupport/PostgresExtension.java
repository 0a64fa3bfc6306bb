package io.jobs4j.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * PostgreSQL for tests: one server for all test classes of a JVM, and as many empty databases as
 * they ask for. The server starts when the first class that wants it begins. A test that stops its
 * server starts one of its own with {@link PostgresServer#start}.
 *
 * <pre>{@code
 * @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class PostgresExtension implements BeforeAllCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(PostgresExtension.class);

  private volatile @Nullable Shared shared;

  /** Registered in a static field. */
  public PostgresExtension() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent("server", key -> Shared.start(), Shared.class);
  }

  /** Connections to a new, empty database; nothing is pooled. */
  public DataSource newDatabase() {
    Shared running = running();
    return running.server.dataSource(running.newName());
  }

  /** A JDBC URL of a new, empty database, with all that is needed to connect. */
  public String newDatabaseUrl() {
    Shared running = running();
    return running.server.url(running.newName());
  }

  private Shared running() {
    Shared running = shared;
    if (running == null) {
      throw new IllegalStateException(
          "no test is running, or the extension is not registered in a static field");
    }
    return running;
  }

  private static final class Shared implements AutoCloseable {
    private final Path directory;
    private final PostgresServer server;
    private final AtomicInteger databases = new AtomicInteger();

    private Shared(Path directory, PostgresServer server) {
      this.directory = directory;
      this.server = server;
    }

    static Shared start() {
      try {
        Path directory = Files.createTempDirectory("jobs4j-postgres");
        try {
          return new Shared(directory, PostgresServer.start(directory));
        } catch (RuntimeException e) {
          delete(directory);
          throw e;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String newName() {
      String name = "test_" + databases.incrementAndGet();
      server.createDatabase(name);
      return name;
    }

    @Override
    public void close() throws IOException {
      server.close();
      delete(directory);
    }

    private static void delete(Path directory) throws IOException {
      try (Stream<Path> tree = Files.walk(directory)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
