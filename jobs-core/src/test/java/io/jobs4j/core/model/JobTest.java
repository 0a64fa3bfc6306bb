package io.jobs4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.JobStatus;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void aBuilderThatStartsFromAJobKeepsAllOfIt() throws Exception {
    Job job = full();
    Job least = least().build();
    for (RecordComponent field : Job.class.getRecordComponents()) {
      if (!field.getName().equals("status")) {
        assertThat(field.getAccessor().invoke(job))
            .as("%s of a job that has all", field.getName())
            .isNotEqualTo(field.getAccessor().invoke(least));
      }
    }
    assertThat(job.toBuilder().build()).isEqualTo(job);
  }

  @Test
  void whatAllJobsHaveMustBeSet() {
    assertThatThrownBy(() -> Job.builder().id("1").build())
        .isInstanceOf(NullPointerException.class)
        .hasMessage("name");
  }

  @Test
  void aJobThatWaitsSaysForWhat() {
    Job waiting = full().waitingFor("SERVICE_UNAVAILABLE", TIME.plusSeconds(60));
    assertThat(waiting.blockedOn()).isEqualTo("SERVICE_UNAVAILABLE");
    assertThat(waiting.nextAttempt()).isEqualTo(TIME.plusSeconds(60));
    assertThat(waiting.toBuilder().blockedOn("a").nextAttempt(TIME).build()).isEqualTo(full());
  }

  private static Job.Builder least() {
    return Job.builder()
        .id("")
        .name("")
        .tenantId("")
        .tenantQueue("")
        .status(JobStatus.BLOCKED)
        .lastStatusMessage("")
        .accepted(Instant.EPOCH)
        .lastUpdated(Instant.EPOCH)
        .owner("")
        .systemId("")
        .appId("")
        .appUuid("");
  }

  private static Job full() {
    return least()
        .id("id")
        .name("name")
        .tenantId("acme")
        .tenantQueue("queue")
        .lastStatusMessage("message")
        .accepted(TIME)
        .created(TIME)
        .ended(TIME)
        .lastUpdated(TIME)
        .owner("alice")
        .roles("admin")
        .systemId("cluster")
        .appId("app-1")
        .appUuid("uuid")
        .workPath("/work")
        .archive(true)
        .archiveOnAppError(true)
        .archivePath("archive")
        .archiveSystem("store")
        .nodeCount(2)
        .processorsPerNode(3)
        .memoryPerNode(4)
        .maxHours(5)
        .inputs(Map.of("in", List.of("a")))
        .parameters(Map.of("p", "1"))
        .remoteJobId("1")
        .schedulerJobId("s-1")
        .remoteQueue("normal")
        .remoteSubmitted(TIME)
        .remoteStarted(TIME)
        .remoteEnded(TIME)
        .remoteOutcome(RemoteOutcome.FAILED)
        .submitRetries(1)
        .remoteStatusChecks(2)
        .failedStatusChecks(3)
        .lastStatusCheck(TIME)
        .blockedCount(4)
        .visible(false)
        .conditionCode(ConditionCode.SCHEDULER_TIMEOUT)
        .blockedOn("a")
        .nextAttempt(TIME)
        .build();
  }
}
