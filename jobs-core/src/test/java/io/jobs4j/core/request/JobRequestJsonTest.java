package io.jobs4j.core.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.NotificationRequest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JobRequestJsonTest {
  @Test
  void theSampleRequestSurvives() {
    String sample =
        "{\"name\":\"helloworld\",\"appId\":\"hello-1.0\",\"memoryPerNode\":\"1\","
            + "\"archive\":false,\"parameters\":{\"command\":[\"ls -l\"]}}";
    assertThat(JobRequestJson.write(JobRequestJson.read(sample))).isEqualTo(sample);
  }

  @Test
  void everythingSurvives() {
    JobRequest request =
        JobRequest.builder("n \u00e9 \"x\" \u2028", "a-1")
            .batchQueue("q")
            .nodeCount(2)
            .processorsPerNode(4)
            .processorsOnEachNode(2)
            .memoryPerNode("1.5GB")
            .maxRunTime("01:00:00")
            .archive(true)
            .archiveOnAppError(true)
            .archivePath("a/b")
            .archiveSystem("s")
            .input("one", "x")
            .input("none")
            .parameter("list", List.of("a", 1L, new BigDecimal("1.50"), true))
            .parameter("big", new BigDecimal("123456789012345678901234567890"))
            .parameter("text", "a\u0000b")
            .notification(new NotificationRequest("*", "http://h/", true))
            .build();
    assertThat(JobRequestJson.read(JobRequestJson.write(request))).isEqualTo(request);
  }

  @Test
  void randomRequestsSurvive() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      JobRequest.Builder builder = JobRequest.builder().name(text(random));
      for (int i = random.nextInt(4); i > 0; i--) {
        builder.input(text(random), text(random), text(random));
        builder.parameter(text(random), value(random));
        List<Object> values = new ArrayList<>();
        for (int j = random.nextInt(4); j > 0; j--) {
          values.add(value(random));
        }
        builder.parameter(text(random), values);
        builder.notification(text(random), text(random));
      }
      JobRequest request = builder.build();
      assertThat(JobRequestJson.read(JobRequestJson.write(request)))
          .as("seed %d", seed)
          .isEqualTo(request);
    }
  }

  private static String text(Random random) {
    return random
        .ints(random.nextInt(12), 0, 0x3000)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Object value(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> text(random);
      case 1 -> random.nextLong();
      case 2 -> new BigDecimal(Double.toString(random.nextGaussian()));
      default -> random.nextBoolean();
    };
  }

  @Test
  void archivingWithoutAPathIsWrittenAsTheEmptyPath() {
    String json = JobRequestJson.write(JobRequest.builder("n", "a-1").archive(true).build());
    assertThat(JobRequestJson.read(json).archivePath()).isEmpty();
  }

  @Test
  void whatJsonCannotSayIsNotWritten() {
    assertThatThrownBy(
            () ->
                JobRequestJson.write(
                    JobRequest.builder("n", "a-1").parameter("p", Double.NaN).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameters.p");
  }

  @Test
  void readingSaysAllThatIsWrongWithTheForm() {
    assertThat(
            Fixture.problems(
                () ->
                    JobRequestJson.read(
                        "{\"name\": 1, \"nodeCount\": true, \"parameters\": {\"p\": {}}, \"x\":"
                            + " null}")))
        .extracting(Problem::field)
        .containsExactlyInAnyOrder("name", "nodeCount", "parameters.p", "x");
  }
}
