package io.jobs4j.sdk.internal.sql;

import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open database with its schema in place. One that is opened here, in a file or in memory, is
 * held by this engine alone; several engines can share one that the caller gives.
 */
public final class Database implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Database.class);

  /**
   * Each commit makes the file longer until H2 uses again what it has retained long enough: with
   * its own 45 seconds that is a gigabyte in a busy minute. With none at all it can damage the
   * file. Its write delay stays as it is, because without one nothing is ever used again. Its trace
   * would write the values of statements that fail, which may be secret, into a file that everybody
   * may read.
   */
  private static final String H2_OPTIONS =
      ";RETENTION_TIME=2000;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000;QUERY_CACHE_SIZE=256"
          + ";TRACE_LEVEL_FILE=0";

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /** How long it may take to close once writes are not tried again any more. */
  private static final Duration LAST_WRITES = Duration.ofSeconds(2);

  private final Duration databaseWait;
  private final Watchdog watchdog = new Watchdog();
  private final Connections connections;
  private final Jdbi jdbi;
  private final Dialect dialect;
  private final Durability durability;
  private final Names names;
  private final @Nullable HikariDataSource pool;
  private final DatabaseClock clock;
  private final String product;

  /** Whether it is certain that something else than it answers the engine. */
  private final boolean proxied;

  private final boolean exclusive;

  /** Its file, without what H2 adds to the name; {@code null} if it has none of its own. */
  private final @Nullable Path file;

  /** Whether whoever opened it has done all that belongs to that; guarded by the watchdog. */
  private boolean ready;

  /**
   * Holds a row locked as long as the database is open; {@code null} if others may use it, or if it
   * was closed and has not been opened again.
   */
  private @Nullable Handle lock;

  private Database(
      DataSource source,
      @Nullable HikariDataSource pool,
      boolean exclusive,
      @Nullable Path file,
      Opening opening) {
    Duration wait = opening.databaseWait();
    Durability level = opening.durability();
    this.pool = pool;
    this.exclusive = exclusive;
    this.file = file;
    this.durability = level;
    this.databaseWait = wait;
    this.names = opening.names();
    this.connections = new Connections(source, pool != null, wait, watchdog);
    this.jdbi = names.on(Jdbi.create(connections));
    Instants.register(jdbi);
    Handle held = null;
    try {
      this.dialect = jdbi.withHandle(handle -> Product.recognise(handle, level));
      this.product = jdbi.withHandle(Product::name);
      this.proxied =
          dialect == Dialect.POSTGRESQL && jdbi.withHandle(Proxies::route) == Proxies.Route.PROXIED;
      if (proxied) {
        connections.prepareNothing();
      }
      Migrator migrator = new Migrator(jdbi, dialect, names, opening.makesTables());
      migrator.require();
      if (exclusive) {
        held = acquireLock(jdbi);
        keep(held);
        if (file != null) {
          long end =
              System.nanoTime() + Connections.opening(wait).plus(Connections.GRACE).toNanos();
          watchdog.onTick(now -> limitOpening(file, now - end));
        }
      } else {
        Capacity.require(jdbi, dialect.connections(), Connections.opening(wait));
      }
      // Only now, lest an engine that is refused changes the tables of the one that works on them.
      migrator.migrate();
      this.clock = jdbi.withHandle(handle -> new DatabaseClock(handle, dialect));
      connections.opened();
      if (pool != null) {
        ConnectionPool.limit(pool, wait);
      }
      this.lock = held;
    } catch (RuntimeException | Error e) {
      if (held != null && file != null) {
        // To close it is to write, and nobody waits for that.
        RetryingFilePath.retry(file, false);
      }
      release(held);
      connections.close();
      watchdog.close();
      if (pool != null) {
        pool.close();
      }
      if (e instanceof Error error) {
        throw error;
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
    return inDirectory(directory, Opening.with(level));
  }

  /** As {@link #inDirectory(Path, Durability)}. */
  public static Database inDirectory(Path directory, Opening opening) {
    Path file = DatabaseFiles.prepare(directory);
    return open(RetryingFilePath.url(file) + H2_OPTIONS, "sa", "", true, file, opening);
  }

  /** A database in memory that is gone when closed. */
  public static Database inMemory() {
    return inMemory(Opening.with(Durability.NONE));
  }

  /** As {@link #inMemory()}, whatever durability is asked for. */
  public static Database inMemory(Opening opening) {
    return open(
        "jdbc:h2:mem:jobs4j-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1" + H2_OPTIONS,
        "sa",
        "",
        true,
        null,
        new Opening(
            Durability.NONE,
            StoreSettings.DEFAULT.databaseWait(),
            opening.names(),
            opening.makesTables()));
  }

  /**
   * A database of the caller's, which stays open when this is closed.
   *
   * @throws StoreException if it is neither H2 nor PostgreSQL, cannot be used, or cannot give the
   *     durability
   */
  public static Database of(DataSource source, Durability level) {
    return of(source, Opening.with(level));
  }

  /** As {@link #of(DataSource, Durability)}. */
  public static Database of(DataSource source, Opening opening) {
    return new Database(source, null, false, null, opening);
  }

  /**
   * The database that a JDBC URL names, with a pool of its own.
   *
   * @throws StoreException if it is neither H2 nor PostgreSQL, cannot be used, or cannot give the
   *     durability
   */
  public static Database at(String url, String user, String password, Durability level) {
    return at(url, user, password, Opening.with(level));
  }

  /** As {@link #at(String, String, String, Durability)}. */
  public static Database at(String url, String user, String password, Opening opening) {
    return open(url, user, password, false, null, opening);
  }

  private static Database open(
      String url,
      String user,
      String password,
      boolean exclusive,
      @Nullable Path file,
      Opening opening) {
    HikariDataSource source =
        ConnectionPool.open(url, user, password, exclusive, file != null, opening.databaseWait());
    return new Database(source, source, exclusive, file, opening);
  }

  public Jdbi jdbi() {
    return jdbi;
  }

  public Dialect dialect() {
    return dialect;
  }

  public Durability durability() {
    return durability;
  }

  /** What its tables are called. */
  public Names names() {
    return names;
  }

  /** Says that all has been done that belongs to opening it, which has a limit. */
  public void ready() {
    synchronized (watchdog) {
      ready = true;
      if (file != null) {
        RetryingFilePath.retry(file, true);
      }
    }
  }

  /** Has writes fail that have been waiting for their disk for the whole time of the opening. */
  private void limitOpening(Path opened, long late) {
    synchronized (watchdog) {
      if (late >= 0 && !ready) {
        RetryingFilePath.retry(opened, false);
      }
    }
  }

  /** The time by which engines that share the database go. */
  public Clock clock() {
    return clock.withZone(ZoneOffset.UTC);
  }

  /**
   * Reads the database's clock again, lest time goes by another one for long. On a connection of
   * its own: within a transaction, some databases tell the time of its beginning.
   *
   * @throws JdbiException if the database does not answer
   */
  public void setClock() {
    jdbi.useHandle(clock::set);
  }

  /**
   * Whether something else than it answers the engine, and may give each transaction another
   * session.
   */
  public boolean isProxied() {
    return proxied;
  }

  /** How long it may take to answer. */
  Duration databaseWait() {
    return databaseWait;
  }

  /** Keeps time limits. */
  public Watchdog watchdog() {
    return watchdog;
  }

  /** Lets a connection be used for any time. */
  public void keep(Handle handle) {
    connections.keep(handle.getConnection());
  }

  /** What it is, and of which version. */
  public String product() {
    return product;
  }

  /** Whether no other engine can work on it. */
  public boolean exclusive() {
    return exclusive;
  }

  /**
   * Takes the place of the only engine on the database again if it was closed meanwhile.
   *
   * @throws StoreException if another has it
   */
  public synchronized void requireLock() {
    if (exclusive && lock == null) {
      Handle held = acquireLock(jdbi);
      keep(held);
      lock = held;
    }
  }

  /**
   * Forgets the connections of a database that has failed and is closed, so that the next ones open
   * it again. What was begun on it is never rolled back: H2 may not come back from that.
   */
  public synchronized void failed(Handle handle) {
    if (pool != null) {
      pool.evictConnection(handle.getConnection());
      pool.getHikariPoolMXBean().softEvictConnections();
    }
    forgetLock();
  }

  /**
   * Gives up the place of the only engine on the database, which {@link #requireLock} takes again.
   * Nobody else can take it meanwhile, because a database that is opened here is this engine's.
   */
  public synchronized void forgetLock() {
    Handle held = lock;
    lock = null;
    if (held != null && pool != null) {
      pool.evictConnection(held.getConnection());
    }
  }

  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  /** As {@link #close()}, for so long at most: what does not close by then is left. */
  public void close(Duration limit) {
    Thread closer = new Thread(this::closeAll, "jobs4j-close");
    closer.setDaemon(true);
    closer.start();
    boolean ended = Threads.ended(closer, limit);
    if (!ended && file != null) {
      // A write may wait for room on the disk, and nobody is left to wait for the write.
      RetryingFilePath.retry(file, false);
      ended = Threads.ended(closer, LAST_WRITES);
    }
    if (!ended) {
      log.warn("The database did not close in time and is left.");
    }
    watchdog.close();
  }

  private synchronized void closeAll() {
    release(lock);
    connections.close();
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

  /** The engine that works on the database holds a row locked. */
  private static Handle acquireLock(Jdbi jdbi) {
    try {
      return EngineLock.acquire(jdbi, EngineLock.ALONE);
    } catch (JdbiException e) {
      if (!SqlFailure.of(e).isPassing()) {
        throw new StoreException("The database cannot be opened: " + SqlFailure.rootMessage(e), e);
      }
      throw new StoreException(
          "Another engine works on this database; close it first, or give each its own.", e);
    }
  }

  private static void release(@Nullable Handle lock) {
    if (lock != null) {
      EngineLock.release(lock);
    }
  }
}
