package io.jobs4j.examples;

import io.jobs4j.core.catalog.DefinitionCatalog;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Defines an app and two systems in the program, without a file of JSON, and has a job count words.
 *
 * <p>How to run it: {@code dev/example OwnDefinitions}. The job's files are below {@code
 * jobs-data}.
 */
public final class OwnDefinitions {
  private OwnDefinitions() {}

  /**
   * Runs the example from the top of the repository.
   *
   * @param arguments another directory for the job's files; none is needed
   */
  public static void main(String[] arguments) throws Exception {
    Path data = Path.of(arguments.length > 0 ? arguments[0] : "jobs-data").toAbsolutePath();
    Files.createDirectories(data.resolve("work"));
    Path repository = Path.of("").toAbsolutePath();

    try (JobsEngine engine =
        JobsEngine.builder().inMemory().catalog(catalog(repository, data)).start()) {
      JobsClient jobs = engine.client(Caller.of("acme", "alice"));
      JobRequest request =
          JobRequest.builder("Words of the licence", "wordcount-1.0")
              .input("text", "LICENSE")
              .build();
      Job done = jobs.await(jobs.submit(request).id(), Duration.ofMinutes(10));
      System.out.printf("The job is %s: %s%n", done.status(), done.lastStatusMessage());
      try (InputStream counts = jobs.output(done.id(), "counts.txt")) {
        System.out.print(new String(counts.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  /** What the JSON in {@code examples/definitions} says, but for the archive. */
  private static DefinitionCatalog catalog(Path repository, Path data) {
    StorageSystem files =
        StorageSystem.builder(
                "repository", StorageAccess.builder("LOCAL", repository.toString()).build())
            .isDefault(true)
            .build();
    ExecutionSystem machine =
        ExecutionSystem.builder(
                "this-machine",
                "FORK",
                LoginAccess.builder("LOCAL").build(),
                StorageAccess.builder("LOCAL", data.resolve("work").toString()).build())
            .environment("LC_ALL", "C")
            .build();
    App wordcount =
        App.builder("wordcount", "1.0", machine.id(), "examples/apps/wordcount", "wrapper.sh")
            .deploymentSystem(files.id())
            .defaultMaxRunTime(Duration.ofMinutes(5))
            .input(AppInput.builder("text").required(true).maxCardinality(-1).build())
            .parameter(
                AppParameter.builder("limit", AppParameter.Type.NUMBER)
                    .required(false)
                    .defaultValues(5)
                    .build())
            .build();
    return DefinitionCatalog.of(List.of(wordcount), List.of(machine), List.of(files));
  }
}
