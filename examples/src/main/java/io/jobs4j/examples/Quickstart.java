package io.jobs4j.examples;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Counts the words of this repository's LICENSE in a job: the engine lives in this process, keeps
 * its jobs in {@code jobs-data}, and runs the job as a process of this machine.
 *
 * <p>How to run it: {@code dev/quickstart}. Run it again: the earlier jobs are still there.
 */
public final class Quickstart {
  private Quickstart() {}

  /** Runs the example from the top of the repository. */
  public static void main(String[] arguments) throws Exception {
    Path data = Path.of("jobs-data");
    // The roots of two of the systems in examples/definitions/systems.
    Files.createDirectories(data.resolve("archive"));
    Files.createDirectories(data.resolve("work"));

    try (JobsEngine engine =
        JobsEngine.builder()
            .database(data.resolve("database"))
            .definitions(Path.of("examples", "definitions"))
            .start()) {
      JobsClient jobs = engine.client(Caller.of("acme", "alice"));
      for (Job earlier : jobs.list(JobQuery.all())) {
        System.out.printf(
            "Earlier: job %s, accepted %s, is %s%n",
            earlier.id(), earlier.accepted(), earlier.status());
      }

      SubmittedJob accepted =
          jobs.submit(
              JobRequest.builder("Words of the licence", "wordcount-1.0")
                  .input("text", "LICENSE")
                  .parameter("limit", 5)
                  .maxRunTime(Duration.ofMinutes(5))
                  .archive(true)
                  .archiveSystem("archive")
                  .build());
      System.out.printf("Job %s was accepted%n", accepted.id());

      Job done =
          jobs.follow(
              accepted.id(),
              Duration.ofMinutes(10),
              event ->
                  System.out.printf(
                      "%s  %-17s %s%n", event.created(), event.status(), event.description()));
      if (done.status() != JobStatus.FINISHED) {
        throw new IllegalStateException("the job did not finish: " + done.lastStatusMessage());
      }

      System.out.println("The most frequent words:");
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  jobs.output(done.id(), "counts.txt"), StandardCharsets.UTF_8))) {
        lines.lines().forEach(System.out::println);
      }
      System.out.printf(
          "Archived to %s%n", data.resolve("archive").resolve(String.valueOf(done.archivePath())));
    }
  }
}
