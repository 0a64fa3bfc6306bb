package io.jobs4j.adapters.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import net.schmizz.concurrent.Event;
import net.schmizz.sshj.common.SSHRuntimeException;
import net.schmizz.sshj.connection.ConnectionException;
import org.jspecify.annotations.Nullable;

/** A script that runs on the host, and threads that read what it writes. */
final class Execution implements AutoCloseable {
  private final Channel channel;
  private final ScriptChannel command;
  private final CompletableFuture<Void> output = new CompletableFuture<>();
  private final CompletableFuture<Void> error = new CompletableFuture<>();

  /** Whether the command has only a part of its input, and was not told that this was all. */
  private volatile boolean starved;

  private Execution(Channel channel) {
    this.channel = channel;
    this.command = channel.session();
  }

  /**
   * Starts a script, on other threads: also sending it may take any time.
   *
   * @param enough ends the reading of the output
   */
  static Execution start(
      HostConnections host,
      Channel channel,
      String script,
      byte[] input,
      Frame output,
      Frame error,
      Predicate<Frame> enough) {
    Execution execution = new Execution(channel);
    host.execute(() -> read(execution.command.getInputStream(), output, enough, execution.output));
    host.execute(() -> execution.run(host, script, input, error));
    return execution;
  }

  /** As {@link #start}, and closes the channel if there is no thread for that. */
  static Execution startOrClose(
      HostConnections host,
      Channel channel,
      String script,
      byte[] input,
      Frame output,
      Frame error,
      Predicate<Frame> enough) {
    boolean started = false;
    try {
      Execution execution = start(host, channel, script, input, output, error, enough);
      started = true;
      return execution;
    } finally {
      if (!started) {
        channel.close();
      }
    }
  }

  private void run(HostConnections host, String script, byte[] input, Frame frame) {
    try {
      Event<ConnectionException> started = command.start(script);
      if (input.length == 0) {
        feed(input);
      } else {
        host.execute(() -> feed(input));
      }
      // Output is an answer, too, and comes with it: nobody waits for this one alone.
      started.await(host.settings().answerTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException | RuntimeException | Error e) {
      if (command.refused()) {
        output.complete(null);
      } else {
        output.completeExceptionally(e);
      }
    }
    read(command.getErrorStream(), frame, read -> read.end() != null, error);
  }

  private static void read(
      InputStream stream, Frame frame, Predicate<Frame> enough, CompletableFuture<Void> done) {
    byte[] buffer = new byte[8192];
    try {
      for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
        frame.feed(buffer, n);
        if (enough.test(frame)) {
          done.complete(null);
        }
      }
      done.complete(null);
    } catch (IOException | RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  private void feed(byte[] input) {
    OutputStream stdin = command.getOutputStream();
    try {
      stdin.write(input);
      // Closing it does not wait until the server takes something, which it does once it has
      // started.
      stdin.flush();
    } catch (IOException | SSHRuntimeException e) {
      // The command need not read what it is given, and ends all the same. While it goes on, its
      // input is not ended: a part of it would look like the whole.
      if (command.isOpen() && channel.connection().alive() && !output.isDone()) {
        starved = true;
        output.completeExceptionally(e);
      }
      return;
    }
    try {
      stdin.close();
    } catch (IOException | SSHRuntimeException e) {
      // How the command ended says the rest.
    }
  }

  /** Whether the server said that it does not execute the script. Then nothing has run. */
  boolean refused() {
    return command.refused();
  }

  /**
   * Whether the command did not take its input in time. It still waits for the rest, and takes what
   * it has for the whole when the channel is closed.
   */
  boolean starved() {
    return starved;
  }

  /**
   * Waits for the output that is enough, or for its end.
   *
   * @return whether that came in time
   * @throws IOException if the connection broke
   */
  boolean awaitOutput(long nanos) throws IOException, InterruptedException {
    return await(output, nanos);
  }

  /** As {@link #awaitOutput}, for standard error. */
  boolean awaitError(long nanos) throws IOException, InterruptedException {
    return await(error, nanos);
  }

  private static boolean await(CompletableFuture<Void> read, long nanos)
      throws IOException, InterruptedException {
    try {
      read.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  /** What the login shell returned; {@code null} if it has not said so within that time. */
  @Nullable Integer exitStatus(int millis) throws InterruptedException {
    try {
      command.join(millis, TimeUnit.MILLISECONDS);
    } catch (IOException e) {
      SshFailures.heedInterrupt(e);
    }
    return command.getExitStatus();
  }

  @Override
  public void close() {
    channel.close();
  }
}
