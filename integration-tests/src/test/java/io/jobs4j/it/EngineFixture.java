package io.jobs4j.it;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.JobNotFoundException;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testkit.TestSystems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** An engine with the scheduler FORK, which a test can close and open again. */
final class EngineFixture implements AutoCloseable {
  /** Longer than anything takes on a slow machine; how long something takes decides no test. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  /** All states of a job with inputs whose output is archived. */
  static final List<JobStatus> FULL = JobTransitions.longestPath();

  private final TestSystems systems;
  private final Supplier<JobsEngine> starter;
  private JobsEngine engine;

  private EngineFixture(TestSystems systems, JobsEngineBuilder builder) {
    this.systems = systems;
    this.starter = builder.catalog(systems.catalog())::start;
    this.engine = starter.get();
  }

  /** An engine on an H2 file. */
  static EngineFixture open(Path directory, TestSystems systems) {
    return open(systems, TestDatabase.h2(directory).useFor(JobsEngine.builder()));
  }

  /** An engine as the builder has it, with these systems. */
  static EngineFixture open(TestSystems systems, JobsEngineBuilder builder) {
    return new EngineFixture(systems, builder);
  }

  JobsClient client() {
    return client("acme", "alice");
  }

  JobsClient client(String tenantId, String user) {
    return engine.client(Caller.of(tenantId, user));
  }

  TestSystems systems() {
    return systems;
  }

  void stop() {
    engine.close();
  }

  void startAgain() {
    engine = starter.get();
  }

  Job run(JobRequest request) throws InterruptedException {
    JobsClient client = client();
    return client.await(client.submit(request).id(), PATIENCE);
  }

  Path workDirectory(Job job) {
    return systems.execution().resolve(job.workPath().substring(1));
  }

  static JobStatus status(JobsClient client, String jobId) {
    try {
      return client.status(jobId);
    } catch (JobNotFoundException e) {
      return JobStatus.ACCEPTED;
    }
  }

  static String output(JobsClient client, String jobId, String path)
      throws IOException, InterruptedException {
    try (InputStream stream = client.output(jobId, path)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The lines of a file; none if it is not there. */
  static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Override
  public void close() {
    engine.close();
  }
}
