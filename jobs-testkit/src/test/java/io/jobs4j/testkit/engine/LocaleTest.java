package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.RunTimes;
import io.jobs4j.core.request.InvalidRequestException;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.wire.JobRequestJson;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.JobsExtension;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job is the same whatever the locale of the process: digits, capitals and calendars. */
@Timeout(120)
class LocaleTest {
  private final Locale before = Locale.getDefault();

  @TempDir Path directory;

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @Test
  void aLifeIsToldTheSameInEveryLocale() throws Exception {
    Locale.setDefault(Locale.ROOT);
    List<String> expected = life(Files.createDirectory(directory.resolve("root")));
    for (String locale :
        List.of("ar-EG", "tr-TR", "th-TH-u-ca-buddhist-nu-thai", "hi-IN-u-nu-deva")) {
      Locale.setDefault(Locale.forLanguageTag(locale));
      assertThat(life(Files.createDirectory(directory.resolve(locale))))
          .as(locale)
          .containsExactlyElementsOf(expected);
    }
  }

  /** All that is written of a job, without what differs from one to the next. */
  private static List<String> life(Path directory) throws Exception {
    ScriptedScheduler scheduler =
        new ScriptedScheduler()
            .onSubmit(
                spec ->
                    RemoteStatus.endedBy(
                        RemoteStatus.Cause.TIME_LIMIT,
                        OptionalInt.of(15),
                        JobsExtension.START,
                        JobsExtension.START.plusSeconds(75),
                        ""));
    TestSystems systems =
        TestSystems.in(directory)
            .app("count", "wc ${text}", List.of(TestSystems.input("text")), List.of());
    Files.createDirectories(systems.storage());
    Files.writeString(systems.storage().resolve("a.txt"), "a");
    List<String> told = new ArrayList<>();
    try (JobsEngine engine =
        JobsEngine.builder()
            .inMemory()
            .catalog(systems.catalog())
            .adapter(scheduler)
            .adapter(new NoCommands())
            .start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      JobRequest request =
          JobRequest.builder("Title IİŞ 12", "count-1.0")
              .input("text", "a.txt")
              .maxRunTime(Duration.ofMinutes(5))
              .archive(true)
              .build();
      told.add(JobRequestJson.write(request));
      String id = client.submit(request).id();
      Job done = client.await(id, Duration.ofSeconds(60));
      told.add(RunTimes.format(done.maxRunTime()));
      told.add(done.archivePath());
      told.add(done.workPath());
      client.history(id).stream().map(HistoryEvent::description).forEach(told::add);
      told.add(
          catchThrowableOfType(
                  InvalidRequestException.class,
                  () ->
                      client.submit(
                          JobRequest.builder("x".repeat(100), "count-1.0")
                              .input("text", "a", "b", "c")
                              .nodeCount(1_000_000)
                              .maxRunTime("1000000:00:00")
                              .build()))
              .getMessage());
      return told.stream()
          .map(text -> String.valueOf(text).replace(id, "ID").replace(directory.toString(), "DIR"))
          .toList();
    }
  }
}
