package io.jobs4j.benchmarks;

import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Path;

/** The engine as the benchmarks use it. */
final class Engines {
  private Engines() {}

  /** A builder with one app, {@code noop-1.0}, and whatever adapters are on the class path. */
  static JobsEngineBuilder builder(Path directory) {
    return JobsEngine.builder()
        .catalog(TestSystems.in(directory).app("noop", "/bin/true").catalog());
  }

  /** A builder whose jobs touch neither files nor processes. */
  static JobsEngineBuilder bare(Path directory, RemoteSchedulerProvider scheduler) {
    return builder(directory).adapter(scheduler).adapter(new NoFiles());
  }

  static JobsClient client(JobsEngine engine) {
    return engine.client(Caller.of("acme", "alice"));
  }

  static JobRequest request() {
    return JobRequest.builder("benchmark", "noop-1.0").archive(false).build();
  }

  /** A request whose output, of which there is none, is archived: the longest way to the end. */
  static JobRequest archivingRequest() {
    return JobRequest.builder("benchmark", "noop-1.0").archive(true).build();
  }
}
