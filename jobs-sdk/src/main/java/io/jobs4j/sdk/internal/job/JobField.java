package io.jobs4j.sdk.internal.job;

import static io.jobs4j.sdk.internal.job.FieldType.FLAG;
import static io.jobs4j.sdk.internal.job.FieldType.NUMBER;
import static io.jobs4j.sdk.internal.job.FieldType.SMALL_NUMBER;
import static io.jobs4j.sdk.internal.job.FieldType.TEXT;
import static io.jobs4j.sdk.internal.job.FieldType.nameOf;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
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
  UUID("uuid", Job.Field.ID),
  NAME("name", Job.Field.NAME),
  TENANT_ID("tenant_id", Job.Field.TENANT_ID),
  TENANT_QUEUE("tenant_queue", Job.Field.TENANT_QUEUE),
  STATUS("status", Job.Field.STATUS, MergeRule.REPLACE),
  LAST_STATUS_MESSAGE("last_status_message", Job.Field.LAST_STATUS_MESSAGE, MergeRule.LAST),
  ACCEPTED("accepted", Job.Field.ACCEPTED),
  CREATED("created", Job.Field.CREATED, MergeRule.FIRST),
  ENDED("ended", Job.Field.ENDED, MergeRule.FIRST),
  LAST_UPDATED("last_updated", Job.Field.LAST_UPDATED, MergeRule.REPLACE),
  OWNER("owner", Job.Field.OWNER),
  ROLES("roles", Job.Field.ROLES),
  SYSTEM_ID("system_id", Job.Field.SYSTEM_ID),
  APP_ID("app_id", Job.Field.APP_ID),
  APP_UUID("app_uuid", Job.Field.APP_UUID),
  WORK_PATH("work_path", Job.Field.WORK_PATH, MergeRule.LAST),
  ARCHIVE("archive", Job.Field.ARCHIVE),
  ARCHIVE_ON_APP_ERROR("archive_on_app_error", Job.Field.ARCHIVE_ON_APP_ERROR),
  ARCHIVE_PATH("archive_path", Job.Field.ARCHIVE_PATH),
  ARCHIVE_SYSTEM("archive_system", Job.Field.ARCHIVE_SYSTEM),
  NODE_COUNT("node_count", Job.Field.NODE_COUNT),
  PROCESSORS_PER_NODE("processors_per_node", Job.Field.PROCESSORS_PER_NODE),
  MEMORY_PER_NODE("memory_per_node", Job.Field.MEMORY_PER_NODE),
  MAX_HOURS("max_hours", Job.Field.MAX_HOURS),
  REMOTE_JOB_ID("remote_job_id", Job.Field.REMOTE_JOB_ID, MergeRule.LAST),
  REMOTE_QUEUE("remote_queue", Job.Field.REMOTE_QUEUE),
  REMOTE_REASON("remote_reason", Job.Field.REMOTE_REASON, MergeRule.LAST),
  REMOTE_SUBMITTED("remote_submitted", Job.Field.REMOTE_SUBMITTED, MergeRule.FIRST),
  REMOTE_STARTED("remote_started", Job.Field.REMOTE_STARTED, MergeRule.FIRST),
  REMOTE_ENDED("remote_ended", Job.Field.REMOTE_ENDED, MergeRule.FIRST),
  REMOTE_OUTCOME("remote_outcome", Job.Field.REMOTE_OUTCOME, MergeRule.LAST),
  SUBMIT_RETRIES("submit_retries", Job.Field.SUBMIT_RETRIES, MergeRule.SUM),
  REMOTE_STATUS_CHECKS("remote_status_checks", Job.Field.REMOTE_STATUS_CHECKS, MergeRule.SUM),
  FAILED_STATUS_CHECKS("failed_status_checks", Job.Field.FAILED_STATUS_CHECKS, MergeRule.SUM),
  LAST_STATUS_CHECK("last_status_check", Job.Field.LAST_STATUS_CHECK, MergeRule.LAST),
  BLOCKED_COUNT("blocked_count", Job.Field.BLOCKED_COUNT, MergeRule.SUM),
  /** Changed by itself, without a new version. */
  VISIBLE("visible", Job.Field.VISIBLE),
  CONDITION_CODE("condition_code", Job.Field.CONDITION_CODE, MergeRule.LAST),
  INPUTS(Place.PAYLOAD, "inputs", Job.Field.INPUTS, MergeRule.NEVER),
  PARAMETERS(Place.PAYLOAD, "parameters", Job.Field.PARAMETERS, MergeRule.NEVER),

  // What only the engine knows of a job.

  ID("id", NUMBER, of(StoredJob::id, StoredJob.Builder::id)),
  VERSION(
      "version",
      SMALL_NUMBER,
      of(StoredJob::version, StoredJob.Builder::version),
      MergeRule.REPLACE),
  LAST_SEQUENCE(
      "last_sequence",
      NUMBER,
      of(StoredJob::lastSequence, StoredJob.Builder::lastSequence),
      MergeRule.REPLACE),
  HELD_IN(
      "held_in",
      nameOf(JobStatus.class),
      of(StoredJob::heldIn, StoredJob.Builder::heldIn),
      MergeRule.REPLACE),
  /** Changed by itself, with a new version. */
  CANCEL_REQUESTED_BY(
      "cancel_requested_by",
      TEXT,
      of(StoredJob::cancelRequestedBy, StoredJob.Builder::cancelRequestedBy)),
  /** Changed by itself, with a new version. */
  PAUSE_REQUESTED_BY(
      "pause_requested_by",
      TEXT,
      of(StoredJob::pauseRequestedBy, StoredJob.Builder::pauseRequestedBy)),
  ARCHIVED("archived", FLAG, of(StoredJob::archived, StoredJob.Builder::archived), MergeRule.EVER),
  REMOTE_END_MESSAGE(
      "remote_end_message",
      TEXT,
      of(StoredJob::remoteEndMessage, StoredJob.Builder::remoteEndMessage),
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

  JobField(String column, Job.Field shown) {
    this(column, shown, MergeRule.NEVER);
  }

  JobField(String column, Job.Field shown, MergeRule rule) {
    this(Place.JOB, column, shown, rule);
  }

  /** A field that users see too. */
  JobField(Place place, String column, Job.Field shown, MergeRule rule) {
    this.place = place;
    this.column = column;
    this.type = FieldType.of(shown);
    this.getter = job -> job.job().get(shown);
    this.setter = (job, value) -> job.shown(shown, value);
    this.rule = rule;
  }

  <T> JobField(String column, FieldType<T> type, Access<T> access) {
    this(column, type, access, MergeRule.NEVER);
  }

  /** A field that only the engine knows of. */
  <T> JobField(String column, FieldType<T> type, Access<T> access, MergeRule rule) {
    this.place = Place.JOB;
    this.column = column;
    this.type = type;
    this.getter = access.getter();
    this.setter = (job, value) -> access.setter().accept(job, type.cast(value));
    this.rule = rule;
  }

  /** How a field of a job is read and given. */
  private record Access<T>(
      Function<StoredJob, T> getter, BiConsumer<StoredJob.Builder, @Nullable T> setter) {}

  private static <T> Access<T> of(
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
