package io.jobs4j.sdk.internal.cluster;

import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.Proxies;
import io.jobs4j.sdk.internal.sql.Threads;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channel of a PostgreSQL database on which engines announce things. Hears what others
 * announce, on a connection and a thread of its own that wait and ask nothing. When the connection
 * breaks, it makes another and says that anything may have happened meanwhile. Safe for use by
 * several threads.
 */
public final class AnnouncementChannel implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AnnouncementChannel.class);

  /**
   * The SQL of its name. Engines on other tables, or schemas, of the database have other names, as
   * they have nothing to tell.
   */
  public static final String NAME = "'{prefix}' || md5({current_schema})";

  private static final String SEND =
      "SELECT pg_notify(%s, message) FROM unnest(CAST(? AS VARCHAR[])) AS message".formatted(NAME);

  private static final int WAIT_MILLIS = 10_000;
  private static final long CHECK_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int CHECK_SECONDS = 5;
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 5000;
  private static final long LEAVE_MILLIS = 1000;
  private static final long CLOSE_MILLIS = 5000;

  private final Database database;
  private final Membership membership;
  private final AnnouncementListener listener;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean listening;

  /** The connection in use; {@code null} if there is none. */
  private volatile @Nullable Connection current;

  /**
   * Begins to listen.
   *
   * @param listener is told on the thread of this channel
   */
  public AnnouncementChannel(
      Database database, Membership membership, AnnouncementListener listener) {
    this.database = database;
    this.membership = membership;
    this.listener = listener;
    this.thread = new Thread(this::run, "jobs4j-announcements");
    thread.setDaemon(true);
    thread.start();
  }

  /** Sends messages to other engines, if and when the transaction is committed. */
  public static void send(EngineSession session, List<String> messages) throws SQLException {
    if (!messages.isEmpty()) {
      PreparedStatement statement = session.statement(SEND);
      statement.setArray(1, session.texts(messages));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          // Nothing is in it.
        }
      }
    }
  }

  /** Whether what others announce is heard. */
  public boolean isListening() {
    return listening;
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    while (!closed()) {
      boolean heard = false;
      try {
        heard = listen();
      } catch (UnsupportedConnectionException | LinkageError e) {
        log.warn(
            "Announcements of other engines cannot be heard on this connection to PostgreSQL, so"
                + " this engine looks for them each second: {}",
            e.getMessage());
        return;
      } catch (RuntimeException e) {
        if (!closed()) {
          log.warn(
              "Announcements of other engines cannot be heard; trying again: {}", e.toString());
        }
      }
      pause = heard ? FIRST_PAUSE_MILLIS : Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      rest(pause);
    }
  }

  private void rest(long millis) {
    try {
      boolean unused = closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Only close() ends this thread, and it does not interrupt.
      log.warn("The listener was interrupted and goes on.");
    }
  }

  /** Listens until the connection breaks; returns whether there was one. */
  private boolean listen() {
    Handle handle = database.jdbi().open();
    boolean clean = true;
    try {
      database.keep(handle);
      PGConnection connection = unwrapped(handle);
      current = (Connection) connection;
      String channel = handle.createQuery("SELECT " + NAME).mapTo(String.class).one();
      boolean proxied = database.isProxied();
      if (proxied && !Proxies.keepsSession(database.jdbi(), handle)) {
        throw new UnsupportedConnectionException("a proxy gives each transaction another session");
      }
      clean = false;
      handle.execute("LISTEN \"" + channel + "\"");
      if (proxied && !hearsItself(connection)) {
        handle.execute("UNLISTEN *");
        clean = true;
        throw new UnsupportedConnectionException("what is announced does not come through a proxy");
      }
      countEngines(handle);
      listening = true;
      tellListener(listener::anything);
      hear(handle, connection);
      handle.execute("UNLISTEN *");
      clean = true;
      return true;
    } catch (SQLException e) {
      if (!closed()) {
        log.warn("The connection for announcements of other engines broke: {}", e.toString());
      }
      return listening;
    } finally {
      listening = false;
      if (!clean) {
        // Lest a pool gives it to others while it listens.
        abort();
      }
      current = null;
      close(handle);
    }
  }

  private static PGConnection unwrapped(Handle handle) {
    try {
      PGConnection connection = handle.getConnection().unwrap(PGConnection.class);
      if (connection instanceof Connection) {
        return connection;
      }
      throw new UnsupportedConnectionException("it is a " + connection.getClass().getName());
    } catch (SQLException e) {
      throw new UnsupportedConnectionException(e.toString());
    }
  }

  /** Whether what is announced on another connection is heard on this one. */
  private boolean hearsItself(PGConnection connection) throws SQLException {
    String message = Announcements.message(membership.id(), Announcements.ANYTHING, "");
    database.jdbi().useHandle(handle -> announce(handle, message));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CHECK_SECONDS);
    for (long left = CHECK_SECONDS * 1000L; left > 0 && !closed(); ) {
      PGNotification[] heard = connection.getNotifications((int) left);
      if (heard != null) {
        for (PGNotification one : heard) {
          if (one.getParameter().equals(message)) {
            return true;
          }
        }
      }
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
    return false;
  }

  private static void announce(Handle handle, String message) {
    int unused =
        handle
            .createQuery("SELECT 1 FROM (SELECT pg_notify(" + NAME + ", :message)) AS told")
            .bind("message", message)
            .mapTo(Integer.class)
            .one();
  }

  private void hear(Handle handle, PGConnection connection) throws SQLException {
    long checked = System.nanoTime();
    while (!closed()) {
      PGNotification[] heard = connection.getNotifications(WAIT_MILLIS);
      if (heard != null && heard.length > 0) {
        checked = System.nanoTime();
        for (PGNotification one : heard) {
          hear(handle, one.getParameter());
        }
      } else if (System.nanoTime() - checked >= CHECK_NANOS) {
        // A connection that broke silently would be waited on for ever.
        checked = System.nanoTime();
        if (!((Connection) connection).isValid(CHECK_SECONDS)) {
          throw new SQLException("the server does not answer");
        }
      }
    }
  }

  private void hear(Handle handle, String message) {
    int space = message.indexOf(' ');
    if (space < 0 || message.substring(0, space).equals(membership.id())) {
      return;
    }
    int colon = message.indexOf(':', space);
    String kind = message.substring(space + 1, colon < 0 ? message.length() : colon);
    String subject = colon < 0 ? "" : message.substring(colon + 1);
    switch (kind) {
      case Announcements.READY -> tellListener(listener::ready);
      case Announcements.REQUEST -> tellListener(() -> listener.requested(subject));
      case Announcements.CHANGED -> changed(subject);
      case Announcements.ORPHANS -> {
        countEngines(handle);
        tellListener(listener::orphans);
      }
      case Announcements.JOINED -> joined(handle);
      case Announcements.ANYTHING -> tellListener(listener::anything);
      // Of a later version.
      default -> tellListener(listener::anything);
    }
  }

  private void changed(String subject) {
    if (subject.equals("*")) {
      tellListener(listener::manyChanged);
      return;
    }
    for (String uuid : subject.split(",", -1)) {
      tellListener(() -> listener.changed(uuid));
    }
  }

  /** What this engine did before it knew of the other, it told nobody. */
  private void joined(Handle handle) {
    boolean alone = membership.others() == 0;
    membership.arrived();
    countEngines(handle);
    if (alone) {
      announce(handle, Announcements.message(membership.id(), Announcements.ANYTHING, ""));
    }
  }

  private void countEngines(Handle handle) {
    long arrivals = membership.arrivals();
    int others =
        handle
            .createQuery(Membership.COUNT_OTHERS)
            .bind(0, membership.id())
            .mapTo(Integer.class)
            .one();
    membership.counted(others, arrivals);
  }

  private void tellListener(Runnable announcement) {
    try {
      announcement.run();
    } catch (RuntimeException e) {
      if (!closed()) {
        log.warn("An announcement of another engine could not be followed", e);
      }
    }
  }

  private boolean closed() {
    return closing.getCount() == 0;
  }

  private void abort() {
    Connection known = current;
    if (known != null) {
      try {
        known.abort(Runnable::run);
      } catch (SQLException e) {
        log.debug("The connection for announcements was gone already", e);
      }
    }
  }

  private static void close(Handle handle) {
    try {
      handle.close();
    } catch (RuntimeException e) {
      log.debug("The connection for announcements was gone already", e);
    }
  }

  /** Says that the next message, be it this engine's own, is the last to wait for. */
  public void leaving() {
    closing.countDown();
  }

  /** Stops listening, in bounded time. */
  @Override
  public void close() {
    close(CLOSE_MILLIS);
  }

  /** As {@link #close()}, for so long at most. */
  public void close(long millis) {
    closing.countDown();
    if (!ended(Math.min(millis, LEAVE_MILLIS))) {
      abort();
      if (!ended(Math.min(millis, CLOSE_MILLIS))) {
        log.warn("The connection for announcements of other engines did not close in time.");
      }
    }
  }

  private boolean ended(long millis) {
    return Threads.ended(thread, Duration.ofMillis(millis));
  }

  /** The connection is not one of the PostgreSQL driver's, nor does it give that. */
  private static final class UnsupportedConnectionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsupportedConnectionException(String message) {
      super(message);
    }
  }
}
