package io.jobs4j.adapters.ssh;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.connection.channel.direct.SessionFactory;
import net.schmizz.sshj.sftp.Request;
import net.schmizz.sshj.sftp.SFTPEngine;
import net.schmizz.sshj.sftp.SFTPPacket;

/**
 * A session over SFTP on a channel of its own. Any number of threads use it at once: requests have
 * numbers, and answers find who asked.
 */
final class SftpSession {
  private final Channel channel;
  private final SshSettings settings;
  private final WholePackets engine;

  private int users; // guarded by this
  private boolean retired; // guarded by this
  private boolean over; // guarded by this
  private Instant idleSince; // guarded by this

  private SftpSession(Channel channel, SshSettings settings, WholePackets engine) {
    this.channel = channel;
    this.settings = settings;
    this.engine = engine;
    this.idleSince = settings.clock().instant();
    this.users = 1;
  }

  /**
   * Starts a session, in use by the caller, on a channel that is closed with it.
   *
   * @param threads where the first answer is waited for: nothing ends that but the connection
   */
  static SftpSession open(Channel channel, SshSettings settings, Executor threads)
      throws InterruptedException {
    boolean opened = false;
    String address = channel.connection().address();
    CompletableFuture<SftpSession> opening = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              WholePackets engine = new WholePackets(new OneSession(channel));
              engine.setTimeoutMs(Math.toIntExact(settings.answerTimeout().toMillis()));
              engine.init();
              opening.complete(new SftpSession(channel, settings, engine));
            } catch (IOException | RuntimeException | Error e) {
              opening.completeExceptionally(e);
            }
          });
      SftpSession session = opening.get(settings.answerTimeout().toNanos(), TimeUnit.NANOSECONDS);
      opened = true;
      return session;
    } catch (TimeoutException e) {
      throw new TransientAdapterException(
          RecoveryCondition.SSH_CONNECTION_TIMEOUT,
          "%s did not open a session over SFTP within %s."
              .formatted(address, settings.answerTimeout()),
          e);
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      if (channel.connection().alive() && !SshFailures.isTimeout(e)) {
        throw new TransientAdapterException(
            RecoveryCondition.SYSTEM_NOT_AVAILABLE,
            "%s does not serve files over SFTP: %s.".formatted(address, cause.getMessage()),
            e);
      }
      throw SshFailures.broken(address, "No session over SFTP could be opened", e);
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  SFTPEngine engine() {
    return engine;
  }

  String address() {
    return channel.connection().address();
  }

  /** Takes part in it; {@code false} if it is over. */
  synchronized boolean retain() {
    if (retired) {
      return false;
    }
    if (over || engine.torn || !channel.connection().alive() || channel.session().ended()) {
      end();
      return false;
    }
    users++;
    return true;
  }

  /** Takes part once more, for who does already; {@code false} if it is over. */
  synchronized boolean keep() {
    if (over) {
      return false;
    }
    users++;
    return true;
  }

  synchronized void release() {
    users--;
    idleSince = settings.clock().instant();
    if (retired && users == 0) {
      end();
    }
  }

  /** Nobody else is to begin with it; it ends with the last who has. */
  synchronized void retire() {
    retired = true;
  }

  /**
   * After a failure that is no answer. One answer that does not come, or is not waited for, says
   * nothing of the others' requests, which have answers of their own: they go on, and whoever
   * begins does so elsewhere.
   */
  void failed(Throwable failure) {
    if ((SshFailures.isTimeout(failure) || SshFailures.isInterrupt(failure)) && !engine.torn) {
      retire();
    } else {
      end();
    }
  }

  /** Nobody is to use it any more: what comes over it may be out of step. */
  synchronized void end() {
    if (!over) {
      over = true;
      channel.close();
    }
  }

  synchronized boolean closeIfIdleSince(Instant time) {
    if (over || (users == 0 && idleSince.isBefore(time))) {
      end();
      return true;
    }
    return false;
  }

  /** What the engine starts its session with. */
  private record OneSession(Channel channel) implements SessionFactory {
    @Override
    public Session startSession() {
      return channel.session();
    }

    @Override
    public InetSocketAddress getRemoteSocketAddress() {
      return channel.connection().client().getRemoteSocketAddress();
    }
  }

  /**
   * Sends packets whole even if the thread is interrupted before, so that one user's interrupt does
   * not put the others' packets out of step, and knows when it did not get that done.
   */
  private static final class WholePackets extends SFTPEngine {
    /** Whether a packet may have been sent in part. */
    private volatile boolean torn;

    WholePackets(SessionFactory sessions) throws SSHException {
      super(sessions);
    }

    @Override
    protected synchronized void transmit(SFTPPacket<Request> packet) throws IOException {
      boolean interrupted = Thread.interrupted();
      try {
        super.transmit(packet);
      } catch (IOException | RuntimeException e) {
        torn = true;
        throw e;
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
