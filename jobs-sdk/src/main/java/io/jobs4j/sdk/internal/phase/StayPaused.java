package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.internal.job.JobChange;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a paused job again that its scheduler has and that is not held any more. That comes of an
 * engine that stood still within a call that was to let the job go on, and made it after others had
 * taken over. Who finds such jobs makes them ready.
 */
public final class StayPaused implements Phase {
  private static final Logger log = LoggerFactory.getLogger(StayPaused.class);

  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    if (!context.stored().activeStatus().isExecuting()) {
      return new PhaseResult.WaitUntil(null, JobChange.NONE);
    }
    RemoteJob job = context.remoteJob();
    try {
      RemoteScheduler scheduler = context.systems().scheduler(context.system());
      RemoteStatus status = scheduler.statuses(List.of(job)).get(job);
      if (status != null && !status.isOver() && Boolean.FALSE.equals(status.held())) {
        context.leaseCheck().run();
        log.warn("Job {} is not held and should be; it is held again", context.job().id());
        scheduler.hold(job);
      }
    } catch (JobsException e) {
      // It is looked at again, and the user waits for nothing.
      log.warn("Paused job {} could not be looked at: {}", context.job().id(), e.getMessage());
    }
    return new PhaseResult.WaitUntil(null, JobChange.NONE);
  }
}
