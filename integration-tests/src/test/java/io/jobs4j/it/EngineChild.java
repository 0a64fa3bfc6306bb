package io.jobs4j.it;

import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A process with an engine that submits jobs, and says which it has been promised, until killed.
 */
final class EngineChild {
  private EngineChild() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    try (JobsEngine engine = EngineFixture.start(directory, RestartIT.systems(directory));
        OutputStream promised =
            Files.newOutputStream(
                RestartIT.promised(directory),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND)) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      while (true) {
        String id =
            client.submit(JobRequest.builder("append", "append-1.0").archive(true).build()).id();
        promised.write((id + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    }
  }
}
