package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.internal.job.Lease;
import org.junit.jupiter.api.Test;

class InFlightJobsTest {
  private static final Lease FIRST = new Lease(1, "job", 1, "engine");
  private static final Lease SECOND = new Lease(1, "job", 3, "engine");

  private final InFlightJobs jobs = new InFlightJobs();

  @Test
  void aLeaseBeginsWithNothingThatWasKnownUnderAnEarlierOne() {
    jobs.begin(FIRST);
    jobs.of(FIRST).staged();
    jobs.cancelRequested("job");
    assertThat(jobs.of(FIRST).isStaged()).isTrue();
    assertThat(jobs.of(FIRST).cancelled()).isTrue();
    jobs.begin(SECOND);
    assertThat(jobs.of(SECOND).isStaged()).isFalse();
    assertThat(jobs.of(SECOND).cancelled()).isFalse();
  }

  @Test
  void whatAnOutdatedLeaseStillSaysReachesNobody() {
    jobs.begin(FIRST);
    jobs.begin(SECOND);
    jobs.of(FIRST).staged();
    jobs.of(FIRST).cancelled().set(true);
    assertThat(jobs.of(SECOND).isStaged()).isFalse();
    assertThat(jobs.of(SECOND).cancelled()).isFalse();
    jobs.begin(FIRST);
    jobs.end(FIRST);
    jobs.cancelRequested("job");
    assertThat(jobs.of(SECOND).cancelled()).isTrue();
  }

  @Test
  void whatHasEndedIsForgotten() {
    jobs.begin(FIRST);
    jobs.of(FIRST).staged();
    jobs.end(FIRST);
    assertThat(jobs.of(FIRST).isStaged()).isFalse();
    jobs.cancelRequested("job");
    assertThat(jobs.of(FIRST).cancelled()).isFalse();
  }
}
