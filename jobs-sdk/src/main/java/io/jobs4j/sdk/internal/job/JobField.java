package io.jobs4j.sdk.internal.job;

import static io.jobs4j.sdk.internal.job.FieldType.DECIMAL;
import static io.jobs4j.sdk.internal.job.FieldType.FLAG;
import static io.jobs4j.sdk.internal.job.FieldType.NUMBER;
import static io.jobs4j.sdk.internal.job.FieldType.SMALL_NUMBER;
import static io.jobs4j.sdk.internal.job.FieldType.TEXT;
import static io.jobs4j.sdk.internal.job.FieldType.TIME;
import static io.jobs4j.sdk.internal.job.FieldType.nameOf;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.RemoteOutcome;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every field of a job that is stored, each stated once: the column that it is in, of what type it
 * is, how it is read from a job and given to one, and how changes of it merge. Inserting, selecting
 * and updating jobs follow from this table.
 */
@SuppressWarnings("ImmutableEnumChecker") // Its functions keep nothing.
public enum JobField {
  ID("id", NUMBER, of(JobRecord::id, JobRecord.Builder::id)),
  UUID("uuid", TEXT, of(JobRecord::uuid, JobRecord.Builder::uuid)),
  NAME("name", TEXT, of(JobRecord::name, JobRecord.Builder::name)),
  TENANT_ID("tenant_id", TEXT, of(JobRecord::tenantId, JobRecord.Builder::tenantId)),
  TENANT_QUEUE("tenant_queue", TEXT, of(JobRecord::tenantQueue, JobRecord.Builder::tenantQueue)),
  STATUS(
      "status",
      nameOf(JobStatus.class),
      of(JobRecord::status, JobRecord.Builder::status),
      MergeRule.REPLACE),
  LAST_STATUS_MESSAGE(
      "last_status_message",
      TEXT,
      of(JobRecord::lastStatusMessage, JobRecord.Builder::lastStatusMessage),
      MergeRule.LAST),
  ACCEPTED("accepted", TIME, of(JobRecord::accepted, JobRecord.Builder::accepted)),
  CREATED("created", TIME, of(JobRecord::created, JobRecord.Builder::created), MergeRule.FIRST),
  ENDED("ended", TIME, of(JobRecord::ended, JobRecord.Builder::ended), MergeRule.FIRST),
  LAST_UPDATED(
      "last_updated",
      TIME,
      of(JobRecord::lastUpdated, JobRecord.Builder::lastUpdated),
      MergeRule.REPLACE),
  OWNER("owner", TEXT, of(JobRecord::owner, JobRecord.Builder::owner)),
  ROLES("roles", TEXT, of(JobRecord::roles, JobRecord.Builder::roles)),
  SYSTEM_ID("system_id", TEXT, of(JobRecord::systemId, JobRecord.Builder::systemId)),
  APP_ID("app_id", TEXT, of(JobRecord::appId, JobRecord.Builder::appId)),
  APP_UUID("app_uuid", TEXT, of(JobRecord::appUuid, JobRecord.Builder::appUuid)),
  WORK_PATH(
      "work_path", TEXT, of(JobRecord::workPath, JobRecord.Builder::workPath), MergeRule.LAST),
  ARCHIVE("archive", FLAG, of(JobRecord::archive, JobRecord.Builder::archive)),
  ARCHIVE_ON_APP_ERROR(
      "archive_on_app_error",
      FLAG,
      of(JobRecord::archiveOnAppError, JobRecord.Builder::archiveOnAppError)),
  ARCHIVE_PATH("archive_path", TEXT, of(JobRecord::archivePath, JobRecord.Builder::archivePath)),
  ARCHIVE_SYSTEM(
      "archive_system", TEXT, of(JobRecord::archiveSystem, JobRecord.Builder::archiveSystem)),
  NODE_COUNT("node_count", SMALL_NUMBER, of(JobRecord::nodeCount, JobRecord.Builder::nodeCount)),
  PROCESSORS_PER_NODE(
      "processors_per_node",
      SMALL_NUMBER,
      of(JobRecord::processorsPerNode, JobRecord.Builder::processorsPerNode)),
  MEMORY_PER_NODE(
      "memory_per_node", DECIMAL, of(JobRecord::memoryPerNode, JobRecord.Builder::memoryPerNode)),
  MAX_HOURS("max_hours", DECIMAL, of(JobRecord::maxHours, JobRecord.Builder::maxHours)),
  REMOTE_JOB_ID(
      "remote_job_id",
      TEXT,
      of(JobRecord::remoteJobId, JobRecord.Builder::remoteJobId),
      MergeRule.LAST),
  REMOTE_QUEUE("remote_queue", TEXT, of(JobRecord::remoteQueue, JobRecord.Builder::remoteQueue)),
  REMOTE_SUBMITTED(
      "remote_submitted",
      TIME,
      of(JobRecord::remoteSubmitted, JobRecord.Builder::remoteSubmitted),
      MergeRule.FIRST),
  REMOTE_STARTED(
      "remote_started",
      TIME,
      of(JobRecord::remoteStarted, JobRecord.Builder::remoteStarted),
      MergeRule.FIRST),
  REMOTE_ENDED(
      "remote_ended",
      TIME,
      of(JobRecord::remoteEnded, JobRecord.Builder::remoteEnded),
      MergeRule.FIRST),
  REMOTE_OUTCOME(
      "remote_outcome",
      nameOf(RemoteOutcome.class),
      of(JobRecord::remoteOutcome, JobRecord.Builder::remoteOutcome),
      MergeRule.LAST),
  SUBMIT_RETRIES(
      "submit_retries",
      SMALL_NUMBER,
      of(JobRecord::submitRetries, JobRecord.Builder::submitRetries),
      MergeRule.SUM),
  REMOTE_STATUS_CHECKS(
      "remote_status_checks",
      SMALL_NUMBER,
      of(JobRecord::remoteStatusChecks, JobRecord.Builder::remoteStatusChecks),
      MergeRule.SUM),
  FAILED_STATUS_CHECKS(
      "failed_status_checks",
      SMALL_NUMBER,
      of(JobRecord::failedStatusChecks, JobRecord.Builder::failedStatusChecks),
      MergeRule.SUM),
  LAST_STATUS_CHECK(
      "last_status_check",
      TIME,
      of(JobRecord::lastStatusCheck, JobRecord.Builder::lastStatusCheck),
      MergeRule.LAST),
  BLOCKED_COUNT(
      "blocked_count",
      SMALL_NUMBER,
      of(JobRecord::blockedCount, JobRecord.Builder::blockedCount),
      MergeRule.SUM),
  /** Changed by itself, without a new version. */
  VISIBLE("visible", FLAG, of(JobRecord::visible, JobRecord.Builder::visible)),
  UPDATE_TOKEN("update_token", TEXT, of(JobRecord::updateToken, JobRecord.Builder::updateToken)),
  CONDITION_CODE(
      "condition_code",
      nameOf(ConditionCode.class),
      of(JobRecord::conditionCode, JobRecord.Builder::conditionCode),
      MergeRule.LAST),
  INPUTS(
      Place.PAYLOAD,
      "inputs",
      TEXT,
      of(JobRecord::inputs, JobRecord.Builder::inputs),
      MergeRule.NEVER),
  PARAMETERS(
      Place.PAYLOAD,
      "parameters",
      TEXT,
      of(JobRecord::parameters, JobRecord.Builder::parameters),
      MergeRule.NEVER),

  // What only the engine knows of a job.

  VERSION(
      "version",
      SMALL_NUMBER,
      ofStored(StoredJob::version, StoredJob.Builder::version),
      MergeRule.REPLACE),
  LAST_SEQUENCE(
      "last_sequence",
      NUMBER,
      ofStored(StoredJob::lastSequence, StoredJob.Builder::lastSequence),
      MergeRule.REPLACE),
  HELD_IN(
      "held_in",
      nameOf(JobStatus.class),
      ofStored(StoredJob::heldIn, StoredJob.Builder::heldIn),
      MergeRule.REPLACE),
  /** Changed by itself, with a new version. */
  CANCEL_REQUESTED_BY(
      "cancel_requested_by",
      TEXT,
      ofStored(StoredJob::cancelRequestedBy, StoredJob.Builder::cancelRequestedBy)),
  /** Changed by itself, with a new version. */
  PAUSE_REQUESTED_BY(
      "pause_requested_by",
      TEXT,
      ofStored(StoredJob::pauseRequestedBy, StoredJob.Builder::pauseRequestedBy)),
  ARCHIVED(
      "archived", FLAG, ofStored(StoredJob::archived, StoredJob.Builder::archived), MergeRule.EVER),
  REMOTE_END_MESSAGE(
      "remote_end_message",
      TEXT,
      ofStored(StoredJob::remoteEndMessage, StoredJob.Builder::remoteEndMessage),
      MergeRule.LAST);

  /** All fields, in the order of their declaration. */
  public static final List<JobField> ALL = List.of(values());

  /** Those that {@link JobChange changes} give values to. */
  public static final List<JobField> CHANGING =
      ALL.stream().filter(field -> field.rule != MergeRule.NEVER).toList();

  private final Place place;
  private final String column;
  private final FieldType<?> type;
  private final Function<StoredJob, ? extends @Nullable Object> getter;
  private final BiConsumer<StoredJob.Builder, @Nullable Object> setter;
  private final MergeRule rule;

  <T> JobField(String column, FieldType<T> type, Access<T> access) {
    this(column, type, access, MergeRule.NEVER);
  }

  <T> JobField(String column, FieldType<T> type, Access<T> access, MergeRule rule) {
    this(Place.JOB, column, type, access, rule);
  }

  <T> JobField(Place place, String column, FieldType<T> type, Access<T> access, MergeRule rule) {
    this.place = place;
    this.column = column;
    this.type = type;
    this.getter = access.getter();
    this.setter = (job, value) -> access.setter().accept(job, type.cast(value));
    this.rule = rule;
  }

  /** How a field of a job is read and given. */
  private record Access<T>(
      Function<StoredJob, T> getter, BiConsumer<StoredJob.Builder, @Nullable T> setter) {}

  /** A field that users see too. */
  private static <T> Access<T> of(
      Function<JobRecord, T> getter, BiFunction<JobRecord.Builder, T, JobRecord.Builder> setter) {
    return new Access<>(
        job -> getter.apply(job.job()),
        (job, value) -> {
          JobRecord.Builder unused = setter.apply(job.job(), value);
        });
  }

  /** A field that only the engine knows of. */
  private static <T> Access<T> ofStored(
      Function<StoredJob, T> getter, BiFunction<StoredJob.Builder, T, StoredJob.Builder> setter) {
    return new Access<>(
        getter,
        (job, value) -> {
          StoredJob.Builder unused = setter.apply(job, value);
        });
  }

  /** Where a field is stored. */
  public enum Place {
    /** With all that is small or may change. */
    JOB,
    /** With what is large and is written once. */
    PAYLOAD
  }

  /** The fields of one place, in the order of their declaration. */
  public static List<JobField> in(Place place) {
    return Stream.of(values()).filter(field -> field.place == place).toList();
  }

  public Place place() {
    return place;
  }

  /** The name of the column. */
  public String column() {
    return column;
  }

  public FieldType<?> type() {
    return type;
  }

  /** How changes of it merge. */
  public MergeRule rule() {
    return rule;
  }

  /** The value that a job has. */
  public @Nullable Object get(StoredJob job) {
    return getter.apply(job);
  }

  /** Gives a value to a job that is being built. */
  void set(StoredJob.Builder job, @Nullable Object value) {
    setter.accept(job, value);
  }
}
