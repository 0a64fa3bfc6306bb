package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.job.JobField;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.JobValues;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.sql.Column;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How jobs and rows of the tables {@code job} and {@code job_payload} become each other. All
 * columns follow from {@link JobField}.
 */
final class JobRows {
  /** All fields of jobs, from {@code job j} and {@code job_payload p}. */
  static final String SELECT =
      "SELECT %s FROM {job} j JOIN {job_payload} p ON p.job_id = j.id "
          .formatted(names(JobField.ALL));

  /** What is to be known of jobs to change them, from {@code job j}. */
  static final String SELECT_HEADS = "SELECT %s FROM {job} j ".formatted(names(JobHead.FIELDS));

  /** Rows of {@link #SELECT}. */
  static final RowMapper<StoredJob> STORED = (row, context) -> stored(row);

  /** As {@link #STORED}; none for those that cannot be read. */
  static final RowMapper<Optional<StoredJob>> READABLE =
      (row, context) -> Optional.ofNullable(readable(row));

  private static final Logger log = LoggerFactory.getLogger(JobRows.class);

  private JobRows() {}

  private static String names(List<JobField> fields) {
    return fields.stream()
        .map(field -> (field.place() == JobField.Place.JOB ? "j." : "p.") + field.column())
        .collect(Collectors.joining(", "));
  }

  /** The job in a row of {@link #SELECT}. */
  static StoredJob stored(ResultSet row) throws SQLException {
    return StoredJob.of(values(row, JobField.ALL));
  }

  /**
   * As {@link #stored}; {@code null} if somebody has written there what no job has, such as a state
   * that there is not. Others must not wait for that to be mended.
   */
  static @Nullable StoredJob readable(ResultSet row) throws SQLException {
    try {
      return stored(row);
    } catch (IllegalArgumentException e) {
      log.error(
          "Job {} cannot be read from the database, and rests until it can: {}",
          row.getString(JobField.UUID.column()),
          e.getMessage());
      return null;
    }
  }

  /** The job in a row of {@link #SELECT_HEADS}. */
  static JobHead head(ResultSet row) throws SQLException {
    return JobHead.of(values(row, JobHead.FIELDS));
  }

  private static JobValues values(ResultSet row, List<JobField> fields) throws SQLException {
    JobValues.Editor values = JobValues.editor();
    for (int i = 0; i < fields.size(); i++) {
      JobField field = fields.get(i);
      values.set(field, field.type().fromStored(read(row, i + 1, field)));
    }
    return values.done();
  }

  private static @Nullable Object read(ResultSet row, int index, JobField field)
      throws SQLException {
    return switch (field.type().kind()) {
      case TEXT -> row.getString(index);
      case SMALL_NUMBER -> row.getInt(index);
      case NUMBER -> row.getLong(index);
      case DECIMAL -> row.getDouble(index);
      case FLAG -> row.getBoolean(index);
      case TIME -> Times.instant(row.getObject(index, OffsetDateTime.class));
    };
  }

  /** What a statement is given for the value of a field. */
  static @Nullable Object parameter(JobField field, @Nullable Object value) {
    Object stored = field.type().toStored(value);
    return stored instanceof Instant time ? Times.utc(time) : stored;
  }

  /** What a statement is given for these fields of a job. */
  static @Nullable Object[] parameters(StoredJob job, List<JobField> fields) {
    @Nullable Object[] values = new @Nullable Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      JobField field = fields.get(i);
      values[i] = parameter(field, field.get(job));
    }
    return values;
  }

  /** The columns of these fields. */
  static List<Column> columns(List<JobField> fields) {
    return fields.stream().map(field -> column(field, field.column())).toList();
  }

  /** A column or assignment that takes values of the type of a field. */
  static Column column(JobField field, String name) {
    return switch (field.type().kind()) {
      case TEXT -> Column.text(name);
      case SMALL_NUMBER -> Column.smallNumber(name);
      case NUMBER -> Column.number(name);
      case DECIMAL -> Column.decimal(name);
      case FLAG -> Column.flag(name);
      case TIME -> Column.time(name);
    };
  }
}
