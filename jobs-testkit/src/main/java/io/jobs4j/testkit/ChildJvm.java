package io.jobs4j.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A Java process that a {@link CrashHarness} started, with the class path of this one. Closing it
 * kills it. What it started itself goes on. Safe for use by several threads. Needs a system with
 * POSIX signals.
 *
 * <p>What the process writes is forgotten when it is closed, unless the system property {@link
 * #LOGS} names a directory for it.
 */
public final class ChildJvm implements AutoCloseable {
  /**
   * The system property with a directory in which what processes write is kept, in a file for each
   * that begins with the simple name of its main class. It is made if it is not there.
   */
  public static final String LOGS = "jobs4j.testkit.logs";

  private static final int LINES_KEPT = 200;

  private final Process process;
  private final Path output;
  private final boolean kept;
  private final Duration patience;

  private ChildJvm(Process process, Path output, boolean kept, Duration patience) {
    this.process = process;
    this.output = output;
    this.kept = kept;
    this.patience = patience;
  }

  /**
   * Starts a process.
   *
   * @param main the name of its main class
   * @param logs where what it writes is kept; {@code null} if it is not
   */
  static ChildJvm start(List<String> command, String main, @Nullable Path logs, Duration patience) {
    try {
      // A file and not a pipe: it is whole however the process ends, and blocks nobody.
      Path output =
          logs == null
              ? Files.createTempFile("jobs4j-child", ".log")
              : Files.createTempFile(
                  Files.createDirectories(logs),
                  main.substring(main.lastIndexOf('.') + 1) + "-",
                  ".log");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new ChildJvm(process, output, logs != null, patience);
      } catch (IOException e) {
        Files.delete(output);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The id of the process. */
  public long pid() {
    return process.pid();
  }

  /** Whether the process has not ended. A paused one is alive. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits for the process to end.
   *
   * @return its exit code; 128 and the number of the signal if one ended it
   * @throws AssertionError if it does not end in time, with what it wrote
   */
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw failure("does not end within " + patience);
    }
    return process.exitValue();
  }

  /**
   * Waits until something holds while the process lives.
   *
   * @param what named if it does not come to hold
   * @throws AssertionError if the process ends before, or it does not hold in time, with what the
   *     process wrote
   */
  public void awaitUntil(String what, BooleanSupplier holds) throws InterruptedException {
    long begin = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (process.waitFor(1, TimeUnit.MILLISECONDS) && !holds.getAsBoolean()) {
        throw failure("ended with exit code " + process.exitValue() + " before " + what);
      }
      if (System.nanoTime() - begin > patience.toNanos()) {
        throw failure("has not come to this within " + patience + ": " + what);
      }
    }
  }

  /**
   * Stops the process in its tracks (SIGSTOP), as a long pause of the machine would. Returns when
   * none of its threads runs any more.
   *
   * @throws AssertionError if the process has ended
   */
  public void pause() throws InterruptedException {
    signal("STOP");
    awaitUntil("it was paused", this::allThreadsAreStopped);
  }

  /**
   * Lets a paused process go on (SIGCONT).
   *
   * @throws AssertionError if the process has ended
   */
  public void resume() throws InterruptedException {
    signal("CONT");
  }

  /** Kills the process (SIGKILL) and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The last 200 lines that the process wrote to standard output and standard error. */
  public String lastOutput() {
    Deque<String> lines = new ArrayDeque<>();
    // The kill may have cut a character in two, so it is not decoded strictly.
    try (var all = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines()) {
      all.forEach(
          line -> {
            lines.add(line);
            if (lines.size() > LINES_KEPT) {
              lines.remove();
            }
          });
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return String.join("\n", lines);
  }

  /** Kills the process if it lives, and forgets what it wrote unless that is kept. */
  @Override
  public void close() {
    boolean interrupted = false;
    while (true) {
      try {
        kill();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      if (!kept) {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Gives a process that lives some time to end by itself. */
  boolean endsWithin(long nanos) throws InterruptedException {
    return process.waitFor(nanos, TimeUnit.NANOSECONDS);
  }

  AssertionError failure(String what) {
    return new AssertionError("process %s %s. It wrote:%n%s".formatted(pid(), what, lastOutput()));
  }

  private void signal(String name) throws InterruptedException {
    if (!isAlive()) {
      throw failure("has ended and cannot have the signal " + name);
    }
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (code != 0) {
        throw failure("cannot have the signal " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean allThreadsAreStopped() {
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid()), "task"))) {
      for (Path thread : threads) {
        String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
        // The state is the letter after the name, which is in brackets and may have others in it.
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      // A thread that has just ended; or a system without /proc, where the signal has to do.
      return !Files.isDirectory(Path.of("/proc/self/task"));
    }
  }
}
