package io.jobs4j.adapters.slurm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.adapters.slurm.internal.AttemptSearch.Finding;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.RemoteJob;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptSearchTest {
  private static final int WINDOW = 20;
  private static final int LIMIT = 60;

  @Test
  void aJobIsFoundWhateverElseIsSeen() {
    Sight sight =
        new Sight(new RemoteJob("7", new Attempt("key", "/work")), 1, 0, 0, false, false, "");

    assertThat(search(true).after(sight)).isEqualTo(Finding.FOUND);
  }

  @Test
  void whatNobodyBeganToSubmitIsAbsentAtOnce() {
    assertThat(search(false).after(absent(0, 0, 100))).isEqualTo(Finding.ABSENT);
  }

  @Test
  void afterTheEndOfASubmissionItsJobMayAppearForAWhile() {
    AttemptSearch search = search(true);

    assertThat(search.after(absent(1, 90, 100))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(1, 90, 100 + WINDOW - 1))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(1, 90, 100 + WINDOW))).isEqualTo(Finding.ABSENT);
  }

  @Test
  void aSubmissionThatMayBeUnderWayIsGivenAllItsTime() {
    AttemptSearch search = search(false);

    assertThat(search.after(absent(1, 90, 100))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(1, 90, 90 + LIMIT - 1))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(1, 90, 90 + LIMIT))).isEqualTo(Finding.ABSENT);
  }

  @Test
  void ofAnOldSubmissionTheAbsenceMustLastAllTheSame() {
    AttemptSearch search = search(false);

    assertThat(search.after(absent(1, 0, 1000))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(1, 0, 1000 + WINDOW))).isEqualTo(Finding.ABSENT);
  }

  @Test
  void anAbsenceThatWasInDoubtBeginsAnew() {
    AttemptSearch search = search(true);

    assertThat(search.after(absent(1, 90, 100))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(unseen(1, 110))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(1, 90, 115))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(1, 90, 115 + WINDOW - 1))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(1, 90, 115 + WINDOW))).isEqualTo(Finding.ABSENT);
  }

  @Test
  void somebodyElsesSubmissionMayBeUnderWay() {
    AttemptSearch search = search(true);

    assertThat(search.after(absent(1, 90, 100))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(2, 119, 120))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(2, 119, 119 + LIMIT - 1))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(absent(2, 119, 119 + LIMIT))).isEqualTo(Finding.ABSENT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatCannotBeSeenForLongIsUnknown(boolean ended) {
    AttemptSearch search = search(ended);

    assertThat(search.after(unseen(1, 100))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(unseen(1, 100 + WINDOW - 1))).isEqualTo(Finding.LOOK_AGAIN);
    assertThat(search.after(unseen(1, 100 + WINDOW))).isEqualTo(Finding.UNKNOWN);
  }

  @Test
  void whatNobodyBeganToSubmitIsNotWaitedFor() {
    assertThat(search(false).after(unseen(0, 100))).isEqualTo(Finding.UNKNOWN);
  }

  private static AttemptSearch search(boolean ended) {
    return new AttemptSearch(Duration.ofSeconds(WINDOW), Duration.ofSeconds(LIMIT), ended);
  }

  private static Sight absent(int generation, long intent, long now) {
    return new Sight(null, generation, intent, now, true, false, "");
  }

  private static Sight unseen(int generation, long now) {
    return new Sight(null, generation, 0, now, false, false, "no answer");
  }
}
