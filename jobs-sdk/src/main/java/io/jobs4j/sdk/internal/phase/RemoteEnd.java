package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.model.RunTimes;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteUsage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows from how a job ended on its execution system. */
public final class RemoteEnd {
  private RemoteEnd() {}

  /**
   * The change for a job that is over there.
   *
   * @param cancelRequestedBy who asked to cancel it; {@code null} if nobody did. A cancelled job is
   *     {@code STOPPED} however it ended.
   */
  public static JobChange of(
      StoredJob stored, RemoteStatus status, @Nullable String cancelRequestedBy) {
    Instant known = stored.job().remoteStarted();
    Instant started = known == null ? status.started() : known;
    Instant ended = status.ended();
    if (started != null && ended != null && ended.isBefore(started)) {
      // A clock was set back meanwhile.
      ended = started;
    }
    JobChange times = JobChange.NONE.remoteReason("").remoteStarted(started).remoteEnded(ended);
    if (cancelRequestedBy != null) {
      return times
          .then(stopped(cancelRequestedBy).steps())
          .conditionCode(ConditionCode.CANCELLED_BY_USER);
    }
    Job job = stored.job();
    RemoteOutcome outcome = outcome(job, status);
    String message = message(job, status);
    ConditionCode code = code(status);
    JobChange over =
        times
            .remoteOutcome(outcome)
            .remoteEndMessage(message)
            .conditionCode(code)
            .then(JobStatus.CLEANING_UP, withUsage(message, status.usage()));
    // What a preparation said is read from its files by the next phase.
    return failedInPreparation(code)
        ? over
        : over.then(afterCleanUp(job, outcome, message).steps());
  }

  /** Whether the job ended before its application began. */
  static boolean failedInPreparation(@Nullable ConditionCode code) {
    return code == ConditionCode.JOB_STARTUP_SCRIPT_FAILED
        || code == ConditionCode.JOB_MODULES_FAILED;
  }

  /** What comes after {@code CLEANING_UP}. */
  static JobChange afterCleanUp(Job job, RemoteOutcome outcome, String message) {
    boolean archives = job.archive() && outcome != RemoteOutcome.FAILED_SKIP_ARCHIVE;
    if (archives) {
      return JobChange.to(JobStatus.ARCHIVING, JobStatus.ARCHIVING.description());
    }
    if (outcome == RemoteOutcome.FINISHED) {
      return JobChange.to(JobStatus.FINISHED, "Job completed. Skipping archiving at user request.");
    }
    return JobChange.to(
        JobStatus.FAILED,
        Sentences.of(message, notArchived(job), "Its work directory is " + job.workPath() + "."));
  }

  private static String maxRunTime(Job job) {
    Duration limit = job.maxRunTime();
    return limit == null ? "no limit" : RunTimes.format(limit);
  }

  /** Why a job that archives did not. */
  private static String notArchived(Job job) {
    if (!job.archive()) {
      return "";
    }
    return job.archiveOnAppError()
        ? "Its output was not archived, because nobody knows whether it is complete."
        : "Its output was not archived, because archiveOnAppError is false.";
  }

  /** The end of a cancelled job. */
  static JobChange stopped(String user) {
    return JobChange.NONE
        .then(new JobChange.Step(JobStatus.STOPPED, "Job cancelled by " + user + ".", user, null))
        .conditionCode(ConditionCode.CANCELLED_BY_USER);
  }

  private static RemoteOutcome outcome(Job job, RemoteStatus status) {
    if (status.succeeded()) {
      return RemoteOutcome.FINISHED;
    }
    boolean lost = status.state() == RemoteStatus.State.LOST;
    return job.archiveOnAppError() && !lost
        ? RemoteOutcome.FAILED
        : RemoteOutcome.FAILED_SKIP_ARCHIVE;
  }

  private static ConditionCode code(RemoteStatus status) {
    if (status.succeeded()) {
      return ConditionCode.NORMAL_COMPLETION;
    }
    return switch (status.cause()) {
      case NONE, EXITED -> ConditionCode.JOB_REMOTE_OUTCOME_ERROR;
      case STARTUP_SCRIPT -> ConditionCode.JOB_STARTUP_SCRIPT_FAILED;
      case MODULES -> ConditionCode.JOB_MODULES_FAILED;
      case SIGNALLED, SYSTEM_FAILURE -> ConditionCode.SCHEDULER_TERMINATED;
      case TIME_LIMIT -> ConditionCode.SCHEDULER_TIMEOUT;
      case OUT_OF_MEMORY -> ConditionCode.SCHEDULER_OUT_OF_MEMORY;
      case CANCELLED -> ConditionCode.SCHEDULER_CANCELLED;
    };
  }

  private static String message(Job job, RemoteStatus status) {
    if (status.succeeded()) {
      return JobStatus.CLEANING_UP.description();
    }
    if (status.state() == RemoteStatus.State.LOST) {
      return Sentences.of(
          "The job is gone from %s and left no trace of how it ended.".formatted(job.systemId()),
          status.reason());
    }
    String what =
        switch (status.cause()) {
          case NONE, EXITED -> "Application exited with code " + status.exitCode().orElse(-1) + ".";
          case STARTUP_SCRIPT ->
              "The application did not run, because the startup script of %s ended the job."
                  .formatted(job.systemId());
          case MODULES -> "The application did not run, because its modules could not be loaded.";
          case SIGNALLED ->
              "Application was ended by "
                  + (status.signal().isPresent()
                      ? "signal " + status.signal().getAsInt()
                      : "a signal")
                  + ".";
          case TIME_LIMIT ->
              "Application was ended because it ran longer than its maxRunTime of %s."
                  .formatted(maxRunTime(job));
          case OUT_OF_MEMORY -> "Application was ended because it used too much memory.";
          case CANCELLED -> "The job was cancelled on the execution system.";
          case SYSTEM_FAILURE -> "The execution system failed under the job.";
        };
    return Sentences.of(what, status.reason());
  }

  /** With a sentence on what the job used, as far as its scheduler says. */
  private static String withUsage(String message, @Nullable RemoteUsage usage) {
    if (usage == null) {
      return message;
    }
    List<String> parts = new ArrayList<>();
    if (usage.elapsed() != null) {
      parts.add("ran for " + RunTimes.format(usage.elapsed()));
    }
    if (usage.cpuTime() != null) {
      parts.add("used %s of processor time".formatted(RunTimes.format(usage.cpuTime())));
    }
    if (usage.maxMemory().isPresent()) {
      parts.add("held at most %s MiB".formatted((usage.maxMemory().getAsLong() >> 20)));
    }
    if (!usage.nodes().isBlank()) {
      parts.add("was on " + usage.nodes());
    }
    return parts.isEmpty()
        ? message
        : Sentences.of(message, "It " + String.join(", ", parts) + ".");
  }
}
