package io.jobs4j.core.lifecycle;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a history entry or a notification can be about: a change to a {@link JobStatus}, or one of
 * the other events that Agave documents ("Job monitoring", table 2).
 */
public enum JobEventName {
  CREATED,
  UPDATED,
  DELETED,
  PERMISSION_GRANT,
  PERMISSION_REVOKE,
  ACCEPTED,
  PENDING,
  PROCESSING_INPUTS,
  STAGING_INPUTS,
  STAGED,
  STAGING_JOB,
  SUBMITTING,
  QUEUED,
  RUNNING,
  CLEANING_UP,
  ARCHIVING,
  BLOCKED,
  PAUSED,
  FINISHED,
  STOPPED,
  FAILED;

  /** States that Aloe removed ("Deleted Job State") and what stands for them now. */
  private static final Map<String, JobEventName> LEGACY =
      Map.of("KILLED", STOPPED, "ARCHIVING_FINISHED", FINISHED, "ARCHIVING_FAILED", FAILED);

  /** The event that a change to {@code status} is. */
  public static JobEventName of(JobStatus status) {
    return valueOf(status.name());
  }

  /**
   * Understands a name that a client sends, also one that only Agave had. {@code HEARTBEAT} is no
   * event any more, so it has no value here though clients may still subscribe to it.
   *
   * @param name in any case
   * @return empty if no event has that name
   */
  public static Optional<JobEventName> parse(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    for (JobEventName event : values()) {
      if (event.name().equals(upper)) {
        return Optional.of(event);
      }
    }
    return Optional.ofNullable(LEGACY.get(upper));
  }

  /** The state that this event is a change to; empty for the others. */
  public Optional<JobStatus> status() {
    for (JobStatus status : JobStatus.values()) {
      if (status.name().equals(name())) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }
}
