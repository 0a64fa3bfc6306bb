package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.cluster.Membership;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What users want done to jobs: cancelled, paused or resumed. It is noted beside the job, for
 * whoever works on it or will. Safe for use by several threads. Methods throw {@link
 * io.jobs4j.sdk.StoreException} when the database fails.
 */
public final class Requests {
  private final StoreWriter writer;
  private final StoreReader reader;
  private final JobCache cache;
  private final Membership membership;

  Requests(StoreWriter writer, StoreReader reader, JobCache cache, Membership membership) {
    this.writer = writer;
    this.reader = reader;
    this.cache = cache;
    this.membership = membership;
  }

  /**
   * Notes who wants a job cancelled and makes it ready. Asking again changes nothing.
   *
   * @return the state it was in, and whether that changed anything
   */
  public Requested cancel(String uuid, String user) {
    return writer.write(
        session -> {
          LockedJob job = lock(session, uuid);
          boolean isNew = !job.status().isTerminal() && job.cancelledBy() == null;
          if (isNew) {
            request(session, uuid, job, "cancel_requested_by = ?", user);
          }
          return new Requested(job.status(), isNew);
        },
        uuid);
  }

  /**
   * Notes who wants a job paused and makes it ready. Asking again changes nothing.
   *
   * @return the state it was in, and whether that changed anything
   */
  public Requested pause(String uuid, String user) {
    return writer.write(
        session -> {
          LockedJob job = lock(session, uuid);
          boolean isNew = !job.status().isTerminal() && job.pausedBy() == null;
          if (isNew) {
            request(session, uuid, job, "pause_requested_by = ?", user);
          }
          return new Requested(job.status(), isNew);
        },
        uuid);
  }

  /**
   * Takes back the wish to have a job paused and makes it ready. Asking again changes nothing.
   *
   * @return the state it was in, and whether that changed anything
   */
  public Requested resume(String uuid) {
    return writer.write(
        session -> {
          LockedJob job = lock(session, uuid);
          boolean isNew = !job.status().isTerminal() && job.pausedBy() != null;
          if (isNew) {
            request(session, uuid, job, "pause_requested_by = ?", null);
          }
          return new Requested(job.status(), isNew);
        },
        uuid);
  }

  /**
   * What came of a request.
   *
   * @param status the state of the job, to which nobody can ask for anything if it is terminal
   * @param isNew whether nobody had asked for the same before
   */
  public record Requested(JobStatus status, boolean isNew) {}

  private record LockedJob(
      long id, JobStatus status, @Nullable String cancelledBy, @Nullable String pausedBy) {}

  private static LockedJob lock(EngineSession session, String uuid) {
    return session
        .handle()
        .createQuery(
            """
            SELECT id, status, cancel_requested_by, pause_requested_by
            FROM {job} WHERE uuid = :uuid FOR UPDATE""")
        .bind("uuid", uuid)
        .map(
            (row, context) ->
                new LockedJob(
                    row.getLong(1),
                    JobStatus.valueOf(row.getString(2)),
                    row.getString(3),
                    row.getString(4)))
        .findOne()
        .orElseThrow(() -> new StoreException("Job " + uuid + " is not in the database."));
  }

  /** The version rises too, so that whoever has the job in hand looks at it again. */
  private void request(
      EngineSession session,
      String uuid,
      LockedJob job,
      String assignment,
      @Nullable String value) {
    cache.touched(job.id(), uuid);
    session.announcements().requested(uuid);
    session
        .handle()
        .createUpdate("UPDATE {job} SET version = version + 1, " + assignment + " WHERE id = ?")
        .bind(0, value)
        .bind(1, job.id())
        .execute();
    session
        .handle()
        .execute(
            """
            UPDATE {job_queue} SET state = 'R', engine = NULL, due_at = NULL
            WHERE job_id = ? AND state <> 'L'""",
            job.id());
  }

  /**
   * Those of the jobs that this engine's workers have which someone wants cancelled or paused. Not
   * those that are to be paused while they are submitted: that is done afterwards, and a worker
   * that was told of it again and again would begin again and again.
   */
  public List<String> ofInFlight() {
    return reader.read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT j.uuid FROM {job_queue} q JOIN {job} j ON j.id = q.job_id
                    WHERE q.engine = :engine AND q.state = 'L'
                      AND (j.cancel_requested_by IS NOT NULL
                        OR (j.pause_requested_by IS NOT NULL AND j.status <> 'SUBMITTING'))""")
                .bind("engine", membership.id())
                .mapTo(String.class)
                .list());
  }
}
