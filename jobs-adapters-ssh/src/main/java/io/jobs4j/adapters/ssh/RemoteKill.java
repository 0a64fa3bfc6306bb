package io.jobs4j.adapters.ssh;

import io.jobs4j.core.JobsException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Kills commands that run on a host, over the connections that they were started by: behind one
 * name there may be several hosts. Safe for use by several threads.
 */
final class RemoteKill {
  /** How long the host may take. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** How long the end of what kills is waited for once it has written all. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** What shells return for that. */
  private static final int NO_SUCH_PROGRAM = 127;

  private final HostConnections host;

  RemoteKill(HostConnections host) {
    this.host = host;
  }

  /**
   * Kills a command. An interrupt meanwhile is kept for later: whoever puts away what the command
   * has made must know that it makes nothing any more.
   *
   * @param connection by which it was started
   * @param process what its frame says of its process; {@code null} if it has not yet
   * @param token of its frame
   * @return why it could not; {@code null} if it could
   */
  @Nullable String kill(SshConnection connection, @Nullable String process, String token) {
    CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
    host.execute(
        () -> outcome.complete(Optional.ofNullable(tryToKill(connection, process, token))));
    long deadline = System.nanoTime() + LIMIT.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return outcome.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS).orElse(null);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      return "the host did not answer within " + LIMIT;
    } catch (ExecutionException e) {
      return String.valueOf(e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private @Nullable String tryToKill(
      SshConnection connection, @Nullable String process, String token) {
    try (Execution execution =
        Execution.startOrClose(
            host,
            host.channelToEndAnother(connection),
            RemoteScript.kill(process, token),
            new byte[0],
            new Frame(Frame.token(), 0),
            new Frame(Frame.token(), 0),
            frame -> false)) {
      if (!execution.awaitOutput(LIMIT.toNanos())) {
        return "the host did not answer within " + LIMIT;
      }
      Integer status = execution.exitStatus(Math.toIntExact(GRACE.toMillis()));
      return process == null && status != null && status == NO_SUCH_PROGRAM
          ? "it had not said its process id, and the host has no pkill to look for it"
          : null;
    } catch (InterruptedException
        | IOException
        | JobsException
        | IllegalStateException
        | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
