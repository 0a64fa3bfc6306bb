package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Jobs that are paused and that their schedulers have. Safe for use by several threads. Methods
 * throw {@link io.jobs4j.sdk.StoreException} when the database fails.
 */
public final class PausedTable {
  private final StoreWriter writer;
  private final StoreReader reader;

  PausedTable(StoreWriter writer, StoreReader reader) {
    this.writer = writer;
    this.reader = reader;
  }

  /**
   * Paused jobs that their schedulers have and nobody works on, in the order of their sequence
   * numbers.
   *
   * @param after the sequence number to begin behind
   */
  public List<StoredJob> resting(long after, int limit) {
    return reader.read(
        handle ->
            handle
                .createQuery(
                    JobRows.SELECT
                        + """
                WHERE j.id IN (
                  SELECT q.job_id FROM {job_queue} q JOIN {job} p ON p.id = q.job_id
                  WHERE q.state = 'I' AND q.job_id > :after AND p.status = :paused
                    AND p.held_in IN (:queued, :running) AND p.pause_requested_by IS NOT NULL
                  ORDER BY q.job_id LIMIT :limit)
                ORDER BY j.id""")
                .bind("after", after)
                .bind("paused", JobStatus.PAUSED.name())
                .bind("queued", JobStatus.QUEUED.name())
                .bind("running", JobStatus.RUNNING.name())
                .bind("limit", limit)
                .map(JobRows.READABLE)
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList());
  }

  /**
   * Makes those of the jobs ready that still rest and that nobody has locked, for a worker to see
   * to it that they are held; returns how many.
   */
  public int ready(Collection<Long> jobIds) {
    return writer.write(session -> ready(session, jobIds));
  }

  private static int ready(EngineSession session, Collection<Long> jobIds) throws SQLException {
    List<Long> resting = new ArrayList<>();
    PreparedStatement select =
        session.lockFirst(
            "{job_queue}", "job_id", "job_id", "state = 'I' AND job_id = ANY(?)", "job_id");
    select.setArray(1, session.numbers(jobIds));
    select.setInt(2, jobIds.size());
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        resting.add(rows.getLong(1));
      }
    }
    if (resting.isEmpty()) {
      return 0;
    }
    PreparedStatement update =
        session.statement(
            """
            UPDATE {job_queue} SET state = 'R', engine = NULL, due_at = NULL
            WHERE job_id = ANY(?) AND state = 'I'""");
    update.setArray(1, session.numbers(resting));
    int ready = update.executeUpdate();
    if (ready > 0) {
      session.announcements().ready();
    }
    return ready;
  }
}
