package io.jobs4j.sdk.internal.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jspecify.annotations.Nullable;

/**
 * An open database with its schema in place. One that is opened here, in a file or in memory, is
 * held by this engine alone; several engines can share one that the caller gives.
 */
public final class Database implements AutoCloseable {
  /**
   * Each commit makes the file longer until H2 uses again what it has retained long enough: with
   * its own 45 seconds that is a gigabyte in a busy minute. With none at all it can damage the
   * file. Its write delay stays as it is, because without one nothing is ever used again.
   */
  private static final String H2_OPTIONS =
      ";RETENTION_TIME=2000;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000;QUERY_CACHE_SIZE=256";

  private static final long LONGEST_WAIT_MILLIS = 30_000;

  /** The pool takes no shorter limit. */
  private static final long SHORTEST_WAIT_MILLIS = 250;

  private final Jdbi jdbi;
  private final Dialect dialect;
  private final Durability durability;
  private final @Nullable HikariDataSource pool;
  private final DatabaseClock clock;
  private final String product;

  /** Whether something between it and the engine may give each transaction another session. */
  private final boolean proxied;

  /** Holds a row locked as long as the database is open; {@code null} if others may use it. */
  private final @Nullable Handle lock;

  private Database(
      DataSource source, @Nullable HikariDataSource pool, boolean exclusive, Durability level) {
    this.pool = pool;
    this.durability = level;
    Connections connections = new Connections(source);
    this.jdbi = Jdbi.create(connections);
    jdbi.registerArgument(new InstantArgumentFactory());
    jdbi.registerColumnMapper(
        Instant.class,
        (row, column, context) -> {
          OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
          return time == null ? null : time.toInstant();
        });
    Handle held = null;
    try {
      this.dialect = jdbi.withHandle(handle -> recognise(handle, level));
      this.product = jdbi.withHandle(Database::product);
      this.proxied = dialect == Dialect.POSTGRESQL && jdbi.withHandle(Proxies::isBehind);
      if (proxied) {
        connections.prepareNothing();
      }
      if (exclusive) {
        held = acquireLock(jdbi);
      } else {
        Capacity.require(jdbi, dialect.connections());
      }
      // Only now, lest an engine that is refused changes the tables of the one that works on them.
      new Migrator(jdbi, dialect).migrate();
      this.clock = jdbi.withHandle(handle -> new DatabaseClock(handle, dialect));
      this.lock = held;
    } catch (RuntimeException e) {
      release(held);
      if (pool != null) {
        pool.close();
      }
      throw e instanceof StoreException known
          ? known
          : new StoreException("The database cannot be opened: " + e.getMessage(), e);
    }
  }

  /**
   * The H2 database in a directory, made if it is not there.
   *
   * @throws StoreException if it cannot be opened, because another engine uses it for instance, or
   *     if its path has characters that H2 cannot do with
   */
  public static Database inDirectory(Path directory, Durability level) {
    Path file = directory.toAbsolutePath().normalize().resolve("jobs4j");
    // H2 would take the one for the start of its options and the other for a separator.
    if (file.toString().replace(File.separatorChar, '/').matches("(?s).*[;\\\\].*")) {
      throw new StoreException(
          "The directory %s cannot hold the database: its path has a semicolon or backslash."
              .formatted(directory));
    }
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StoreException("The directory %s cannot be made.".formatted(directory), e);
    }
    // With "file:" an interrupt of a thread that reads closes the file for all others too.
    return open("jdbc:h2:async:" + file + H2_OPTIONS, "sa", "", true, level);
  }

  /** A database in memory that is gone when closed. */
  public static Database inMemory() {
    return open(
        "jdbc:h2:mem:jobs4j-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1" + H2_OPTIONS,
        "sa",
        "",
        true,
        Durability.NONE);
  }

  /**
   * A database of the caller's, which stays open when this is closed.
   *
   * @throws StoreException if it is neither H2 nor PostgreSQL, cannot be used, or cannot give the
   *     durability
   */
  public static Database of(DataSource source, Durability level) {
    return new Database(source, null, false, level);
  }

  /**
   * The database that a JDBC URL names, with a pool of its own.
   *
   * @throws StoreException if it is neither H2 nor PostgreSQL, cannot be used, or cannot give the
   *     durability
   */
  public static Database at(String url, String user, String password, Durability level) {
    return open(url, user, password, false, level);
  }

  private static Database open(
      String url, String user, String password, boolean exclusive, Durability level) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("jobs4j");
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(1);
    config.setInitializationFailTimeout(1);
    HikariDataSource source;
    try {
      source = new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw new StoreException(
          exclusive
              ? "The database cannot be opened (is another engine using it?): " + rootMessage(e)
              : "The database cannot be opened: " + rootMessage(e),
          e);
    }
    return new Database(source, source, exclusive, level);
  }

  Jdbi jdbi() {
    return jdbi;
  }

  Dialect dialect() {
    return dialect;
  }

  Durability durability() {
    return durability;
  }

  /** The time by which engines that share the database go. */
  public Clock clock() {
    return clock.withZone(ZoneOffset.UTC);
  }

  /** Reads the database's clock again, lest time goes by another one for long. */
  void setClock(Handle handle) {
    clock.set(handle);
  }

  /** Whether something between it and the engine may give each transaction another session. */
  boolean isProxied() {
    return proxied;
  }

  /**
   * Lets nobody wait longer for a connection than this, or than 30 seconds. A pool of the caller's
   * has a limit of its own.
   */
  void limitWait(Duration longest) {
    if (pool != null) {
      long millis = Math.min(longest.toMillis(), LONGEST_WAIT_MILLIS);
      pool.setConnectionTimeout(Math.max(millis, SHORTEST_WAIT_MILLIS));
    }
  }

  /** What it is, and of which version. */
  String product() {
    return product;
  }

  /** Whether no other engine can work on it. */
  boolean exclusive() {
    return lock != null;
  }

  @Override
  public void close() {
    release(lock);
    if (pool != null) {
      try (pool) {
        if (exclusive() && durability == Durability.NONE) {
          jdbi.useHandle(handle -> handle.execute("SHUTDOWN IMMEDIATELY"));
        }
      } catch (JdbiException e) {
        // The database is gone already.
      }
    }
  }

  private static Dialect recognise(Handle handle, Durability level) {
    try {
      DatabaseMetaData metadata = handle.getConnection().getMetaData();
      Dialect dialect = Dialect.of(metadata);
      dialect.require(level, metadata.getURL(), handle);
      return dialect;
    } catch (SQLException e) {
      throw new StoreException("The database does not say what it is: " + e.getMessage(), e);
    }
  }

  private static String product(Handle handle) {
    try {
      DatabaseMetaData metadata = handle.getConnection().getMetaData();
      return metadata.getDatabaseProductName() + " " + metadata.getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new StoreException("The database does not say what it is: " + e.getMessage(), e);
    }
  }

  /** The engine that works on the database holds a row locked. */
  private static Handle acquireLock(Jdbi jdbi) {
    try {
      return EngineLock.acquire(jdbi, EngineLock.ALONE);
    } catch (JdbiException e) {
      throw new StoreException(
          "Another engine works on this database; close it first, or give each its own.", e);
    }
  }

  private static void release(@Nullable Handle lock) {
    if (lock != null) {
      EngineLock.release(lock);
    }
  }

  static String rootMessage(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  /** Binds instants as UTC, whatever zone the process runs in. */
  private static final class InstantArgumentFactory extends AbstractArgumentFactory<Instant> {
    InstantArgumentFactory() {
      super(java.sql.Types.TIMESTAMP_WITH_TIMEZONE);
    }

    @Override
    protected Argument build(Instant value, ConfigRegistry config) {
      return (position, statement, context) ->
          statement.setObject(position, value.atOffset(ZoneOffset.UTC));
    }
  }
}
