package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.request.InvalidRequestException;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.testkit.TestSystems;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values that would do harm if anything took them for code: they arrive as they are, or not at all.
 */
class HostileValuesIT {
  private static final List<String> VALUES =
      List.of(
          "plain",
          "two words",
          "  leading and trailing  ",
          "it's",
          "\"quoted\"",
          "$(touch pwned)",
          "`touch pwned`",
          "; touch pwned #",
          "&& touch pwned",
          "| touch pwned",
          "'; touch pwned; '",
          "\"; touch pwned; \"",
          "${HOME}",
          "$HOME",
          "\\",
          "\\'",
          "*",
          "~",
          "-rf",
          "--help",
          "a\nb",
          "a\ntouch pwned",
          "tab\there",
          "ünïcödé 漢字 🚀",
          "%s%n$1",
          "!history",
          "{a,b}",
          "<(touch pwned)",
          "> pwned");

  @TempDir Path directory;

  @Test
  void hostileParametersInputsAndNamesAreData() throws Exception {
    TestSystems systems =
        TestSystems.in(directory)
            .app(
                "words",
                """
                printf '%s\\0' ${value} "${value}" "<${value}>" '${value}' "$(printf %s "${value}")" > words.bin
                cat ${files} > content.txt
                """,
                List.of(TestSystems.input("files")),
                List.of(TestSystems.parameter("value")));
    Map<String, Submitted> submitted = new LinkedHashMap<>();
    List<String> rejected = new ArrayList<>();
    try (EngineFixture engine = EngineFixture.open(directory, systems)) {
      JobsClient client = engine.client();
      for (int i = 0; i < VALUES.size(); i++) {
        String value = VALUES.get(i);
        boolean canBeFileName =
            value.equals(value.strip()) && !value.contains("\n") && !value.contains("\t");
        String fileName = canBeFileName ? value : "plain.txt";
        Path input = systems.storage().resolve("in/" + i).resolve(fileName);
        Files.createDirectories(input.getParent());
        Files.writeString(input, "content " + i);
        JobRequest.Builder request =
            JobRequest.builder("job", "words-1.0")
                .parameter("value", value)
                .input("files", "in/" + i + "/" + fileName);
        submitted.put(value, new Submitted(client.submit(request.build()).id(), "content " + i));
        try {
          String id = client.submit(request.name(value).build()).id();
          submitted.put("name " + value, new Submitted(id, "content " + i));
        } catch (InvalidRequestException e) {
          assertThat(e.problems()).allMatch(problem -> problem.field().equals("name"));
          rejected.add(value);
        }
      }
      for (Map.Entry<String, Submitted> entry : submitted.entrySet()) {
        String value = entry.getKey().replaceFirst("^name ", "");
        Job job = client.await(entry.getValue().id(), PATIENCE);
        assertThat(job.status())
            .as("%s: %s", entry.getKey(), job.lastStatusMessage())
            .isEqualTo(JobStatus.FINISHED);
        assertThat(words(client, job.id()))
            .as(entry.getKey())
            .containsExactly(value, value, "<" + value + ">", value, value);
        assertThat(EngineFixture.output(client, job.id(), "content.txt"))
            .as(entry.getKey())
            .isEqualTo(entry.getValue().content());
      }
    }
    assertThat(rejected).containsExactlyInAnyOrder("a\nb", "a\ntouch pwned", "tab\there");
    try (Stream<Path> tree = Files.walk(directory)) {
      assertThat(tree.filter(path -> path.getFileName().toString().equals("pwned"))).isEmpty();
    }
  }

  private static List<String> words(JobsClient client, String id) throws Exception {
    try (InputStream stream = client.output(id, "words.bin")) {
      String all = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(all).endsWith("\0");
      return List.of(all.substring(0, all.length() - 1).split("\0", -1));
    }
  }

  private record Submitted(String id, String content) {}
}
