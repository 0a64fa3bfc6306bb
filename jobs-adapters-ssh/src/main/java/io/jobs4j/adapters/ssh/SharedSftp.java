package io.jobs4j.adapters.ssh;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The session over SFTP with one endpoint that all share. It is opened by the first who needs it,
 * and anew after it has ended. Safe for use by several threads.
 */
final class SharedSftp {
  private final String address;
  private final SshSettings settings;
  private final Executor threads;

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable SftpSession session; // guarded by lock

  SharedSftp(String address, SshSettings settings, Executor threads) {
    this.address = address;
    this.settings = settings;
    this.threads = threads;
  }

  /** Opens the channel of a session. */
  interface ChannelSource {
    Channel open() throws InterruptedException;
  }

  /**
   * The session; {@link SftpSession#release} gives it back.
   *
   * @param limit how long another may take to open it
   * @throws TransientAdapterException if there is no connection, or the host has no SFTP
   */
  SftpSession retain(Duration limit, ChannelSource channels) throws InterruptedException {
    // Whoever opens one may wait for a connection; nobody waits for several who do so in turn.
    if (!lock.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new TransientAdapterException(
          RecoveryCondition.SSH_CONNECTION_TIMEOUT,
          "No session over SFTP with %s was opened within %s.".formatted(address, limit),
          null);
    }
    try {
      SftpSession open = session;
      if (open != null && open.retain()) {
        return open;
      }
      SftpSession fresh = SftpSession.open(channels.open(), settings, threads);
      session = fresh;
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  /** Closes it if nobody has used it since. Waits for nobody who opens one. */
  void closeIfIdleSince(Instant since) {
    if (lock.tryLock()) {
      try {
        if (session != null && session.closeIfIdleSince(since)) {
          session = null;
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
