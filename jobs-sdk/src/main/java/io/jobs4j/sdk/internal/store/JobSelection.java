package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.JobQuery;
import java.util.EnumSet;
import java.util.Set;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs of a tenant a list or a count is of. Jobs that are {@code ACCEPTED} are never among
 * them.
 *
 * @param owner whose; {@code null} for everybody's
 * @param query what else is asked for, of which the owner does not count
 */
record JobSelection(String tenantId, @Nullable String owner, JobQuery query) {
  private Set<JobStatus> statuses() {
    return query.statuses().isEmpty()
        ? EnumSet.complementOf(EnumSet.of(JobStatus.ACCEPTED))
        : query.statuses();
  }

  /** Jobs that are over may be many, and need not be read to find that none is not. */
  private boolean going() {
    return statuses().stream().noneMatch(JobStatus::isTerminal);
  }

  /** The table whose index finds them: {@code job_queue q} or {@code job j}. */
  String table() {
    return going() ? "q" : "j";
  }

  /** The id of the job in {@link #table}. */
  String id() {
    return going() ? "q.job_id" : "j.id";
  }

  /** What follows {@code FROM {job} j}, and takes what {@link #bindTo} binds. */
  String where() {
    String table = table();
    return (going() ? "JOIN {job_queue} q ON q.job_id = j.id " : "")
        + "WHERE %s.tenant_id = :tenant".formatted(table)
        + (owner == null ? "" : " AND %s.owner = :owner".formatted(table))
        + " AND j.status IN (<statuses>) AND j.status <> 'ACCEPTED'"
        + (query.hidden() ? "" : " AND j.visible");
  }

  Query bindTo(Query query) {
    return query
        .bindList("statuses", statuses().stream().map(Enum::name).toList())
        .bind("tenant", tenantId)
        .bind("owner", owner);
  }
}
