package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.cluster.EngineSession;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** What engines have on lease: jobs, and looks at what blocks jobs. Stateless. */
final class LeaseTable {
  private LeaseTable() {}

  /** Gives all that an engine has back. Its leases are outdated then. */
  static void giveBack(EngineSession session, String engine) throws SQLException {
    PreparedStatement jobs =
        session.statement(
            """
            UPDATE {job_queue} SET engine = NULL, fence = fence + 1,
              state = CASE state WHEN 'L' THEN 'R' WHEN 'W' THEN 'O' ELSE state END
            WHERE engine = ?""");
    jobs.setString(1, engine);
    jobs.executeUpdate();
    ProbeSchedule.abandon(session, engine);
  }
}
