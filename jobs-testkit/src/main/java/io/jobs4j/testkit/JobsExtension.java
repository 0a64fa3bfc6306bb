package io.jobs4j.testkit;

import io.jobs4j.core.model.Caller;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An engine for tests: its database is in memory, its scheduler does what the test says, and its
 * clock stands still until the test moves it. Registered in a static field it lasts for the test
 * class, in another for each test.
 *
 * <pre>{@code
 * @RegisterExtension
 * static JobsExtension jobs =
 *     JobsExtension.inMemory().systems(systems -> systems.app("hello", "echo hello"));
 * }</pre>
 */
public final class JobsExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  /** What the clock says when an engine starts. */
  public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  private Consumer<TestSystems> setUp = systems -> {};
  private boolean forClass;
  private @Nullable Running running;

  private JobsExtension() {}

  /** An engine with a database in memory. */
  public static JobsExtension inMemory() {
    return new JobsExtension();
  }

  /** Defines apps before the engine starts. */
  public JobsExtension systems(Consumer<TestSystems> definitions) {
    setUp = setUp.andThen(definitions);
    return this;
  }

  /** The engine. */
  public JobsEngine engine() {
    return running().engine();
  }

  /** A client of a caller. */
  public JobsClient client(String tenantId, String user) {
    return engine().client(Caller.of(tenantId, user));
  }

  /** The scheduler. */
  public ScriptedScheduler scheduler() {
    return running().scheduler();
  }

  /** The clock; moving it wakes the engine. */
  public SettableClock clock() {
    return running().clock();
  }

  /** The systems. */
  public TestSystems testSystems() {
    return running().systems();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    forClass = true;
    start();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!forClass) {
      start();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!forClass) {
      stop();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    stop();
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException("no test is running");
    }
    return running;
  }

  private void start() {
    Path directory;
    try {
      directory = Files.createTempDirectory("jobs4j-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TestSystems systems = TestSystems.in(directory);
    setUp.accept(systems);
    SettableClock clock = new SettableClock(START);
    ScriptedScheduler scheduler = new ScriptedScheduler();
    JobsEngine engine =
        JobsEngine.builder()
            .inMemory()
            .catalog(systems.catalog())
            .clock(clock)
            .adapter(scheduler)
            .adapter(new NoCommands())
            .start();
    clock.onMove(engine::wake);
    running = new Running(engine, scheduler, clock, systems, directory);
  }

  private void stop() {
    Running last = running;
    running = null;
    if (last != null) {
      last.engine().close();
      delete(last.directory());
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Running(
      JobsEngine engine,
      ScriptedScheduler scheduler,
      SettableClock clock,
      TestSystems systems,
      Path directory) {}
}
