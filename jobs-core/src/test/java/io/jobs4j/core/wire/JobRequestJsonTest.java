package io.jobs4j.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.NotificationRequest;
import io.jobs4j.core.request.InvalidRequestException;
import io.jobs4j.core.request.Problem;
import java.math.BigDecimal;
import java.math.BigInteger;
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
            .parameter("big", new BigInteger("123456789012345678901234567890"))
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

  @Test
  void numbersKeepTheDigitsThatWereWritten() {
    List<String> written =
        List.of(
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "1".repeat(100),
            "1.10",
            "0.0",
            "0.1000000000000000055511151231257827021181583404541015625",
            "1E+400",
            "1.50E-7");
    String json =
        "{\"name\":\"n\",\"appId\":\"a-1\",\"parameters\":{\"p\":["
            + String.join(",", written)
            + "]}}";
    JobRequest read = JobRequestJson.read(json);
    assertThat((List<?>) read.parameters().get("p"))
        .extracting(String::valueOf)
        .containsExactlyElementsOf(written);
    assertThat(JobRequestJson.write(read)).isEqualTo(json);
  }

  @Test
  void wholeNumbersFromJavaAreWholeInJson() {
    JobRequest request =
        JobRequest.builder("n", "a-1")
            .parameter("d", new BigDecimal("9223372036854775808"))
            .parameter("i", BigInteger.TEN)
            .build();
    assertThat(JobRequestJson.write(request))
        .contains("\"parameters\":{\"d\":9223372036854775808,\"i\":10}");
  }

  @Test
  void namesHaveALimit() {
    String json = "{\"name\":\"n\",\"%s\":1}";
    assertThatThrownBy(() -> JobRequestJson.read(json.formatted("k".repeat(1025))))
        .hasMessageContaining("a name or number that is too long");
    assertThatThrownBy(() -> JobRequestJson.read(json.formatted("k".repeat(1024))))
        .hasMessageNotContaining("too long");
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
    InvalidRequestException refusal =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                JobRequestJson.read(
                    "{\"name\": 1, \"nodeCount\": true, \"parameters\": {\"p\": {}}, \"x\":"
                        + " null}"));
    assertThat(refusal.problems())
        .extracting(Problem::field)
        .containsExactlyInAnyOrder("name", "nodeCount", "parameters.p", "x");
  }
}
