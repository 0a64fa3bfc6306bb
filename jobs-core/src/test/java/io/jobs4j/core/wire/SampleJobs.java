package io.jobs4j.core.wire;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.RemoteOutcome;
import java.time.Instant;

/** Stored jobs for tests. */
public final class SampleJobs {
  private SampleJobs() {}

  /** A job that has been accepted and no more. */
  public static JobRecord accepted() {
    return JobRecord.builder()
        .id(7)
        .name("count words")
        .tenantId("acme")
        .tenantQueue("aloe.jobq.acme.submit.DefaultQueue")
        .status(JobStatus.ACCEPTED)
        .lastStatusMessage("Job accepted for processing.")
        .accepted(Instant.parse("2026-01-02T03:04:05.006Z"))
        .lastUpdated(Instant.parse("2026-01-02T03:04:05.006Z"))
        .uuid("0f8fad5b-d9cb-469f-a165-70867728950e")
        .owner("alice")
        .roles("admin,staff")
        .systemId("cluster")
        .appId("wordcount-1.0")
        .appUuid("7c9e6679-7425-40de-944b-e07fc1f90ae7")
        .archive(true)
        .archivePath("alice/archive")
        .archiveSystem("store")
        .inputs("{\"z\":[\"b\",\"a\"],\"a\":\"one\"}")
        .parameters("{\"z\":1,\"a\":[\"x\",2.50,true],\"m\":\"text\",\"n\":0.10}")
        .updateToken("secret-token")
        .build();
  }

  /** A job that has been through everything. */
  public static JobRecord finished() {
    return accepted().toBuilder()
        .status(JobStatus.FINISHED)
        .lastStatusMessage("Job completed successfully.")
        .created(Instant.parse("2026-01-02T03:04:06.000Z"))
        .ended(Instant.parse("2026-01-02T05:00:00.123Z"))
        .lastUpdated(Instant.parse("2026-01-02T05:00:00.123Z"))
        .workPath("/scratch/alice/job-1")
        .archiveOnAppError(true)
        .nodeCount(2)
        .processorsPerNode(16)
        .memoryPerNode(1.5)
        .maxHours(1.25)
        .remoteJobId("659413")
        .remoteQueue("normal")
        .remoteSubmitted(Instant.parse("2026-01-02T03:05:00.000Z"))
        .remoteStarted(Instant.parse("2026-01-02T03:06:00.000Z"))
        .remoteEnded(Instant.parse("2026-01-02T04:06:00.000Z"))
        .remoteOutcome(RemoteOutcome.FINISHED)
        .submitRetries(1)
        .remoteStatusChecks(12)
        .failedStatusChecks(3)
        .lastStatusCheck(Instant.parse("2026-01-02T04:06:01.000Z"))
        .blockedCount(4)
        .visible(false)
        .conditionCode(ConditionCode.NORMAL_COMPLETION)
        .build();
  }
}
