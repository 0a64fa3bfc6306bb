package io.jobs4j.adapters.ssh;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Says of failures of connections what is wrong. Stateless. */
final class SshFailures {
  private SshFailures() {}

  /** A connection that could not be made. */
  static TransientAdapterException connecting(String address, Throwable cause) {
    if (isTimeout(cause)) {
      return new TransientAdapterException(
          RecoveryCondition.SSH_CONNECTION_TIMEOUT,
          "%s did not answer in time.".formatted(address),
          cause);
    }
    return new TransientAdapterException(
        RecoveryCondition.SSH_CONNECTION_FAILURE,
        "Cannot connect to %s: %s.".formatted(address, reason(cause)),
        cause);
  }

  /**
   * A connection that broke.
   *
   * @param what was being done, as a sentence's start
   */
  static TransientAdapterException broken(String address, String what, Exception cause) {
    return isTimeout(cause)
        ? new TransientAdapterException(
            RecoveryCondition.SSH_CONNECTION_TIMEOUT,
            "%s: %s did not answer in time.".formatted(what, address),
            cause)
        : new TransientAdapterException(
            RecoveryCondition.SSH_CONNECTION_FAILURE,
            "%s: the connection to %s broke (%s).".formatted(what, address, reason(cause)),
            cause);
  }

  /** Whether the reason is that something took too long. */
  static boolean isTimeout(Throwable failure) {
    return find(failure, TimeoutException.class) != null
        || find(failure, SocketTimeoutException.class) != null;
  }

  /** Whether the reason is that a thread was interrupted. */
  static boolean isInterrupt(Throwable failure) {
    return find(failure, InterruptedException.class) != null;
  }

  /** sshj and Failsafe wrap the interrupt of a thread, and may leave its flag up. */
  static void heedInterrupt(Throwable failure) throws InterruptedException {
    if (isInterrupt(failure)) {
      Thread.interrupted();
      InterruptedException interrupted = new InterruptedException();
      interrupted.initCause(failure);
      throw interrupted;
    }
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 16; depth++) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }

  private static String reason(Throwable failure) {
    UnknownHostException unknown = find(failure, UnknownHostException.class);
    if (unknown != null) {
      return "there is no host of that name";
    }
    if (find(failure, NoRouteToHostException.class) != null) {
      return "there is no route to it";
    }
    Throwable last = failure;
    for (int depth = 0; last.getCause() != null && depth < 16; depth++) {
      last = last.getCause();
    }
    String message = last.getMessage();
    return message == null || message.isBlank() ? last.getClass().getSimpleName() : message;
  }
}
