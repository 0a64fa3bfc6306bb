package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.JobOrigin;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.sql.Column;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How job records and rows of the tables {@code job} and {@code job_payload} become each other. */
final class JobRows {
  /** All columns of a {@link StoredJob}, from {@code job j} and {@code job_payload p}. */
  static final String SELECT =
      "SELECT j.*, p.inputs, p.parameters FROM {job} j JOIN {job_payload} p ON p.job_id = j.id ";

  /** Columns of {@code job} that a new job gives, in the order of {@link #values}. */
  static final List<Column> COLUMNS =
      List.of(
          Column.text("uuid"),
          Column.text("name"),
          Column.text("tenant_id"),
          Column.text("tenant_queue"),
          Column.text("status"),
          Column.text("last_status_message"),
          Column.time("accepted"),
          Column.time("created"),
          Column.time("ended"),
          Column.time("last_updated"),
          Column.text("owner"),
          Column.text("roles"),
          Column.text("system_id"),
          Column.text("app_id"),
          Column.text("app_uuid"),
          Column.text("work_path"),
          Column.flag("archive"),
          Column.flag("archive_on_app_error"),
          Column.text("archive_path"),
          Column.text("archive_system"),
          Column.smallNumber("node_count"),
          Column.smallNumber("processors_per_node"),
          Column.decimal("memory_per_node"),
          Column.decimal("max_hours"),
          Column.text("remote_job_id"),
          Column.text("scheduler_job_id"),
          Column.text("remote_queue"),
          Column.time("remote_submitted"),
          Column.time("remote_started"),
          Column.time("remote_ended"),
          Column.text("remote_outcome"),
          Column.smallNumber("submit_retries"),
          Column.smallNumber("remote_status_checks"),
          Column.smallNumber("failed_status_checks"),
          Column.time("last_status_check"),
          Column.smallNumber("blocked_count"),
          Column.flag("visible"),
          Column.text("update_token"),
          Column.text("condition_code"),
          Column.smallNumber("version"),
          Column.number("last_sequence"),
          Column.flag("archived"));

  private JobRows() {}

  static StoredJob stored(ResultSet row) throws SQLException {
    return new StoredJob(
        record(row),
        row.getInt("version"),
        enumOrNull(JobStatus.class, row.getString("held_in")),
        row.getString("cancel_requested_by"),
        row.getString("pause_requested_by"),
        row.getBoolean("archived"),
        row.getString("remote_end_message"));
  }

  static JobHead head(ResultSet row) throws SQLException {
    return new JobHead(
        row.getLong("id"),
        row.getString("uuid"),
        JobStatus.valueOf(row.getString("status")),
        enumOrNull(JobStatus.class, row.getString("held_in")),
        row.getInt("version"),
        row.getLong("last_sequence"),
        time(row, "last_updated"),
        row.getString("cancel_requested_by"),
        row.getString("pause_requested_by"),
        -1,
        enumOrNull(ConditionCode.class, row.getString("condition_code")),
        row.getInt("blocked_count") > 0,
        new JobOrigin(
            row.getString("tenant_id"),
            row.getString("owner"),
            row.getString("app_id"),
            row.getString("system_id")));
  }

  static JobRecord record(ResultSet row) throws SQLException {
    return JobRecord.builder()
        .id(row.getLong("id"))
        .uuid(row.getString("uuid"))
        .name(row.getString("name"))
        .tenantId(row.getString("tenant_id"))
        .tenantQueue(row.getString("tenant_queue"))
        .status(JobStatus.valueOf(row.getString("status")))
        .lastStatusMessage(row.getString("last_status_message"))
        .accepted(time(row, "accepted"))
        .created(timeOrNull(row, "created"))
        .ended(timeOrNull(row, "ended"))
        .lastUpdated(time(row, "last_updated"))
        .owner(row.getString("owner"))
        .roles(row.getString("roles"))
        .systemId(row.getString("system_id"))
        .appId(row.getString("app_id"))
        .appUuid(row.getString("app_uuid"))
        .workPath(row.getString("work_path"))
        .archive(row.getBoolean("archive"))
        .archiveOnAppError(row.getBoolean("archive_on_app_error"))
        .archivePath(row.getString("archive_path"))
        .archiveSystem(row.getString("archive_system"))
        .nodeCount(row.getInt("node_count"))
        .processorsPerNode(row.getInt("processors_per_node"))
        .memoryPerNode(row.getDouble("memory_per_node"))
        .maxHours(row.getDouble("max_hours"))
        .inputs(row.getString("inputs"))
        .parameters(row.getString("parameters"))
        .remoteJobId(row.getString("remote_job_id"))
        .schedulerJobId(row.getString("scheduler_job_id"))
        .remoteQueue(row.getString("remote_queue"))
        .remoteSubmitted(timeOrNull(row, "remote_submitted"))
        .remoteStarted(timeOrNull(row, "remote_started"))
        .remoteEnded(timeOrNull(row, "remote_ended"))
        .remoteOutcome(enumOrNull(RemoteOutcome.class, row.getString("remote_outcome")))
        .submitRetries(row.getInt("submit_retries"))
        .remoteStatusChecks(row.getInt("remote_status_checks"))
        .failedStatusChecks(row.getInt("failed_status_checks"))
        .lastStatusCheck(timeOrNull(row, "last_status_check"))
        .blockedCount(row.getInt("blocked_count"))
        .visible(row.getBoolean("visible"))
        .updateToken(row.getString("update_token"))
        .conditionCode(enumOrNull(ConditionCode.class, row.getString("condition_code")))
        .build();
  }

  /** The row of a new job with its first history entry, without its number. */
  static @Nullable Object[] values(JobRecord job) {
    return new @Nullable Object[] {
      job.uuid(),
      job.name(),
      job.tenantId(),
      job.tenantQueue(),
      job.status().name(),
      job.lastStatusMessage(),
      utc(job.accepted()),
      utc(job.created()),
      utc(job.ended()),
      utc(job.lastUpdated()),
      job.owner(),
      job.roles(),
      job.systemId(),
      job.appId(),
      job.appUuid(),
      job.workPath(),
      job.archive(),
      job.archiveOnAppError(),
      job.archivePath(),
      job.archiveSystem(),
      job.nodeCount(),
      job.processorsPerNode(),
      job.memoryPerNode(),
      job.maxHours(),
      job.remoteJobId(),
      job.schedulerJobId(),
      job.remoteQueue(),
      utc(job.remoteSubmitted()),
      utc(job.remoteStarted()),
      utc(job.remoteEnded()),
      name(job.remoteOutcome()),
      job.submitRetries(),
      job.remoteStatusChecks(),
      job.failedStatusChecks(),
      utc(job.lastStatusCheck()),
      job.blockedCount(),
      job.visible(),
      job.updateToken(),
      name(job.conditionCode()),
      0,
      1L,
      false
    };
  }

  static @Nullable OffsetDateTime utc(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }

  static @Nullable String name(@Nullable Enum<?> value) {
    return value == null ? null : value.name();
  }

  static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static <E extends Enum<E>> @Nullable E enumOrNull(Class<E> type, @Nullable String name) {
    return name == null ? null : Enum.valueOf(type, name);
  }
}
