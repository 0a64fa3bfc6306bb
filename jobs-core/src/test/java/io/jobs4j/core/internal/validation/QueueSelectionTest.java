package io.jobs4j.core.internal.validation;

import static io.jobs4j.core.internal.validation.Fixture.asDefault;
import static io.jobs4j.core.internal.validation.Fixture.queue;
import static io.jobs4j.core.internal.validation.Fixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.request.ValidationOptions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueueSelectionTest {
  private final Fixture fixture = new Fixture();

  @BeforeEach
  void threeQueues() {
    fixture.queues.add(queue("large", -1, -1, -1, null));
    fixture.queues.add(queue("small", 1, 4, 8, Duration.ofHours(1)));
    fixture.queues.add(asDefault(queue("normal", 4, 16, 64, Duration.ofHours(24))));
  }

  private String chosen(JobRequest.Builder request) {
    BatchQueue queue = fixture.accepts(request).queue();
    return queue == null ? "none" : queue.name();
  }

  @Test
  void theDefaultQueueIsTakenIfTheJobFits() {
    assertThat(chosen(request())).isEqualTo("normal");
    assertThat(fixture.accepts(request()).maxRunTime()).isEqualTo(Duration.ofHours(24));
  }

  @Test
  void elseTheSmallestThatFits() {
    assertThat(chosen(request().nodeCount(5))).isEqualTo("large");
    fixture.queues.set(2, queue("normal", 4, 16, 64, Duration.ofHours(24)));
    assertThat(chosen(request())).isEqualTo("small");
    assertThat(chosen(request().memoryPerNode("9"))).isEqualTo("normal");
    assertThat(chosen(request().processorsOnEachNode(17))).isEqualTo("large");
    assertThat(chosen(request().maxRunTime("24:00:01"))).isEqualTo("large");
  }

  @Test
  void theRequestsQueueGoesFirstThenTheApplications() {
    fixture.defaultQueue = "large";
    assertThat(chosen(request())).isEqualTo("large");
    assertThat(chosen(request().batchQueue("small"))).isEqualTo("small");
  }

  @Test
  void anUnknownQueueIsRefused() {
    assertThat(fixture.refusesFor("batchQueue", request().batchQueue("huge")))
        .startsWith("Queue huge not found on execution system cluster for job " + Fixture.JOB + ".")
        .contains("normal, small, large");
    fixture.defaultQueue = "gone";
    assertThat(fixture.refusesFor("batchQueue", request())).contains("default of application");
  }

  @Test
  void anExplicitQueueMustHaveRoomForExplicitWishes() {
    assertThat(
            fixture.refusesFor(
                "batchQueue",
                request()
                    .batchQueue("small")
                    .nodeCount(2)
                    .processorsOnEachNode(8)
                    .memoryPerNode("16")
                    .maxRunTime("01:30:00")))
        .startsWith(
            "Queue small on execution system cluster cannot accept job "
                + Fixture.JOB
                + " requiring 2 nodes, 8 processors, 16GB memory and 1.5 hours of run time.")
        .contains("Maximum nodes (1) is less than requested nodes (2).");
  }

  @Test
  void inheritedDefaultsAreCutDownToTheQueue() {
    fixture.defaultNodes = 8;
    fixture.defaultProcessors = 32;
    fixture.defaultMemory = new Memory(128);
    fixture.defaultRunTime = Duration.ofDays(2);
    ValidatedRequest valid = fixture.accepts(request().batchQueue("small").memoryPerNode("2"));
    assertThat(valid.nodeCount()).isEqualTo(1);
    assertThat(valid.processorsPerNode()).isEqualTo(4);
    assertThat(valid.memoryPerNode()).isEqualTo(new Memory(2));
    assertThat(valid.maxRunTime()).isEqualTo(Duration.ofHours(1));
    assertThat(chosen(request())).isEqualTo("large");
    fixture.queues.remove(0);
    assertThat(chosen(request())).isEqualTo("normal");
    assertThat(fixture.accepts(request()).nodeCount()).isEqualTo(4);
  }

  @Test
  void aTotalOfProcessorsKeepsTheNodesThatItWasDividedBy() {
    fixture.defaultNodes = 2;
    assertThat(fixture.refusesFor("batchQueue", request().batchQueue("small").processorsPerNode(4)))
        .contains("Maximum nodes (1)");
  }

  @Test
  void noQueueWithRoomIsAProblem() {
    fixture.queues.remove(0);
    assertThat(fixture.refusesFor("batchQueue", request().nodeCount(5)))
        .startsWith(
            "No remote queue selected for job "
                + Fixture.JOB
                + " running application wc-1.0 on execution system cluster.")
        .contains("small: Maximum nodes (1)", "normal: Maximum nodes (4)");
  }

  @Test
  void negativeLimitsCanDropAQueueAsInAloe() {
    fixture.options = ValidationOptions.defaults().withNegativeMeansUnlimited(false);
    assertThat(fixture.refusesFor("batchQueue", request().batchQueue("large")))
        .contains("not found")
        .contains("normal, small.");
    fixture.queues.removeIf(queue -> !queue.name().equals("large"));
    assertThat(fixture.refusesFor("batchQueue", request())).contains("negative limits");
  }

  @Test
  void withoutQueuesNoneMayBeNamedExceptForFork() {
    fixture.queues.clear();
    assertThat(chosen(request())).isEqualTo("none");
    assertThat(fixture.refusesFor("batchQueue", request().batchQueue("normal")))
        .contains("has no queues");
    fixture.scheduler = "FORK";
    assertThat(chosen(request().batchQueue("normal"))).isEqualTo("none");
  }

  @Test
  void forkTakesAQueueThatExistsAndIgnoresOneThatDoesNot() {
    fixture.scheduler = "FORK";
    assertThat(chosen(request().batchQueue("small"))).isEqualTo("small");
    assertThat(chosen(request().batchQueue("huge"))).isEqualTo("normal");
    fixture.defaultQueue = "gone";
    assertThat(chosen(request())).isEqualTo("normal");
  }
}
