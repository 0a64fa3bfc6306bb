package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.wire.JobJson;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.testkit.JobsExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Numbers reach the script of a job with the digits that the request has. */
@Timeout(60)
class NumbersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<String> WRITTEN =
      List.of(
          "9223372036854775807",
          "9223372036854775808",
          "-123456789012345678901234567890",
          "1.10",
          "0.0000001",
          "0.1000000000000000055511151231257827021181583404541015625");

  @RegisterExtension
  final JobsExtension jobs =
      JobsExtension.inMemory()
          .systems(
              systems ->
                  systems.app(
                      "echo",
                      "echo ${numbers} ${large}",
                      List.of(),
                      List.of(number("numbers"), number("large"))));

  @Test
  void aNumberIsNotRoundedOnTheWayToTheScript() throws Exception {
    String request =
        """
        {"name": "echo", "appId": "echo-1.0", "parameters": {"numbers": [%s], "large": 1e400}}"""
            .formatted(String.join(", ", WRITTEN));
    JobsClient client = jobs.client("acme", "alice");
    String id = client.submit(request).id();
    client.await(id, PATIENCE);
    String again = client.resubmit(id).id();
    client.await(again, PATIENCE);
    for (String job : List.of(id, again)) {
      assertThat(script(job))
          .contains(WRITTEN)
          .contains("1" + "0".repeat(400))
          .doesNotContain("808.");
      assertThat(client.get(job).parameters().get("numbers").toString())
          .isEqualTo("[" + String.join(", ", WRITTEN).replace("0.0000001", "1E-7") + "]");
      assertThat(new JobJson().write(client.get(job)))
          .contains("9223372036854775808,")
          .contains("1.10,")
          .contains("1E+400");
    }
  }

  private String script(String id) throws Exception {
    try (var files = Files.walk(jobs.testSystems().execution())) {
      List<Path> found =
          files
              .filter(file -> file.toString().contains(id) && file.toString().endsWith(".ipcexe"))
              .toList();
      assertThat(found).hasSize(1);
      return Files.readString(found.get(0));
    }
  }

  private static AppParameter number(String key) {
    return new AppParameter(
        key,
        AppParameter.Type.NUMBER,
        List.of(),
        null,
        List.of(),
        false,
        true,
        0,
        -1,
        null,
        false,
        false);
  }
}
