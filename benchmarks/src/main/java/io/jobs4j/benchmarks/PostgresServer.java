package io.jobs4j.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;

/** A PostgreSQL server of our own that forces commits to the disk, as in production. */
final class PostgresServer implements AutoCloseable {
  private final EmbeddedPostgres server;

  private PostgresServer(EmbeddedPostgres server) {
    this.server = server;
  }

  static PostgresServer start(Path directory) throws IOException {
    return new PostgresServer(
        EmbeddedPostgres.builder()
            .setDataDirectory(directory.resolve("data"))
            .setOverrideWorkingDirectory(directory.resolve("binaries").toFile())
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("shared_buffers", "256MB")
            .setServerConfig("max_connections", "100")
            .setErrorRedirector(
                ProcessBuilder.Redirect.to(directory.resolve("errors.log").toFile()))
            .setOutputRedirector(
                ProcessBuilder.Redirect.to(directory.resolve("output.log").toFile()))
            .start());
  }

  /** The URL of a database of the server. */
  String url(String database) {
    return server.getJdbcUrl("postgres", database);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
