package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which phase is due for a job: that of its state, unless a user wants something else of it. A
 * cancel comes before all others. Stateless, as the phases are; safe for use by several threads.
 */
public final class Phases {
  private final Map<JobStatus, Phase> byStatus = new EnumMap<>(JobStatus.class);
  private final Phase cancel = new Cancel();
  private final Phase pause = new Pause();
  private final Phase resume = new Resume();
  private final Phase stayPaused = new StayPaused();

  /** One of each phase. */
  public Phases() {
    byStatus.put(JobStatus.ACCEPTED, new Admit());
    byStatus.put(JobStatus.PENDING, new BeginInputs());
    byStatus.put(JobStatus.PROCESSING_INPUTS, new ProcessInputs());
    byStatus.put(JobStatus.STAGING_INPUTS, new StageInputs());
    byStatus.put(JobStatus.STAGED, new BeginJobStaging());
    byStatus.put(JobStatus.STAGING_JOB, new StageJob());
    byStatus.put(JobStatus.SUBMITTING, new Submit());
    byStatus.put(JobStatus.QUEUED, new Watch());
    byStatus.put(JobStatus.RUNNING, new Watch());
    byStatus.put(JobStatus.CLEANING_UP, new CleanUp());
    byStatus.put(JobStatus.ARCHIVING, new Archive());
  }

  /**
   * The phase that is due.
   *
   * @param cancels whether the job is to be cancelled
   * @return {@code null} if nothing is to be done but to go on in the state that a blocked job was
   *     in
   * @throws IllegalStateException if the job is over
   */
  public @Nullable Phase due(StoredJob stored, boolean cancels) {
    JobStatus status = stored.job().status();
    boolean pauses = stored.pauseRequestedBy() != null;
    if (cancels) {
      return cancel;
    } else if (status == JobStatus.PAUSED) {
      // Paused, it waits for a person.
      return pauses ? stayPaused : resume;
    } else if (pauses && status.isVisible() && status != JobStatus.SUBMITTING) {
      return pause;
    } else if (status == JobStatus.BLOCKED) {
      return null;
    }
    Phase phase = byStatus.get(status);
    if (phase == null) {
      throw new IllegalStateException("nothing is to be done for a job that is " + status);
    }
    return phase;
  }
}
