package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.JobHead;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads and locks what is to be known of jobs to change them. Used by the writer's thread alone.
 */
final class StoredHeads {
  private static final String HEADS =
      JobRows.SELECT_HEADS + "WHERE j.uuid = ANY(?) ORDER BY j.id FOR UPDATE";

  /** Locked too, so that nobody takes or gives a lease meanwhile. */
  private static final String FENCES =
      """
      SELECT job_id, fence, state, engine FROM {job_queue}
      WHERE job_id = ANY(?) ORDER BY job_id FOR UPDATE""";

  private final JobCache cache;
  private final Supplier<String> engine;

  /**
   * The jobs in the database.
   *
   * @param cache learns of those that this engine's workers have
   * @param engine gives the id of this engine
   */
  StoredHeads(JobCache cache, Supplier<String> engine) {
    this.cache = cache;
    this.engine = engine;
  }

  /** The stored jobs, which stay as they are until the transaction ends. */
  Map<String, JobHead> lock(EngineSession session, List<Transition> transitions)
      throws SQLException {
    List<String> uuids = transitions.stream().map(Transition::uuid).distinct().toList();
    Map<String, JobHead> heads = new LinkedHashMap<>();
    Map<Long, String> ids = new LinkedHashMap<>();
    PreparedStatement statement = session.statement(HEADS);
    statement.setArray(1, session.texts(uuids));
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        JobHead head = JobRows.head(rows);
        heads.put(head.uuid(), head);
        ids.put(head.id(), head.uuid());
      }
    }
    PreparedStatement fences = session.statement(FENCES);
    fences.setArray(1, session.numbers(ids.keySet()));
    try (ResultSet rows = fences.executeQuery()) {
      while (rows.next()) {
        String uuid = ids.get(rows.getLong(1));
        JobHead head = heads.get(uuid);
        if (uuid != null && head != null) {
          JobHead fenced = head.withFence(rows.getLong(2));
          heads.put(uuid, fenced);
          if (rows.getString(3).equals("L") && engine.get().equals(rows.getString(4))) {
            cache.inFlight().put(fenced);
          }
        }
      }
    }
    return heads;
  }
}
