package io.jobs4j.it;

import static org.awaitility.Awaitility.await;

import io.jobs4j.adapters.fork.ForkSchedulerProvider;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.testkit.CrashPoint;
import io.jobs4j.testkit.ForwardingScheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The scheduler FORK with a crash point on either side of a launch. It notes which engine asks for
 * a launch, and holds launches up while the file {@value #GATE} is there.
 */
final class ObservedFork implements RemoteSchedulerProvider {
  /** The crash point before a launch. */
  static final String BEFORE_LAUNCH = "launch";

  /** The crash point after a launch, of which nothing is stored yet. */
  static final String AFTER_LAUNCH = "launched";

  static final String GATE = "gate-is-shut";

  private final ForkSchedulerProvider fork = new ForkSchedulerProvider();
  private final Path directory;
  private final String node;

  /**
   * A provider.
   *
   * @param node what the engine is called in the notes
   */
  ObservedFork(Path directory, String node) {
    this.directory = directory;
    this.node = node;
  }

  /** Whether an engine has asked for a launch. */
  static boolean hasLaunched(Path directory, String node) {
    try {
      return EngineFixture.lines(notes(directory)).stream()
          .anyMatch(line -> line.startsWith(node + " "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path notes(Path directory) {
    return directory.resolve("launches.log");
  }

  @Override
  public String scheduler() {
    return fork.scheduler();
  }

  @Override
  public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
    return new Observed(fork.open(system, runner));
  }

  private void note(Attempt attempt) {
    try {
      Files.write(
          notes(directory),
          (node + " " + attempt.key() + "\n").getBytes(StandardCharsets.US_ASCII),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Observed extends ForwardingScheduler {
    Observed(RemoteScheduler real) {
      super(real);
    }

    @Override
    public Submission submit(LaunchSpec spec) throws InterruptedException {
      note(spec.attempt());
      if (Files.exists(directory.resolve(GATE))) {
        await().atMost(EngineFixture.PATIENCE).until(() -> !Files.exists(directory.resolve(GATE)));
      }
      CrashPoint.reached(BEFORE_LAUNCH);
      Submission submission = super.submit(spec);
      CrashPoint.reached(AFTER_LAUNCH);
      return submission;
    }
  }
}
