package io.jobs4j.it;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.testkit.ForwardingScheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A scheduler whose effects come late while a test wants that: each of submit, cancel, hold and
 * release waits before it is done, and again before it returns, whatever becomes of the lease, and
 * without heeding interrupts, as a program does that hangs on a network.
 */
final class SlowScheduler implements RemoteSchedulerProvider {
  private final RemoteSchedulerProvider provider;
  private final Path longest;

  /**
   * A provider.
   *
   * @param directory where {@link #delay} says how slow it is
   */
  SlowScheduler(RemoteSchedulerProvider provider, Path directory) {
    this.provider = provider;
    this.longest = file(directory);
  }

  /** Has the schedulers of all processes wait this long at most, from now on. */
  static void delay(Path directory, Duration longest) throws IOException {
    Files.writeString(file(directory), Long.toString(longest.toMillis()));
  }

  private static Path file(Path directory) {
    return directory.resolve("longest-delay");
  }

  @Override
  public String scheduler() {
    return provider.scheduler();
  }

  @Override
  public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
    return new ForwardingScheduler(provider.open(system, runner)) {
      @Override
      public Submission submit(LaunchSpec spec) throws InterruptedException {
        linger();
        Submission submission = super.submit(spec);
        linger();
        return submission;
      }

      @Override
      public void cancel(RemoteJob job) throws InterruptedException {
        linger();
        super.cancel(job);
        linger();
      }

      @Override
      public void hold(RemoteJob job) throws InterruptedException {
        linger();
        super.hold(job);
        linger();
      }

      @Override
      public void release(RemoteJob job) throws InterruptedException {
        linger();
        super.release(job);
        linger();
      }
    };
  }

  private void linger() {
    long nanos = Duration.ofMillis(longestMillis()).toNanos();
    if (nanos == 0) {
      return;
    }
    long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(nanos);
    boolean interrupted = false;
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      interrupted |= Thread.interrupted();
      LockSupport.parkNanos(left);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private long longestMillis() {
    try {
      String text = Files.readString(longest);
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
