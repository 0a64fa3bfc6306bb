package io.jobs4j.sdk.internal.phase;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteUsage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.store.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of how a job ended: sentences that are true. */
class RemoteEndTest {
  private static final Instant TIME = Instant.parse("2030-01-02T03:04:05.678Z");

  private static final String WHERE = " Its work directory is /work/job.";

  @Test
  void aLostJobIsNotArchivedWhateverItsRequestSays() {
    RemoteStatus lost = RemoteStatus.lost(null, "Its processes left no exit code");
    String gone =
        "The job is gone from cluster and left no trace of how it ended. Its processes left no exit"
            + " code.";
    assertThat(messages(job(true, true), lost))
        .containsExactly(
            "CLEANING_UP: " + gone,
            "FAILED: "
                + gone
                + " Its output was not archived, because nobody knows whether it is complete."
                + WHERE);
    assertThat(messages(job(true, false), lost))
        .last()
        .isEqualTo(
            "FAILED: "
                + gone
                + " Its output was not archived, because archiveOnAppError is false."
                + WHERE);
    assertThat(messages(job(false, true), lost)).last().isEqualTo("FAILED: " + gone + WHERE);
    assertThat(messages(job(false, false), RemoteStatus.lost(null, "")))
        .last()
        .isEqualTo(
            "FAILED: The job is gone from cluster and left no trace of how it ended." + WHERE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SIGNALLED | 9 | `` | Application was ended by signal 9.",
        "SIGNALLED | -1 | `` | Application was ended by a signal.",
        "TIME_LIMIT | 15 | `` | Application was ended because it ran longer than its maxRunTime of"
            + " 01:30:00.",
        "OUT_OF_MEMORY | -1 | step 1 | Application was ended because it used too much memory. step"
            + " 1.",
        "CANCELLED | -1 | It was cancelled by uid 0. | The job was cancelled on the execution"
            + " system. It was cancelled by uid 0.",
        "SYSTEM_FAILURE | -1 | A node of it failed | The execution system failed under the job. A"
            + " node of it failed.",
      })
  void endsThatAreKnownAreNamed(Cause cause, int signal, String reason, String message) {
    OptionalInt number = signal < 0 ? OptionalInt.empty() : OptionalInt.of(signal);
    RemoteStatus status = RemoteStatus.endedBy(cause, number, TIME, TIME, reason);
    assertThat(messages(job(false, false), status))
        .containsExactly("CLEANING_UP: " + message, "FAILED: " + message + WHERE);
    assertThat(messages(job(true, true), status))
        .containsExactly(
            "CLEANING_UP: " + message, "ARCHIVING: " + JobStatus.ARCHIVING.description());
  }

  @Test
  void exitCodesAndWhatWasUsedAreTold() {
    RemoteStatus status =
        RemoteStatus.exited(2, TIME, TIME)
            .withUsage(
                new RemoteUsage(
                    Duration.ofSeconds(75),
                    Duration.ofHours(2),
                    OptionalLong.of(5L << 20),
                    "node[1-2]"));
    assertThat(messages(job(true, false), status))
        .containsExactly(
            "CLEANING_UP: Application exited with code 2. It ran for 00:01:15, used 02:00:00 of"
                + " processor time, held at most 5 MiB, was on node[1-2].",
            "FAILED: Application exited with code 2. Its output was not archived, because"
                + " archiveOnAppError is false."
                + WHERE);
    RemoteUsage unknown = new RemoteUsage(null, null, OptionalLong.empty(), " ");
    assertThat(messages(job(false, false), RemoteStatus.exited(0, TIME, TIME).withUsage(unknown)))
        .containsExactly(
            "CLEANING_UP: " + JobStatus.CLEANING_UP.description(),
            "FINISHED: Job completed. Skipping archiving at user request.");
  }

  @Test
  void aCancelledJobIsStoppedHoweverItEnded() {
    JobChange change = RemoteEnd.of(job(true, true), RemoteStatus.lost(null, ""), "bob");
    assertThat(told(change)).containsExactly("STOPPED: Job cancelled by bob.");
  }

  private static List<String> messages(StoredJob job, RemoteStatus status) {
    return told(RemoteEnd.of(job, status, null));
  }

  private static List<String> told(JobChange change) {
    return change.steps().stream().map(step -> step.status() + ": " + step.message()).toList();
  }

  private static StoredJob job(boolean archive, boolean archiveOnAppError) {
    return StoredJob.ofNew(
        7,
        Stored.job().toBuilder()
            .set(Job.Field.STATUS, JobStatus.RUNNING)
            .set(Job.Field.SYSTEM_ID, "cluster")
            .set(Job.Field.ACCEPTED, TIME)
            .set(Job.Field.LAST_UPDATED, TIME)
            .set(Job.Field.WORK_PATH, "/work/job")
            .set(Job.Field.ARCHIVE, archive)
            .set(Job.Field.ARCHIVE_ON_APP_ERROR, archiveOnAppError)
            .set(Job.Field.MAX_HOURS, 1.5)
            .build());
  }
}
