package io.jobs4j.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Engines that cannot start. It is not with the other tests of the engine because it counts {@link
 * HeldResources}, which nobody else sees.
 */
@Timeout(120)
class FailedStartTest {
  private static final InstantSource BROKEN =
      () -> {
        throw new IllegalStateException("the clock is broken");
      };

  @TempDir Path directory;

  @Test
  void aFailedStartLeavesNothingOpen() throws Exception {
    // What the first engine of a process loads and keeps does not count.
    builder().start().close();
    HeldResources before = HeldResources.now();
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThatThrownBy(() -> builder().clock(BROKEN.withZone(ZoneOffset.UTC)).start())
          .hasMessage("the clock is broken");
    }
    before.awaitNoMore(Duration.ofSeconds(30));
    // Nobody else can open a file that is open still.
    Path file = directory.resolve("database");
    assertThatThrownBy(
            () -> builder().database(file).clock(BROKEN.withZone(ZoneOffset.UTC)).start())
        .hasMessage("the clock is broken");
    builder().database(file).start().close();
  }

  private JobsEngineBuilder builder() {
    return JobsEngine.builder()
        .inMemory()
        .catalog(TestSystems.in(directory).app("hello", "echo hello").catalog())
        .adapter(new ScriptedScheduler())
        .adapter(new NoCommands());
  }
}
