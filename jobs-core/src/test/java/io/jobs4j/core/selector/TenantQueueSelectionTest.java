package io.jobs4j.core.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.TenantQueue;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantQueueSelectionTest {
  private static final String DEFAULT = "aloe.jobq.acme.submit.DefaultQueue";
  private static final JobRecord JOB =
      JobRecord.builder()
          .name("count words")
          .tenantId("acme")
          .tenantQueue(DEFAULT)
          .status(JobStatus.ACCEPTED)
          .lastStatusMessage("")
          .accepted(Instant.ofEpochMilli(1000))
          .lastUpdated(Instant.ofEpochMilli(3000))
          .uuid("0f8fad5b")
          .owner("alice")
          .roles("admin,staff")
          .systemId("cluster")
          .appId("word-count-1.0")
          .appUuid("7c9e6679")
          .archive(true)
          .nodeCount(2)
          .processorsPerNode(16)
          .memoryPerNode(1.5)
          .maxHours(3961 / 3600.0)
          .inputs("{}")
          .parameters("{}")
          .updateToken("secret-token")
          .build();

  private static TenantQueue queue(String tenant, String name, int priority, String filter) {
    return new TenantQueue("aloe.jobq." + tenant + ".submit." + name, tenant, priority, filter, 4);
  }

  private static String select(JobRecord job, TenantQueue... queues) {
    return new TenantQueueSelection("acme", List.of(queues)).select(JobProperties.of(job));
  }

  @Test
  void theLargestPriorityNumberComesFirst() {
    TenantQueue low = queue("acme", "low", 2, "nodeCount >= 1");
    TenantQueue high = queue("acme", "high", 10, "nodeCount >= 2");
    TenantQueue fallback = queue("acme", "DefaultQueue", 1, "tenant IS NOT NULL");

    assertThat(select(JOB, low, fallback, high)).isEqualTo(high.name());
    assertThat(select(JOB.toBuilder().nodeCount(1).build(), low, fallback, high))
        .isEqualTo(low.name());
    assertThat(select(JOB.toBuilder().nodeCount(0).build(), low, fallback, high))
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
    JobRecord job =
        JOB.toBuilder()
            .created(Instant.ofEpochMilli(2000))
            .remoteQueue("normal")
            .archiveSystem("store")
            .archivePath("a/b")
            .maxHours(1.1)
            .appId("wc")
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
    JobRecord job =
        JOB.toBuilder().remoteQueue("normal").archiveSystem("store").archivePath("a").build();

    assertThat(JobProperties.names()).hasSize(31).contains("maxMinutes");
    for (String name : JobProperties.names()) {
      assertThat(JobProperties.of(job).apply(name))
          .as(name)
          .isInstanceOfAny(String.class, Boolean.class, Number.class);
    }
  }
}
