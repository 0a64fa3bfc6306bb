package io.jobs4j.adapters.ssh;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import net.schmizz.sshj.connection.channel.OpenFailException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one endpoint: few, with several channels each. A connection is opened when all
 * others are in use to the full, by one thread for all that wait for it. When that fails, all of
 * them fail, and for a while everybody does without another attempt: a host that is down costs one
 * attempt in that time, and not one for each job. Safe for use by several threads.
 */
final class HostConnections {
  private static final Logger log = LoggerFactory.getLogger(HostConnections.class);

  /** How long hosts are waited for when all is closed. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  /** Channels beyond the limit, for what ends others. */
  private static final int SPARE = 2;

  private final Endpoint endpoint;
  private final SshSettings settings;
  private final ExecutorService threads;
  private final ConnectionAttempts attempts;
  private final SharedSftp sftp;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All below: guarded by lock.
  private final List<SshConnection> connections = new ArrayList<>();
  private @Nullable Opening opening;
  private boolean closed;

  /** How many runners and storages hold it. Guarded by the pool. */
  int users;

  HostConnections(
      Endpoint endpoint,
      SshSettings settings,
      SshConnector connector,
      ExecutorService threads,
      ScheduledExecutorService timer) {
    this.endpoint = endpoint;
    this.settings = settings;
    this.threads = threads;
    this.attempts = new ConnectionAttempts(endpoint, settings, connector, timer);
    this.sftp = new SharedSftp(endpoint.address(), settings, threads);
  }

  /** What waits for one attempt to connect. */
  private static final class Opening {
    private @Nullable TransientAdapterException failure; // guarded by the lock of the host
  }

  Endpoint endpoint() {
    return endpoint;
  }

  SshSettings settings() {
    return settings;
  }

  void execute(Runnable task) {
    threads.execute(task);
  }

  /**
   * Opens a session channel, on a connection that has room for it.
   *
   * @throws TransientAdapterException if there is no connection, or no room for long
   */
  Channel channel() throws InterruptedException {
    return ChannelOpener.open(this, this::lease);
  }

  /**
   * Opens a channel even if all are in use, to end what uses another on the same connection: a
   * server holds a channel open until its command has ended. Servers allow ten by default. A new
   * connection would not do, nor would another one: behind one name there may be several hosts.
   *
   * @throws TransientAdapterException if that connection is gone, or has no room for long
   */
  Channel channelToEndAnother(SshConnection connection) throws InterruptedException {
    return ChannelOpener.open(this, () -> lease(connection));
  }

  /** The server has a limit of its own on channels. */
  void refused(SshConnection connection, OpenFailException e) {
    lock.lock();
    try {
      Instant now = settings.clock().instant();
      connection.giveBack(now);
      // The others may have ended since the server refused.
      boolean opensSome = connection.inUse() > 0 || connection.hasServed();
      connection.full(now);
      connection.take();
      if (!opensSome) {
        connection.drop();
        throw new TransientAdapterException(
            RecoveryCondition.SSH_CONNECTION_FAILURE,
            "%s lets us in but opens no session: %s.".formatted(endpoint.address(), e.getMessage()),
            e);
      }
    } finally {
      lock.unlock();
    }
  }

  private SshConnection lease(SshConnection connection) throws InterruptedException {
    long nanos = settings.channelWait().toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        if (!connection.alive()) {
          throw new TransientAdapterException(
              RecoveryCondition.SSH_CONNECTION_FAILURE,
              "The connection to %s that it was started on is gone.".formatted(endpoint.address()),
              null);
        }
        if (connection.hasRoom(SPARE, settings.clock().instant())) {
          connection.take();
          return connection;
        }
        if (nanos <= 0) {
          throw noRoom(settings.channelWait());
        }
        long most = atMost(nanos);
        nanos += changed.awaitNanos(most) - most;
      }
    } finally {
      lock.unlock();
    }
  }

  /** How long to wait for a change at a time: with time alone a connection may take more. */
  private static long atMost(long nanos) {
    return Math.min(nanos, SshConnection.UNTIL_MORE.toNanos());
  }

  private TransientAdapterException noRoom(Duration waited) {
    return new TransientAdapterException(
        RecoveryCondition.SSH_CONNECTION_TIMEOUT,
        "No channel to %s became free within %s.".formatted(endpoint.address(), waited),
        null);
  }

  private SshConnection lease() throws InterruptedException {
    Duration forConnection = forConnection();
    long waited = 0;
    lock.lockInterruptibly();
    try {
      Opening awaited = null;
      while (true) {
        if (closed) {
          throw new IllegalStateException("the connections to " + endpoint + " are closed");
        }
        removeUnusable();
        Instant now = settings.clock().instant();
        SshConnection free =
            connections.stream()
                .filter(connection -> connection.hasRoom(0, now))
                .min(Comparator.comparingInt(SshConnection::inUse))
                .orElse(null);
        if (free != null) {
          free.take();
          return free;
        }
        if (awaited != null && awaited.failure != null && connections.isEmpty()) {
          TransientAdapterException failure = awaited.failure;
          throw new TransientAdapterException(
              failure.condition(), String.valueOf(failure.getMessage()), failure);
        }
        if (opening == null && connections.size() < settings.connections() && mayOpen()) {
          Opening fresh = new Opening();
          startOpening(fresh);
          // Not before there is a thread that ends it, which waits for the lock.
          opening = fresh;
        }
        awaited = opening == null ? awaited : opening;
        Duration limit =
            connections.isEmpty() || opening != null ? forConnection : settings.channelWait();
        long left = limit.toNanos() - waited;
        if (left <= 0) {
          throw noRoom(limit);
        }
        long most = atMost(left);
        waited += most - changed.awaitNanos(most);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Who waits for a connection waits for all that it may take. */
  private Duration forConnection() {
    Duration limit = attempts.limit();
    return settings.channelWait().compareTo(limit) > 0 ? settings.channelWait() : limit;
  }

  /** With a connection at hand, waiting for room on it is better than hearing of a failure. */
  private boolean mayOpen() {
    return connections.isEmpty() || attempts.due();
  }

  private void startOpening(Opening started) {
    // Whatever happens: others wait for it, and nobody else connects meanwhile.
    threads.execute(
        () -> attempts.connect((connection, failure) -> opened(started, connection, failure)));
  }

  private void opened(
      Opening started,
      @Nullable SshConnection connection,
      @Nullable TransientAdapterException failure) {
    boolean late = false;
    lock.lock();
    try {
      opening = null;
      started.failure = failure;
      if (connection != null) {
        late = closed;
        if (!late) {
          connections.add(connection);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (late && connection != null) {
      connection.close();
    }
  }

  private void removeUnusable() {
    for (Iterator<SshConnection> all = connections.iterator(); all.hasNext(); ) {
      SshConnection connection = all.next();
      if (!connection.usable()) {
        all.remove();
        closeIfUnused(connection);
      }
    }
  }

  /** Opens no more channels on a connection; it is closed when nobody uses it any more. */
  void drop(SshConnection connection) {
    lock.lock();
    try {
      connection.drop();
      removeUnusable();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void giveBack(SshConnection connection) {
    lock.lock();
    try {
      connection.giveBack(settings.clock().instant());
      if (!connection.usable()) {
        closeIfUnused(connection);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void closeIfUnused(SshConnection connection) {
    if (connection.inUse() == 0) {
      threads.execute(connection::close);
    }
  }

  /**
   * The session over SFTP that all share; {@link SftpSession#release} gives it back.
   *
   * @throws TransientAdapterException if there is no connection, or the host has no SFTP
   */
  SftpSession sftp() throws InterruptedException {
    return sftp.retain(forConnection(), this::channel);
  }

  /** Closes what nobody has used since the idle time began. */
  void closeIdle() {
    Instant since = settings.clock().instant().minus(settings.idleTimeout());
    sftp.closeIfIdleSince(since);
    lock.lock();
    try {
      for (SshConnection connection : connections) {
        if (connection.idleBefore(since)) {
          log.debug("Closing an idle connection to {}", endpoint.address());
          connection.drop();
        }
      }
      removeUnusable();
    } finally {
      lock.unlock();
    }
  }

  /** How many connections are open, for tests. */
  int open() {
    lock.lock();
    try {
      removeUnusable();
      return connections.size();
    } finally {
      lock.unlock();
    }
  }

  /** Returns soon, whatever the host does. */
  void close() {
    List<SshConnection> all;
    lock.lock();
    try {
      closed = true;
      all = List.copyOf(connections);
      connections.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      CompletableFuture.allOf(
              all.stream()
                  .map(connection -> CompletableFuture.runAsync(connection::close, threads))
                  .toArray(CompletableFuture<?>[]::new))
          .get(FAREWELL.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.debug("Closing the connections to {} failed", endpoint.address(), e);
    } finally {
      all.forEach(SshConnection::abort);
    }
  }
}
