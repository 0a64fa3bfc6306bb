package io.jobs4j.adapters.slurm;

import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how jobs are and how they ended, from all that is known of them: what the queue, the
 * controller and accounting show, and what the batch script has recorded. It asks nothing itself.
 * Safe for use by several threads.
 */
final class Verdicts {
  private static final Logger log = LoggerFactory.getLogger(Verdicts.class);

  /** State words that are warned about. */
  private static final int MOST_UNKNOWN = 100;

  private final Sightings sightings;

  /** State words that were logged because they are not known. */
  private final Set<String> unknownStates = ConcurrentHashMap.newKeySet();

  Verdicts(Sightings sightings) {
    this.sightings = sightings;
  }

  void warnOfUnknown(String stateText) {
    if (unknownStates.size() < MOST_UNKNOWN && unknownStates.add(stateText)) {
      log.warn("Slurm's state {} is not known; jobs in it stay as they are", stateText);
    }
  }

  /** The status of a job that is not over; {@code null} if its state says nothing. */
  @Nullable RemoteStatus active(RemoteJob job, QueueRow row, SlurmState state) {
    return switch (state.meaning) {
      case RUNNING -> RemoteStatus.running(row.start());
      case STANDING -> RemoteStatus.running(row.start()).withReason("Suspended");
      case WAITING, HELD -> {
        PendingReason reason = PendingReason.of(state, row.reason());
        if (reason.kind() == PendingReason.Kind.HOPELESS && sightings.warn(job, reason.word())) {
          log.warn(
              "Job {} of attempt {} waits in vain: {}",
              row.id(),
              job.attempt().key(),
              reason.text(row.id()));
        }
        yield RemoteStatus.queued(reason.text(row.id()));
      }
      default -> null;
    };
  }

  /** What the controller knows of a job that has ended; {@code null} if nothing. */
  static @Nullable ControllerRecord controller(
      Statuses.Unsettled one, RunRecord record, SlurmAnswer.@Nullable Frame shown) {
    QueueRow row = one.row();
    if (shown != null) {
      return shown.code() == 0
          ? ControllerRecord.of(one.asked().id(), one.asked().name(), shown.lines()).orElse(null)
          : null;
    }
    return row != null
            && row.tellsItsEnd()
            && record.endOf(one.asked().id(), row.restarts()) != null
        ? ControllerRecord.ofCompleted(row)
        : null;
  }

  /**
   * Whether to wait for accounting, which may be late, to say who cancelled a job that never ran.
   */
  boolean isAwaited(
      Statuses.Unsettled one, RunRecord record, @Nullable AccountingRecord accounting) {
    QueueRow row = one.row();
    return row != null
        && row.state().filter(state -> state == SlurmState.CANCELLED).isPresent()
        && record.began() == null
        && !record.cancelled()
        && (accounting == null || accounting.end() == null)
        && !sightings.believed(one.asked().job());
  }

  @Nullable RemoteStatus settled(
      Statuses.Unsettled one,
      RunRecord record,
      @Nullable ControllerRecord controller,
      @Nullable AccountingRecord accounting,
      boolean accountsAnswered) {
    RemoteJob job = one.asked().job();
    QueueRow row = one.row();
    int restarts =
        Math.max(sightings.restarts(job, one.asked().id()), row == null ? 0 : row.restarts());
    if (record.owner().equals(one.asked().id())) {
      restarts = Math.max(restarts, record.requeues());
    }
    if (accounting != null) {
      restarts = Math.max(restarts, accounting.restarts());
    }
    SlurmState state =
        row != null
            ? row.state().orElse(null)
            : accounting != null ? accounting.state().orElse(null) : null;
    if (controller != null && row != null) {
      // It was asked later, and the job may have been queued again meanwhile.
      restarts = Math.max(restarts, controller.restarts());
      state = controller.state().orElse(null);
      if (state == null || !state.meaning.isEnd()) {
        if (state == null) {
          warnOfUnknown(controller.stateText());
        }
        // The work directory is told by the next look.
        boolean unused = sightings.alive(job, one.asked().id(), restarts);
        return null;
      }
    }
    if (row != null
        && controller == null
        && state != null
        && state.meaning == SlurmState.Meaning.INTERRUPTED) {
      // Only the controller knows whether it is queued again.
      return null;
    }
    RunRecord.End end = record.endOf(one.asked().id(), restarts);
    if (state != null && state.meaning.isEnd()) {
      boolean again =
          state.meaning == SlurmState.Meaning.INTERRUPTED
              && controller != null
              && controller.requeue()
              && !sightings.believed(job);
      return again
          ? RemoteStatus.queued(state + ": Slurm will queue it again")
          : verdict(
              one.asked(),
              new SlurmOutcome(state, restarts, controller, accounting, record, end),
              accountsAnswered);
    }
    if (row == null && end == null && accounting != null && accounting.state().isEmpty()) {
      warnOfUnknown(accounting.stateText());
      boolean unused = sightings.alive(job, one.asked().id(), restarts);
      return null;
    }
    return row == null
        ? forgotten(
            one.asked(),
            "Slurm does not know job " + one.asked().id() + " any more",
            record,
            end,
            accountsAnswered)
        : null;
  }

  private @Nullable RemoteStatus verdict(
      Statuses.Asked asked, SlurmOutcome outcome, boolean accountsAnswered) {
    return outcome.refusedByClaim()
        ? forgotten(
            asked,
            "Slurm job " + asked.id() + " found the attempt taken by another",
            outcome.record(),
            outcome.end(),
            accountsAnswered)
        : outcome.status();
  }

  /**
   * The status of a job of whose end the work directory alone can tell. While accounting does not
   * answer, which might know that the record is that of an earlier run, it is believed after a time
   * of grace.
   */
  private @Nullable RemoteStatus forgotten(
      Statuses.Asked asked,
      String why,
      RunRecord record,
      RunRecord.@Nullable End end,
      boolean accountsAnswered) {
    if (end != null && (accountsAnswered || sightings.believed(asked.job()))) {
      return new SlurmOutcome(SlurmState.COMPLETED, 0, null, null, record, end).status();
    }
    if (!accountsAnswered) {
      return null;
    }
    if (record.place() == RunRecord.Place.AWAY || !sightings.believed(asked.job())) {
      return null;
    }
    Instant began = record.began();
    return RemoteStatus.lost(
        began,
        why
            + ", and "
            + (record.place() == RunRecord.Place.GONE
                ? "its work directory is gone."
                : began == null ? "its script never started." : "its script left no exit code."));
  }
}
