package io.jobs4j.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.core.model.TransferProgress;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobTextsTest {
  @Test
  void inputsAndParametersKeepTheirOrder() {
    Job job = SampleJobs.finished();

    assertThat(job.id()).isEqualTo("0f8fad5b-d9cb-469f-a165-70867728950e");
    assertThat(job.inputs())
        .containsExactly(entry("z", List.of("b", "a")), entry("a", List.of("one")));
    assertThat(job.parameters())
        .containsExactly(
            entry("z", 1L),
            entry("a", List.of("x", new BigDecimal("2.50"), true)),
            entry("m", "text"),
            entry("n", new BigDecimal("0.10")));
  }

  @Test
  void theAnswerToASubmissionHasWhatTheJobHas() {
    SubmittedJob job = SubmittedJob.of(SampleJobs.accepted());

    assertThat(job.id()).isEqualTo("0f8fad5b-d9cb-469f-a165-70867728950e");
    assertThat(job.archivePath()).isEqualTo("alice/archive");
    assertThat(job.inputs().keySet()).containsExactly("z", "a");
    assertThat(job.parameters().keySet()).containsExactly("z", "a", "m", "n");
  }

  @Test
  void numbersKeepTheirDigits() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("int", 5);
    values.put("long", Long.MAX_VALUE);
    values.put("big", BigInteger.TWO.pow(80));
    values.put("double", 3.0);
    values.put("float", 0.1f);
    values.put("tiny", 1e-9);
    values.put("digits", new BigDecimal("0.1000000000000000000001"));
    values.put("whole decimal", new BigDecimal("7"));
    values.put("cents", new BigDecimal("1.10"));
    values.put("beyond double", new BigDecimal("1E+400"));

    Map<String, Object> read = JobTexts.decodeParameters(JobTexts.encode(values));

    assertThat(read)
        .containsExactly(
            entry("int", 5L),
            entry("long", Long.MAX_VALUE),
            entry("big", BigInteger.TWO.pow(80)),
            entry("double", new BigDecimal("3.0")),
            entry("float", new BigDecimal("0.1")),
            entry("tiny", new BigDecimal("1.0E-9")),
            entry("digits", new BigDecimal("0.1000000000000000000001")),
            entry("whole decimal", 7L),
            entry("cents", new BigDecimal("1.10")),
            entry("beyond double", new BigDecimal("1E+400")));
    assertThat(JobTexts.decodeParameters(JobTexts.encode(read))).isEqualTo(read);
  }

  @Test
  void textsOfAllKindsSurvive() {
    Map<String, Object> values =
        Map.of("k\"ey", "line\nbreak \u0000 \u2028 \ud83d\ude00 \"quoted\" \\", "empty", List.of());

    assertThat(JobTexts.decodeParameters(JobTexts.encode(values))).isEqualTo(values);
  }

  @Test
  void refusesToEncodeWhatJsonOrParametersDoNotHave() {
    assertThatThrownBy(() -> JobTexts.encode(Map.of("x", Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("values.x")
        .hasMessageContaining("finite number");
    assertThatThrownBy(() -> JobTexts.encode(Map.of("x", List.of(1, Map.of()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("values.x[1]");
    assertThatThrownBy(() -> JobTexts.encode(Collections.singletonMap("x", null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("values.x is null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "", "{", "{\"a\":{}}", "{\"a\":1,\"a\":2}", "{} {}", "null"})
  void refusesToDecodeOtherTexts(String json) {
    assertThatThrownBy(() -> JobTexts.decodeParameters(json))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("parameters");
  }

  @Test
  void inputsAreTexts() {
    assertThatThrownBy(() -> JobTexts.decodeInputs("{\"in\":[1]}"))
        .isInstanceOf(WireFormatException.class)
        .hasMessage("inputs.in must be a string or an array of strings");
  }

  @Test
  void errorsDoNotQuoteTheText() {
    assertThatThrownBy(() -> JobTexts.decodeParameters("{\"password\": hunter2}"))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining("line 1")
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }

  @Test
  void progressGoesToTextAndBack() {
    TransferProgress progress = new TransferProgress(1, 2, "agave://a/b \"c\"", 3, 1L << 40, 5);

    String json = JobTexts.encode(progress);

    assertThat(json)
        .isEqualTo(
            "{\"averageRate\":1,\"totalFiles\":2,\"source\":\"agave://a/b \\\"c\\\"\","
                + "\"totalActiveTransfers\":3,\"totalBytes\":1099511627776,"
                + "\"totalBytesTransferred\":5}");
    assertThat(JobTexts.decodeProgress(json)).isEqualTo(progress);
  }
}
