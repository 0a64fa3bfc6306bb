package io.jobs4j.adapters.ssh;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import java.io.IOException;
import java.time.Duration;
import net.schmizz.sshj.common.SSHRuntimeException;
import net.schmizz.sshj.connection.channel.OpenFailException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens channels on connections to a host. One that turns out to be dead is given up, and the
 * channel is tried on the next. Stateless.
 */
final class ChannelOpener {
  private static final Logger log = LoggerFactory.getLogger(ChannelOpener.class);

  private static final RetryPolicy<Channel> RETRY =
      RetryPolicy.<Channel>builder()
          .handle(DeadConnectionException.class)
          .withMaxRetries(3)
          .withBackoff(Duration.ofMillis(50), Duration.ofMillis(500))
          .build();

  private ChannelOpener() {}

  /** A connection died before anything was asked of it. */
  private static final class DeadConnectionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Exception reason;

    DeadConnectionException(Exception reason) {
      super(reason);
      this.reason = reason;
    }
  }

  /**
   * Opens a channel to a host.
   *
   * @param lease gives a connection with a place on it, which the channel gives back
   */
  static Channel open(HostConnections host, CheckedSupplier<SshConnection> lease)
      throws InterruptedException {
    try {
      return Failsafe.with(RETRY).get(() -> tryOn(host, lease.get()));
    } catch (DeadConnectionException e) {
      throw SshFailures.broken(host.endpoint().address(), "No channel could be opened", e.reason);
    } catch (FailsafeException e) {
      if (e.getCause() instanceof InterruptedException) {
        SshFailures.heedInterrupt(e);
      }
      throw e;
    }
  }

  private static Channel tryOn(HostConnections host, SshConnection connection)
      throws InterruptedException {
    boolean opened = false;
    try {
      Channel channel = new Channel(host, connection, ScriptChannel.open(connection.client()));
      opened = true;
      connection.served();
      return channel;
    } catch (OpenFailException e) {
      host.refused(connection, e);
      throw new DeadConnectionException(e);
    } catch (IOException | SSHRuntimeException | IllegalStateException e) {
      // Also after an interrupt: the channel may be open on the other side, and nobody closes it.
      host.drop(connection);
      SshFailures.heedInterrupt(e);
      log.debug("A connection to {} is dead", host.endpoint().address(), e);
      throw new DeadConnectionException(e);
    } finally {
      if (!opened) {
        host.giveBack(connection);
      }
    }
  }
}
