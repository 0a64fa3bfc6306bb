package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.wire.JobTexts;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.job.StoredText;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The jobs in the database: stores new ones and finds those that are there. Safe for use by several
 * threads. Methods throw {@link io.jobs4j.sdk.StoreException} when the database fails.
 */
public final class Jobs {
  private static final int LOADED_AT_ONCE = 1000;

  private final StoreWriter writer;
  private final StoreReader reader;
  private final StoreClock clock;
  private final StoreObserver observer;

  Jobs(StoreWriter writer, StoreReader reader, StoreClock clock, StoreObserver observer) {
    this.writer = writer;
    this.reader = reader;
    this.clock = clock;
    this.observer = observer;
  }

  /**
   * Stores a new job that is ready for any worker.
   *
   * @param request what the user asked for, as JSON
   * @return its sequence number
   */
  public long insert(Job job, String request) {
    return StoreWriter.result(insertLater(job, request, "", false)).jobId();
  }

  /**
   * Stores a new job.
   *
   * @param request what the user asked for, as JSON
   * @param workerPool whose workers serve it
   * @param leased whether this engine wants to work on it at once
   * @return completes when the job is durable; with fence 0 if this engine does not have it
   */
  public CompletableFuture<Lease> insertLater(
      Job job, String request, String workerPool, boolean leased) {
    Insertion insertion = new Insertion(job, request, workerPool, leased);
    insertion.onCommit(lease -> observer.committed(insertion.event()));
    return writer.submit(insertion);
  }

  /** Shows or hides a job; returns whether that changed anything. */
  public boolean setVisible(String uuid, boolean visible) {
    return writer.write(
        session ->
            session
                    .handle()
                    .execute(
                        "UPDATE {job} SET visible = ?, last_updated = ? WHERE uuid = ? AND visible"
                            + " <> ?",
                        visible,
                        clock.instant(),
                        uuid,
                        visible)
                > 0,
        uuid);
  }

  /**
   * Any job, in whatever state.
   *
   * @param uuid anything; no job has one that cannot be stored, and databases need not be asked
   *     with it
   */
  public Optional<StoredJob> load(String uuid) {
    if (!StoredText.isId(uuid)) {
      return Optional.empty();
    }
    return reader.read(
        handle ->
            handle
                .createQuery(JobRows.SELECT + "WHERE j.uuid = :uuid")
                .bind("uuid", uuid)
                .map(JobRows.STORED)
                .findOne());
  }

  /** Jobs by their UUIDs, in whatever state; without those that do not exist or cannot be read. */
  public Map<String, StoredJob> load(Collection<String> uuids) {
    Map<String, StoredJob> jobs = new HashMap<>();
    List<String> all = List.copyOf(uuids);
    for (int from = 0; from < all.size(); from += LOADED_AT_ONCE) {
      List<String> part = all.subList(from, Math.min(from + LOADED_AT_ONCE, all.size()));
      reader
          .read(
              handle ->
                  handle
                      .createQuery(JobRows.SELECT + "WHERE j.uuid IN (<uuids>)")
                      .bindList("uuids", part)
                      .map(JobRows.READABLE)
                      .list())
          .forEach(read -> read.ifPresent(stored -> jobs.put(stored.job().id(), stored)));
    }
    return jobs;
  }

  /**
   * Jobs of a tenant.
   *
   * @param owner whose, as the caller may ask for them; {@code null} for everybody's
   */
  public List<StoredJob> list(String tenantId, @Nullable String owner, JobQuery query) {
    if (owner != null && !StoredText.isId(owner)) {
      return List.of();
    }
    JobSelection selection = new JobSelection(tenantId, owner, query);
    String table = selection.table();
    String id = selection.id();
    return reader.read(
        handle ->
            selection
                .bindTo(
                    handle.createQuery(
                        JobRows.SELECT
                            + selection.where()
                            + (query.after() == null
                                ? ""
                                : " AND %s %s (SELECT a.id FROM {job} a WHERE a.uuid = :after)"
                                    .formatted(id, query.oldestFirst() ? ">" : "<"))
                            // In the order of an index, also for planners that do not see that the
                            // first two are always the same.
                            + (owner == null
                                    ? " ORDER BY %2$s.tenant_id %1$s, %3$s %1$s"
                                    : " ORDER BY %2$s.tenant_id %1$s, %2$s.owner %1$s, %3$s %1$s")
                                .formatted(query.oldestFirst() ? "ASC" : "DESC", table, id)
                            + " LIMIT :limit OFFSET :offset"))
                .bind("limit", query.limit())
                .bind("offset", query.offset())
                .bind("after", query.after())
                .map(JobRows.STORED)
                .list());
  }

  /**
   * How many jobs of a tenant there are, whatever part of them is asked for.
   *
   * @param owner whose; {@code null} for everybody's
   */
  public long count(String tenantId, @Nullable String owner, JobQuery query) {
    if (owner != null && !StoredText.isId(owner)) {
      return 0;
    }
    JobSelection selection = new JobSelection(tenantId, owner, query);
    return reader.read(
        handle ->
            selection
                .bindTo(handle.createQuery("SELECT COUNT(*) FROM {job} j " + selection.where()))
                .mapTo(Long.class)
                .one());
  }

  /** History entries of a job after a sequence number, in order. */
  public List<HistoryEvent> history(long jobId, long afterSequence, int limit) {
    return reader.read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT sequence, created, event, description, created_by, progress
                    FROM {job_event} WHERE job_id = :id AND sequence > :after
                    ORDER BY sequence LIMIT :limit""")
                .bind("id", jobId)
                .bind("after", afterSequence)
                .bind("limit", limit)
                .map(
                    (row, context) ->
                        new HistoryEvent(
                            row.getLong("sequence"),
                            Times.time(row, "created"),
                            JobEventName.valueOf(row.getString("event")),
                            row.getString("description"),
                            row.getString("created_by"),
                            progress(row.getString("progress"))))
                .list());
  }

  /** What the user asked for, as JSON. */
  public String request(long jobId) {
    return reader.read(
        handle ->
            handle
                .createQuery("SELECT request FROM {job_payload} WHERE job_id = :id")
                .bind("id", jobId)
                .mapTo(String.class)
                .one());
  }

  private static @Nullable TransferProgress progress(@Nullable String json) {
    return json == null ? null : JobTexts.decodeProgress(json);
  }
}
