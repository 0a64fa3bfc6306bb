package io.jobs4j.adapters.ssh;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.SSHClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authenticated connection. How many use it is kept by {@link HostConnections}, whose lock
 * guards that.
 */
final class SshConnection {
  private static final Logger log = LoggerFactory.getLogger(SshConnection.class);

  private final SSHClient client;
  private final List<SSHClient> clients;
  private final String address;

  /** After how long a server that took no more channels is asked for one more than before. */
  static final Duration UNTIL_MORE = Duration.ofSeconds(30);

  private final int channels;

  private int inUse;
  private int taken;
  private @Nullable Instant refused;
  private boolean dropped;
  private Instant idleSince;

  private final Sending sending;
  private final @Nullable Socket socket;
  private @Nullable Future<?> watch;

  /** Whether it has come to its end. The library would tell, but has callers wait for that. */
  private volatile boolean served;

  private volatile boolean over;

  /**
   * @param client the one for the endpoint
   * @param clients all on the way, the nearest one first
   * @param sending what is sent to the endpoint
   */
  SshConnection(
      SSHClient client,
      List<SSHClient> clients,
      Sending sending,
      String address,
      SshSettings settings) {
    this.client = client;
    this.clients = clients;
    this.address = address;
    this.channels = settings.channels();
    this.idleSince = settings.clock().instant();
    this.sending = sending;
    this.socket = clients.isEmpty() ? null : clients.get(0).getSocket();
    client.getTransport().setDisconnectListener((reason, message) -> over = true);
    if (!client.isConnected() || !client.isAuthenticated()) {
      over = true;
    }
  }

  SSHClient client() {
    return client;
  }

  String address() {
    return address;
  }

  /** Whether channels may be opened: it was not given up, and is not known to be dead. */
  boolean usable() {
    return !dropped && alive();
  }

  /** Whether it is not known to be dead, though it may have been given up. Waits for nothing. */
  boolean alive() {
    return !over;
  }

  /**
   * Whether another channel may be opened.
   *
   * @param spare beyond the limit
   */
  boolean hasRoom(int spare, Instant now) {
    return inUse < capacity(now) + spare;
  }

  /** What the server took when it last refused, and more with time: it may have had its reasons. */
  private int capacity(Instant now) {
    if (refused == null) {
      return channels;
    }
    if (now.isBefore(refused)) {
      // The clock was put back. It is not waited for until it is there again.
      refused = now;
    }
    long more = Duration.between(refused, now).dividedBy(UNTIL_MORE);
    return (int) Math.min(channels, taken + Math.max(0, more));
  }

  int inUse() {
    return inUse;
  }

  /** A channel was opened, so that the server does open some. */
  void served() {
    served = true;
  }

  boolean hasServed() {
    return served;
  }

  void take() {
    inUse++;
  }

  void giveBack(Instant now) {
    inUse--;
    idleSince = now;
  }

  /** The server takes no more channels than are open now, for a while. */
  void full(Instant now) {
    taken = Math.max(1, inUse);
    refused = now;
  }

  /** No channel is to be opened any more. */
  void drop() {
    dropped = true;
  }

  boolean idleBefore(Instant time) {
    return inUse == 0 && idleSince.isBefore(time);
  }

  /**
   * Gives it up once the host has not taken for that long what is sent to it. Whoever sends waits
   * for that, and so do the signs of life, which then notice nothing.
   *
   * @param timer waits for nothing, or it would not come to this
   */
  void watch(ScheduledExecutorService timer, Duration limit) {
    long period = Math.max(1, limit.toMillis() / 4);
    watch =
        timer.scheduleWithFixedDelay(
            () -> {
              if (sending.isHeldUpFor(limit)) {
                if (!over) {
                  log.warn("{} took nothing for {}; the connection is given up", address, limit);
                }
                abort();
              }
            },
            period,
            period,
            TimeUnit.MILLISECONDS);
  }

  /** Ends it without a farewell, and without waiting for anything. Who sends on it fails. */
  void abort() {
    over = true;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        log.debug("Closing a socket failed", e);
      }
    }
  }

  /** Closes it and what it carries. May wait for the network; the watch goes on until then. */
  void close() {
    try {
      SshConnector.close(clients);
    } finally {
      if (watch != null) {
        watch.cancel(false);
      }
    }
  }
}
