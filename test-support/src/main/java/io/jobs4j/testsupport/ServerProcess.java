package io.jobs4j.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server that {@code dev/services} started, as a process that a test treats badly. */
final class ServerProcess {
  private static final long PATIENCE_SECONDS = 20;

  private final ProcessHandle process;

  private ServerProcess(ProcessHandle process) {
    this.process = process;
  }

  /**
   * The process of a pid file.
   *
   * @throws IllegalStateException if there is none, or another program has its number by now
   */
  static ServerProcess of(Path pidFile, String program) {
    try {
      long pid = Long.parseLong(Files.readString(pidFile).strip());
      String running = Files.readString(Path.of("/proc", Long.toString(pid), "comm")).strip();
      if (running.equals(program)) {
        return new ServerProcess(ProcessHandle.of(pid).orElseThrow());
      }
      throw new IllegalStateException(
          "process %s of %s is %s and not %s".formatted(pid, pidFile, running, program));
    } catch (IOException | NumberFormatException e) {
      throw new IllegalStateException(
          "%s does not run: no process of %s".formatted(program, pidFile), e);
    }
  }

  /** Stops it in its tracks and waits until it has stopped. */
  void pause() {
    signal("STOP");
    await("it was paused", () -> state() == 'T');
  }

  /** Lets it go on. */
  void resume() {
    signal("CONT");
    await("it went on", () -> state() != 'T');
  }

  /** Lets it end in order and waits until it has. */
  void end() {
    signal("TERM");
    await("it has ended", this::hasEnded);
  }

  /** Kills it and waits until it is gone. */
  void kill() {
    if (process.destroyForcibly()) {
      await("it was gone", this::hasEnded);
    }
  }

  /** Also if its parent has not asked for its exit code yet. */
  private boolean hasEnded() {
    return state() == 'X' || state() == 'Z';
  }

  /** Its descendants that run a program whose name begins so. */
  List<ServerProcess> descendants(String program) {
    return process
        .descendants()
        .filter(descendant -> programOf(descendant).startsWith(program))
        .map(ServerProcess::new)
        .toList();
  }

  private static String programOf(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "comm")).strip();
    } catch (IOException e) {
      // It has ended.
      return "";
    }
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", "-s", name, Long.toString(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException(process.pid() + " cannot have the signal " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted at the signal " + name, e);
    }
  }

  /** The letter that the system has for its state; X if it has ended. */
  private char state() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return 'X';
    }
  }

  private void await(String what, BooleanSupplier holds) {
    long begin = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
        throw new IllegalStateException(
            "process %s has not come to this within %s s: %s"
                .formatted(process.pid(), PATIENCE_SECONDS, what));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
