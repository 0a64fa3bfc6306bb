package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.wire.JobJson;
import io.jobs4j.core.wire.JobRequestJson;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.micrometer.MicrometerMetrics;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The life of a job with libraries that the class path has before ours. */
final class OldLibraries {
  private OldLibraries() {}

  /** Ends with an exception if something is missing. */
  public static void main(String[] arguments) throws Exception {
    assertThat(new ObjectMapper().version()).hasToString(System.getProperty("old.jackson"));
    Path directory = Path.of(arguments[0]);
    TestSystems systems =
        TestSystems.in(directory)
            .app("count", "wc ${text}", List.of(TestSystems.input("text")), List.of());
    Files.createDirectories(systems.storage());
    Files.writeString(systems.storage().resolve("a.txt"), "a");
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (JobsEngine engine =
        JobsEngine.builder()
            .inMemory()
            .catalog(systems.catalog())
            .adapter(new ScriptedScheduler())
            .adapter(new NoCommands())
            .metrics(new MicrometerMetrics(registry))
            .start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      String request =
          """
          {"name": "count", "appId": "count-1.0", "archive": true, "archivePath": "",
           "inputs": {"text": "a.txt"}}""";
      String id = client.submit(request).id();
      Job done = client.await(id, Duration.ofSeconds(60));
      assertThat(done.status()).isEqualTo(JobStatus.FINISHED);
      assertThat(client.history(id)).hasSizeGreaterThan(10);
      assertThat(new JobJson().write(done)).contains(id);
      assertThat(JobRequestJson.write(JobRequestJson.read(request))).contains("a.txt");
      client.await(client.resubmit(id).id(), Duration.ofSeconds(60));
      assertThat(registry.get(EngineMetricNames.SUBMIT).timer().count()).isEqualTo(2);
      assertThat(registry.get(EngineMetricNames.JOB_TRANSITIONS).counters()).isNotEmpty();
      assertThat(registry.get(EngineMetricNames.JOBS_WATCHED).gauge().value()).isZero();
    }
  }
}
