package io.jobs4j.core.internal.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.TenantQueue;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantQueueSelectionTest {
  private static final String DEFAULT = "aloe.jobq.acme.submit.DefaultQueue";
  private static final Job JOB =
      Job.builder()
          .set(Job.Field.NAME, "count words")
          .set(Job.Field.TENANT_ID, "acme")
          .set(Job.Field.TENANT_QUEUE, DEFAULT)
          .set(Job.Field.STATUS, JobStatus.ACCEPTED)
          .set(Job.Field.LAST_STATUS_MESSAGE, "")
          .set(Job.Field.ACCEPTED, Instant.ofEpochMilli(1000))
          .set(Job.Field.LAST_UPDATED, Instant.ofEpochMilli(3000))
          .set(Job.Field.ID, "0f8fad5b")
          .set(Job.Field.OWNER, "alice")
          .set(Job.Field.ROLES, "admin,staff")
          .set(Job.Field.SYSTEM_ID, "cluster")
          .set(Job.Field.APP_ID, "word-count-1.0")
          .set(Job.Field.APP_UUID, "7c9e6679")
          .set(Job.Field.ARCHIVE, true)
          .set(Job.Field.NODE_COUNT, 2)
          .set(Job.Field.PROCESSORS_PER_NODE, 16)
          .set(Job.Field.MEMORY_PER_NODE, 1.5)
          .set(Job.Field.MAX_HOURS, 3961 / 3600.0)
          .build();

  private static TenantQueue queue(String tenant, String name, int priority, String filter) {
    return new TenantQueue("aloe.jobq." + tenant + ".submit." + name, tenant, priority, filter, 4);
  }

  private static String select(Job job, TenantQueue... queues) {
    return new TenantQueueSelection("acme", List.of(queues)).select(JobProperties.of(job));
  }

  @Test
  void theLargestPriorityNumberComesFirst() {
    TenantQueue low = queue("acme", "low", 2, "nodeCount >= 1");
    TenantQueue high = queue("acme", "high", 10, "nodeCount >= 2");
    TenantQueue fallback = queue("acme", "DefaultQueue", 1, "tenant IS NOT NULL");

    assertThat(select(JOB, low, fallback, high)).isEqualTo(high.name());
    assertThat(select(JOB.toBuilder().set(Job.Field.NODE_COUNT, 1).build(), low, fallback, high))
        .isEqualTo(low.name());
    assertThat(select(JOB.toBuilder().set(Job.Field.NODE_COUNT, 0).build(), low, fallback, high))
        .isEqualTo(DEFAULT);
  }

  @Test
  void withoutAFilterThatIsTrueTheDefaultQueueTakesTheJob() {
    assertThat(select(JOB)).isEqualTo(DEFAULT);
    assertThat(
            select(
                JOB,
                queue("acme", "false", 5, "owner = 'bob'"),
                queue("acme", "unknown", 4, "tapisQueue = 'x'"),
                queue("acme", "notUnknown", 3, "NOT tapisQueue = 'x'"),
                queue("acme", "DefaultQueue", 1, "FALSE")))
        .isEqualTo(DEFAULT);
  }

  @Test
  void aFilterThatIsNoSelectorTakesNoJob() {
    assertThat(
            select(
                JOB,
                queue("acme", "broken", 9, "owner = 'alice' OR"),
                queue("acme", "sound", 2, "owner = 'alice'")))
        .isEqualTo("aloe.jobq.acme.submit.sound");
  }

  @Test
  void queuesOfOtherTenantsAreNotLookedAt() {
    assertThat(select(JOB, queue("other", "all", 9, "TRUE"))).isEqualTo(DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name = 'count words'",
        "uuid = '0f8fad5b'",
        "owner = 'alice' AND createdby = owner",
        "tenant = 'acme' AND tenantId = tenant AND createdbyTenant = tenant",
        "roles LIKE '%staff%'",
        "created = 1000",
        "appId = 'word-count-1.0' AND appName = 'word-count' AND appVersion = '1.0'",
        "archive AND NOT archiveOnAppError",
        "execSystemId = 'cluster' AND systemId = 'cluster' AND executionSystem = 'cluster'",
        "execSystemLogicalQueue IS NULL AND remoteQueue IS NULL AND batchQueue IS NULL",
        "archiveSystemId IS NULL AND archiveSystem IS NULL",
        "archiveSystemDir IS NULL AND archivePath IS NULL",
        "nodeCount = 2 AND coresPerNode = 16 AND processorsPerNode = 16",
        "memoryMB = 1536 AND memoryPerNode = 1.5",
        "maxMinutes = 67 AND maxHours BETWEEN 1.1 AND 1.2",
        "updateToken IS NULL AND NAME IS NULL"
      })
  void filtersNamePropertiesOfTheJob(String filter) {
    assertThat(select(JOB, queue("acme", "q", 2, filter))).isEqualTo("aloe.jobq.acme.submit.q");
  }

  @Test
  void filtersNameWhatOnlySomeJobsHave() {
    Job job =
        JOB.toBuilder()
            .set(Job.Field.CREATED, Instant.ofEpochMilli(2000))
            .set(Job.Field.REMOTE_QUEUE, "normal")
            .set(Job.Field.ARCHIVE_SYSTEM, "store")
            .set(Job.Field.ARCHIVE_PATH, "a/b")
            .set(Job.Field.MAX_HOURS, 1.1)
            .set(Job.Field.APP_ID, "wc")
            .build();

    assertThat(
            select(
                job,
                queue(
                    "acme",
                    "q",
                    2,
                    "created = 2000 AND execSystemLogicalQueue = 'normal' AND remoteQueue ="
                        + " batchQueue AND archiveSystemId = 'store' AND archiveSystem = 'store'"
                        + " AND archiveSystemDir = 'a/b' AND archivePath = 'a/b' AND maxMinutes ="
                        + " 66 AND appName = 'wc' AND appVersion IS NULL")))
        .isEqualTo("aloe.jobq.acme.submit.q");
  }

  @Test
  void namesAreThoseThatStandForSomething() {
    Job job =
        JOB.toBuilder()
            .set(Job.Field.REMOTE_QUEUE, "normal")
            .set(Job.Field.ARCHIVE_SYSTEM, "store")
            .set(Job.Field.ARCHIVE_PATH, "a")
            .build();

    assertThat(JobProperties.names()).hasSize(31).contains("maxMinutes");
    for (String name : JobProperties.names()) {
      assertThat(JobProperties.of(job).apply(name))
          .as(name)
          .isInstanceOfAny(String.class, Boolean.class, Number.class);
    }
  }
}
