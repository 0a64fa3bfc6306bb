package io.jobs4j.examples;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Submits a job that says where it runs, shows what becomes of it, and prints what it said. */
final class Greeting {
  private Greeting() {}

  static void from(JobsEngine engine) throws Exception {
    JobsClient jobs = engine.client(Caller.of("acme", "alice"));
    SubmittedJob accepted =
        jobs.submit(
            JobRequest.builder("Hello", "hello-cluster-1.0")
                .parameter("name", "Alice")
                .maxRunTime(Duration.ofMinutes(2))
                .archive(true)
                .archiveSystem("archive")
                .build());
    Job done =
        jobs.follow(
            accepted.id(),
            Duration.ofMinutes(30),
            event ->
                System.out.printf(
                    "%s  %-17s %s%n", event.created(), event.status(), event.description()));
    if (done.status() != JobStatus.FINISHED) {
      throw new IllegalStateException("the job did not finish: " + done.lastStatusMessage());
    }
    try (InputStream hello = jobs.output(done.id(), "hello.txt")) {
      System.out.print(new String(hello.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
