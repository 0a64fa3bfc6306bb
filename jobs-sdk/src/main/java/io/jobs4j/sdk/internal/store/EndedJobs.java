package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.cluster.EngineSession;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Jobs that are over. Safe for use by several threads. Methods throw {@link
 * io.jobs4j.sdk.StoreException} when the database fails.
 */
public final class EndedJobs {
  private final StoreWriter writer;
  private final StoreReader reader;

  EndedJobs(StoreWriter writer, StoreReader reader) {
    this.writer = writer;
    this.reader = reader;
  }

  /**
   * Deletes jobs that have been over for long, with all that was kept of them.
   *
   * @param before when they must have ended
   * @param from where to look, by sequence number
   * @param limit how many jobs to look at
   * @return where to look next; 0 when all have been looked at
   */
  public long delete(Instant before, long from, int limit) {
    List<long[]> looked =
        reader.read(
            handle ->
                handle
                    .createQuery(
                        """
                        SELECT id, CASE WHEN ended < :before THEN 1 ELSE 0 END
                        FROM {job} WHERE id >= :from ORDER BY id LIMIT :limit""")
                    .bind("before", before)
                    .bind("from", from)
                    .bind("limit", limit)
                    .map((row, context) -> new long[] {row.getLong(1), row.getLong(2)})
                    .list());
    List<Long> over = looked.stream().filter(row -> row[1] == 1).map(row -> row[0]).toList();
    if (!over.isEmpty()) {
      Integer unused = writer.write(session -> deleteAll(session, over));
    }
    return looked.size() < limit ? 0 : looked.get(looked.size() - 1)[0] + 1;
  }

  private static int deleteAll(EngineSession session, List<Long> ids) throws SQLException {
    for (String table : List.of("{job_event}", "{job_payload}", "{job_blocked}")) {
      PreparedStatement statement =
          session.statement("DELETE FROM " + table + " WHERE job_id = ANY(?)");
      statement.setArray(1, session.numbers(ids));
      statement.executeUpdate();
    }
    PreparedStatement jobs = session.statement("DELETE FROM {job} WHERE id = ANY(?)");
    jobs.setArray(1, session.numbers(ids));
    return jobs.executeUpdate();
  }
}
