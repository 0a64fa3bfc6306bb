package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.cluster.EngineSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Gives new jobs their places in a worker pool such that owners take turns: a job comes one place
 * after the last of its owner, but never before the first that waits. So a burst of one owner fills
 * every place from here on once, and the first job of another stands at the head, beside the first
 * of the burst. Each engine counts by itself; between engines the turns are approximate. Used by
 * one thread.
 */
final class Places {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int OWNERS_LIMIT = 10_000;

  private final Map<String, Turns> pools = new HashMap<>();

  /** The place of a new job. */
  long next(EngineSession session, String workerPool, String owner) throws SQLException {
    Turns known = pools.get(workerPool);
    if (known == null) {
      known = new Turns();
      readLasts(session, workerPool, known);
      pools.put(workerPool, known);
    }
    known.look(session, workerPool);
    long place = Math.max(known.first, known.lasts.getOrDefault(owner, Long.MIN_VALUE) + 1);
    known.lasts.put(owner, place);
    return place;
  }

  /** What waits already when the engine starts counts too. */
  private static void readLasts(EngineSession session, String workerPool, Turns into)
      throws SQLException {
    PreparedStatement statement =
        session.statement(
            """
            SELECT tenant_id, owner, MAX(place) FROM {job_queue}
            WHERE state = 'R' AND worker_pool = ? GROUP BY tenant_id, owner""");
    statement.setString(1, workerPool);
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        into.lasts.put(rows.getString(1) + "/" + rows.getString(2), rows.getLong(3));
      }
    }
  }

  private static final class Turns {
    /** The last place of each owner. */
    final Map<String, Long> lasts = new HashMap<>();

    /** The first place at which a job waits. */
    long first;

    private boolean looked;
    private long lookedAt;

    void look(EngineSession session, String workerPool) throws SQLException {
      long now = System.nanoTime();
      if (looked && now - lookedAt < LOOK_NANOS) {
        return;
      }
      looked = true;
      lookedAt = now;
      PreparedStatement statement =
          session.statement(
              "SELECT MIN(place) FROM {job_queue} WHERE state = 'R' AND worker_pool = ?");
      statement.setString(1, workerPool);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        long least = rows.getLong(1);
        // When nothing waits, everyone begins anew behind all that went before.
        first =
            rows.wasNull()
                ? Math.max(
                    first, lasts.values().stream().mapToLong(Long::longValue).max().orElse(0))
                : Math.max(first, least);
      }
      forgetPast();
    }

    /** Owners whose last place is behind the first that waits are as if they had never come. */
    private void forgetPast() {
      if (lasts.size() > OWNERS_LIMIT) {
        Iterator<Long> all = lasts.values().iterator();
        while (all.hasNext()) {
          if (all.next() < first) {
            all.remove();
          }
        }
      }
    }
  }
}
