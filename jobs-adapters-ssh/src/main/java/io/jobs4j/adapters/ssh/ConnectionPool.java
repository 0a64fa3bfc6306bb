package io.jobs4j.adapters.ssh;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to all endpoints. It lives as long as somebody uses it: the connections of an
 * endpoint are closed when the last runner or storage on it is, and its threads end when there is
 * nothing for them to do. Safe for use by several threads.
 */
final class ConnectionPool {
  private static final long IDLE_THREAD_SECONDS = 10;

  private final SshSettings settings;
  private final SshConnector connector;
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_THREAD_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          daemons("jobs4j-ssh"));
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, daemons("jobs4j-ssh-timer"));

  /** Guarded by this. */
  private final Map<Endpoint, HostConnections> hosts = new HashMap<>();

  /** Guarded by this. */
  private @Nullable ScheduledFuture<?> sweeping;

  ConnectionPool(SshSettings settings) {
    this.settings = settings;
    this.connector = new SshConnector(settings);
    timer.setKeepAliveTime(IDLE_THREAD_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
  }

  /** The connections to an endpoint; {@link #release} gives them back. Opens nothing. */
  synchronized HostConnections retain(Endpoint endpoint) {
    HostConnections host =
        hosts.computeIfAbsent(
            endpoint, key -> new HostConnections(key, settings, connector, threads, timer));
    host.users++;
    if (sweeping == null) {
      long period = Math.max(1000, settings.idleTimeout().toMillis() / 4);
      // On another thread: the timer ends what waits for a host, so it must not wait itself.
      sweeping =
          timer.scheduleWithFixedDelay(
              () -> threads.execute(this::sweep), period, period, TimeUnit.MILLISECONDS);
    }
    return host;
  }

  /** Gives connections back, and closes them if nobody else has them. */
  void release(HostConnections host) {
    synchronized (this) {
      host.users--;
      if (host.users > 0) {
        return;
      }
      hosts.remove(host.endpoint());
      if (hosts.isEmpty() && sweeping != null) {
        sweeping.cancel(false);
        sweeping = null;
      }
    }
    host.close();
  }

  /** Closes what has been idle for long. */
  void sweep() {
    List<HostConnections> all;
    synchronized (this) {
      all = List.copyOf(hosts.values());
    }
    all.forEach(HostConnections::closeIdle);
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
