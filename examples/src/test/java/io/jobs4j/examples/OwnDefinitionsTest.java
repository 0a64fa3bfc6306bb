package io.jobs4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OwnDefinitionsTest {
  @Test
  void aJobRunsOnWhatTheProgramDefines(@TempDir Path data) throws Exception {
    String said = run(OwnDefinitions.class, data.toString());

    assertThat(said).contains("The job is FINISHED").containsPattern("\\d+ the\n");
  }

  /** What the example writes, as it does from the top of the repository. */
  private static String run(Class<?> example, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            example.getName());
    builder.command().addAll(List.of(arguments));
    Process process = builder.directory(new File("..")).redirectErrorStream(true).start();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    process.getInputStream().transferTo(said);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String text = said.toString(StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
