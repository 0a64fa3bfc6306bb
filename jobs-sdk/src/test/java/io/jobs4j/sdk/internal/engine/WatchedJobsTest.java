package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.internal.job.Lease;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WatchedJobsTest {
  private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");
  private static final ExecutionSystem SYSTEM = Samples.system("system", "SCRIPTED", "LOCAL");

  private final WatchedJobs jobs = new WatchedJobs();

  @Test
  void whatIsHeardOfAJobIsLookedAtOnce() {
    WatchedJob job = job("a", 1);
    SystemWatch watch = jobs.add(SYSTEM, job, false);
    assertThat(jobs.add(SYSTEM, job("b", 1), false)).isSameAs(watch);
    assertThat(watch.toLookAt(false)).isEmpty();
    assertThat(jobs.heard("a")).isTrue();
    assertThat(watch.toLookAt(false)).containsExactly(job);
    watch.beginQuery();
    assertThat(watch.isQuerying()).isTrue();
    assertThat(watch.toLookAt(false)).isEmpty();
    assertThat(watch.toLookAt(true)).hasSize(2);
  }

  @Test
  void whatIsHeardTooEarlyIsLookedAtWhenTheJobIsWatched() {
    assertThat(jobs.heard("a")).isFalse();
    WatchedJob job = job("a", 1);
    assertThat(jobs.add(SYSTEM, job, false).toLookAt(false)).containsExactly(job);
    assertThat(jobs.add(SYSTEM, job("b", 1), false).toLookAt(false)).containsExactly(job);
  }

  @Test
  void onlyTheLastOfVeryManyEarlyOnesAreRemembered() {
    for (int i = 0; i <= 10_000; i++) {
      assertThat(jobs.heard("job-" + i)).isFalse();
    }
    assertThat(jobs.add(SYSTEM, job("job-0", 1), false).toLookAt(false)).isEmpty();
    assertThat(jobs.add(SYSTEM, job("job-1", 1), false).toLookAt(false)).hasSize(1);
  }

  @Test
  void aJobThatIsOverIsLookedAtAtOnce() {
    assertThat(jobs.add(SYSTEM, job("a", 1), true).toLookAt(false)).hasSize(1);
  }

  @Test
  void theLastLeaseCountsHoweverLateEarlierOnesCome() {
    WatchedJob first = job("a", 1);
    WatchedJob second = job("a", 2);
    SystemWatch watch = jobs.add(SYSTEM, first, false);
    assertThat(jobs.add(SYSTEM, second, false)).isSameAs(watch);
    assertThat(jobs.add(SYSTEM, job("a", 1), false).jobs()).containsExactly(second);
    assertThat(jobs.leases()).containsExactly(second.lease());
    watch.remove(first);
    assertThat(jobs.count()).as("the other took its place").isEqualTo(1);
    watch.remove(second);
    assertThat(jobs.count()).isZero();
  }

  @Test
  void whatWasHeardOfAJobThatIsWatchedNoMoreIsTakenOut() {
    WatchedJob job = job("a", 1);
    SystemWatch watch = jobs.add(SYSTEM, job, false);
    assertThat(jobs.heard("a")).isTrue();
    assertThat(watch.takeUnwatched()).isEmpty();
    watch.remove(job);
    assertThat(watch.takeUnwatched()).containsExactly("a");
    assertThat(watch.takeUnwatched()).isEmpty();
    jobs.forgetIfEmpty(watch);
    assertThat(jobs.systems()).isEmpty();
  }

  @Test
  void aSystemIsPolledAtTheEarliestTimeAndAnewAfterAnAnswer() {
    SystemWatch watch = jobs.add(SYSTEM, job("a", 1), false);
    assertThat(watch.isPollDue(NOW.plusSeconds(1_000_000))).isFalse();
    watch.pollBy(NOW.plusSeconds(5));
    watch.pollBy(NOW.plusSeconds(60));
    assertThat(watch.untilPoll(NOW)).isEqualTo(Duration.ofSeconds(5));
    assertThat(watch.isPollDue(NOW.plusSeconds(5))).isTrue();
    watch.beginQuery();
    watch.endQuery(true, false, NOW, Duration.ofSeconds(15));
    assertThat(watch.untilPoll(NOW)).as("not all were looked at").hasSeconds(5);
    watch.endQuery(true, true, NOW, Duration.ofSeconds(15));
    assertThat(watch.untilPoll(NOW)).hasSeconds(15);
    assertThat(watch.isQuerying()).isFalse();
  }

  @Test
  void aSystemWithoutAnAnswerIsPolledMoreRarelyUntilThereIsOne() {
    SystemWatch watch = jobs.add(SYSTEM, job("a", 1), false);
    for (long seconds : new long[] {2, 4, 8}) {
      watch.endQuery(false, true, NOW, Duration.ofSeconds(1));
      assertThat(watch.untilPoll(NOW)).hasSeconds(seconds);
    }
    watch.endQuery(true, true, NOW, Duration.ofSeconds(1));
    watch.endQuery(false, false, NOW, Duration.ofSeconds(1));
    assertThat(watch.untilPoll(NOW)).hasSeconds(2);
  }

  private static WatchedJob job(String key, long fence) {
    return new WatchedJob(
        new Lease(1, key, fence, "engine"),
        new RemoteJob("1", new Attempt(key, "/work")),
        RemoteStatus.running(null),
        NOW);
  }
}
