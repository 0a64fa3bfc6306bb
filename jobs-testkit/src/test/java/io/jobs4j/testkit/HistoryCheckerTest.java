package io.jobs4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.JobsClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HistoryCheckerTest {
  @RegisterExtension
  static final JobsExtension jobs =
      JobsExtension.inMemory().systems(systems -> systems.app("hello", "echo hello"));

  @Test
  void anIllegalChangeIsAnAssertionError() {
    assertThatThrownBy(() -> HistoryChecker.check(history("ACCEPTED", "RUNNING")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ACCEPTED")
        .hasMessageContaining("RUNNING");
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    Map<String, List<HistoryEvent>> histories = new LinkedHashMap<>();
    histories.put("good", history("ACCEPTED", "FAILED"));
    histories.put("open", history("ACCEPTED", "PENDING"));
    histories.put("illegal", history("ACCEPTED", "FINISHED"));
    histories.put("empty", List.of());
    assertThatThrownBy(() -> HistoryChecker.checkAllEnded(histories))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("3 of 4 jobs")
        .hasMessageContaining("open: the job is not over: [ACCEPTED, PENDING]")
        .hasMessageContaining("illegal: ")
        .hasMessageContaining("empty: ")
        .hasMessageNotContaining("good")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(3));
    HistoryChecker.checkAllEnded(Map.of("good", history("ACCEPTED", "FAILED")));
  }

  @Test
  void aJobThatDoesNotExistIsAViolation() throws Exception {
    JobsClient client = jobs.client("acme", "alice");
    String id = client.submit(JobRequest.builder("hello", "hello-1.0").build()).id();
    assertThat(client.await(id, Duration.ofSeconds(60)).status()).isEqualTo(JobStatus.FINISHED);
    HistoryChecker.checkAllEnded(client, List.of(id));
    assertThatThrownBy(() -> HistoryChecker.checkAllEnded(client, List.of(id, "no-such-job")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 of 2 jobs")
        .hasMessageContaining("no-such-job");
  }

  private static List<HistoryEvent> history(String... states) {
    List<HistoryEvent> events = new ArrayList<>();
    for (String state : states) {
      events.add(
          new HistoryEvent(
              events.size() + 1,
              JobsExtension.START,
              JobEventName.valueOf(state),
              "as told",
              null,
              null));
    }
    return events;
  }
}
