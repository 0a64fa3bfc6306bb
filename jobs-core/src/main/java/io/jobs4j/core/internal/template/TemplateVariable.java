package io.jobs4j.core.internal.template;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RunTimes;
import io.jobs4j.core.wire.JobLinks;
import io.jobs4j.core.wire.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The variables of URL templates. The first thirteen are documented (Tapis, "Job monitoring", table
 * 3; Aloe, "Submission Request Parameters"), the others are those that Agave understands as well.
 * Times are ISO 8601 in UTC.
 *
 * <p>Left out of what Agave understands: {@code JOB_INPUTS}, {@code JOB_PARAMETERS}, {@code
 * JOB_JSON} and {@code RAW_JSON}, which have no bounded length and would put what a user gave to an
 * application into the logs of whoever serves the URL (the body of the call has them); and {@code
 * PERMISSION_ID}, {@code PERMISSION}, {@code USERNAME}, {@code LASTUPDATED} and {@code JSON}, which
 * are about a permission and not about the job.
 */
public enum TemplateVariable {
  /** UUID of the job. */
  UUID,
  /** Name of the event. */
  EVENT,
  /** Status of the job at the time of the event. */
  JOB_STATUS,
  /** URL of the job in the API; empty if there is no API. */
  JOB_URL,
  /** UUID of the job. */
  JOB_ID,
  /** Id of the execution system. */
  JOB_SYSTEM,
  /** Name that the user gave the job. */
  JOB_NAME,
  /** When the job started running. */
  JOB_START_TIME,
  /** When the job stopped running; for a job that never ran, when it ended. */
  JOB_END_TIME,
  /** When the user submitted the job. */
  JOB_SUBMIT_TIME,
  /** Path of the output on the archive system. */
  JOB_ARCHIVE_PATH,
  /** URL in the API that lists the output; empty if there is no API. */
  JOB_ARCHIVE_URL,
  /** Why the job failed; empty if it did not. */
  JOB_ERROR,

  /** User who submitted the job. */
  OWNER,
  /** User who submitted the job. */
  JOB_OWNER,
  /** Tenant of the owner. */
  JOB_TENANT,
  /** Id of the application. */
  APP_ID,
  /** Id of the application. */
  JOB_APP_ID,
  /** Id of the application. */
  JOB_APPID,
  /** Id of the execution system. */
  JOB_EXECUTION_SYSTEM,
  /** Queue on the execution system. */
  JOB_BATCH_QUEUE,
  /** Id of the job on the execution system. */
  JOB_LOCAL_ID,
  /** When the job became visible. */
  JOB_CREATED,
  /** Same as {@link #JOB_START_TIME}. */
  JOB_STARTTIME,
  /** Same as {@link #JOB_END_TIME}. */
  JOB_ENDTIME,
  /** Same as {@link #JOB_SUBMIT_TIME}. */
  JOB_SUBMITTIME,
  /** Longest run time as {@code HH:mm:ss}; empty if unlimited. */
  JOB_MAX_RUNTIME,
  /** Longest run time in milliseconds; empty if unlimited. */
  JOB_MAX_RUNTIME_MILLISECONDS,
  /** GB on each node. */
  JOB_MEMORY_PER_NODE,
  /** Nodes. */
  JOB_NODE_COUNT,
  /** Processors on each node. */
  JOB_PROCESSORS_PER_NODE,
  /** Where the output is: the archive path, or the work path of a job that does not archive. */
  JOB_OUTPUT_PATH,
  /** Whether the job archives: true or false. */
  JOB_ARCHIVE,
  /** Id of the archive system. */
  JOB_ARCHIVE_SYSTEM,
  /** Same as {@link #JOB_ARCHIVE_PATH}. */
  JOB_ARCHIVEPATH,
  /** Same as {@link #JOB_ARCHIVE_URL}. */
  JOB_ARCHIVEURL;

  private static final String NAMES =
      Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));

  static Optional<TemplateVariable> named(String name) {
    return Arrays.stream(values()).filter(variable -> variable.name().equals(name)).findFirst();
  }

  /** All names, for messages. */
  static String names() {
    return NAMES;
  }

  /** The value, not encoded; null if the job has none. */
  @Nullable String value(Job job, String event, @Nullable JobLinks links) {
    Duration maxRunTime = job.maxRunTime();
    return switch (this) {
      case UUID, JOB_ID -> job.id();
      case EVENT -> event;
      case JOB_STATUS -> job.status().name();
      case JOB_URL -> links == null ? null : links.job(job.id());
      case JOB_ARCHIVE_URL, JOB_ARCHIVEURL -> links == null ? null : links.outputs(job.id());
      case JOB_SYSTEM, JOB_EXECUTION_SYSTEM -> job.systemId();
      case JOB_NAME -> job.name();
      case JOB_START_TIME, JOB_STARTTIME -> time(job.remoteStarted());
      case JOB_END_TIME, JOB_ENDTIME ->
          time(job.remoteEnded() == null ? job.ended() : job.remoteEnded());
      case JOB_SUBMIT_TIME, JOB_SUBMITTIME -> time(job.accepted());
      case JOB_CREATED -> time(job.created());
      case JOB_ARCHIVE_PATH, JOB_ARCHIVEPATH -> job.archivePath();
      case JOB_ARCHIVE_SYSTEM -> job.archiveSystem();
      case JOB_ARCHIVE -> Boolean.toString(job.archive());
      case JOB_ERROR -> job.status() == JobStatus.FAILED ? job.lastStatusMessage() : null;
      case OWNER, JOB_OWNER -> job.owner();
      case JOB_TENANT -> job.tenantId();
      case APP_ID, JOB_APP_ID, JOB_APPID -> job.appId();
      case JOB_BATCH_QUEUE -> job.remoteQueue();
      case JOB_LOCAL_ID -> job.remoteJobId();
      case JOB_MAX_RUNTIME -> maxRunTime == null ? null : RunTimes.format(maxRunTime);
      case JOB_MAX_RUNTIME_MILLISECONDS ->
          maxRunTime == null ? null : Long.toString(maxRunTime.toMillis());
      case JOB_MEMORY_PER_NODE -> Double.toString(job.memoryPerNode());
      case JOB_NODE_COUNT -> Integer.toString(job.nodeCount());
      case JOB_PROCESSORS_PER_NODE -> Integer.toString(job.processorsPerNode());
      case JOB_OUTPUT_PATH -> job.outputPath();
    };
  }

  private static @Nullable String time(@Nullable Instant time) {
    return time == null ? null : Timestamps.format(time);
  }
}
