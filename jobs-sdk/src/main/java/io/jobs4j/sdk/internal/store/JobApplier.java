package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.sql.Dialect;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Makes what a group asks of jobs: stores new ones and changes others, all of them together. It
 * remembers what it knows of jobs until that may have been undone. Used by the writer's thread
 * alone.
 */
final class JobApplier {
  private final Supplier<String> engine;
  private final JobCache cache;
  private final QuotaTable quotas;
  private final Places places = new Places();
  private final NewJobs newJobs;
  private final JobChanger changer;

  /**
   * An applier that knows of no jobs.
   *
   * @param engine gives the id of this engine
   * @param cache what this engine knows of jobs
   * @param quotas counts active jobs
   */
  JobApplier(
      Dialect dialect,
      InstantSource clock,
      Supplier<String> engine,
      JobCache cache,
      QuotaTable quotas) {
    this.engine = engine;
    this.cache = cache;
    this.quotas = quotas;
    this.newJobs = new NewJobs(dialect);
    this.changer = new JobChanger(clock, engine, cache, quotas);
  }

  /** Stores new jobs. */
  void insert(EngineSession session, List<Insertion> given) throws SQLException {
    List<Insertion> insertions = withoutStored(session, given);
    List<NewJobs.NewJob> rows = new ArrayList<>(insertions.size());
    for (Insertion insertion : insertions) {
      Job job = insertion.newJob();
      String owner = job.tenantId() + "/" + job.owner();
      long place = places.next(session, insertion.workerPool(), owner);
      rows.add(
          new NewJobs.NewJob(
              job,
              insertion.request(),
              insertion.workerPool(),
              place,
              insertion.isLeased() ? engine.get() : null));
    }
    newJobs.insert(session, rows, ids -> inserted(session, insertions, ids));
  }

  private void inserted(EngineSession session, List<Insertion> insertions, List<Long> ids) {
    for (int i = 0; i < ids.size(); i++) {
      Insertion insertion = insertions.get(i);
      long id = ids.get(i);
      if (insertion.isLeased()) {
        cache.inFlight().put(JobHead.of(StoredJob.ofNew(id, insertion.newJob()), 1));
      } else {
        cache.accepted().put(StoredJob.ofNew(id, insertion.newJob()));
        session.announcements().ready();
      }
      insertion.done(
          new Lease(id, insertion.newJob().id(), insertion.isLeased() ? 1 : 0, engine.get()));
    }
  }

  /** Without those that are there, because the answer to their commit was lost. */
  private List<Insertion> withoutStored(EngineSession session, List<Insertion> given)
      throws SQLException {
    if (given.stream().noneMatch(Insertion::mayBeDone)) {
      return given;
    }
    Map<String, Long> stored = new HashMap<>();
    PreparedStatement statement =
        session.statement("SELECT uuid, id FROM {job} WHERE uuid = ANY(?)");
    statement.setArray(1, session.texts(given.stream().map(one -> one.newJob().id()).toList()));
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        stored.put(rows.getString(1), rows.getLong(2));
      }
    }
    List<Insertion> rest = new ArrayList<>();
    for (Insertion insertion : given) {
      Long id = stored.get(insertion.newJob().id());
      if (id == null || !insertion.mayBeDone()) {
        rest.add(insertion);
      } else {
        insertion.done(new Lease(id, insertion.newJob().id(), 0, engine.get()));
      }
    }
    return rest;
  }

  /**
   * Makes changes, in order; those of one job build on each other. One that is refused is told so
   * and leaves the others alone.
   */
  void change(EngineSession session, List<Transition> transitions) throws SQLException {
    changer.change(session, transitions);
  }

  /** Says that what was done last was undone. */
  void rolledBack() {
    quotas.rolledBack();
    cache.forgetAll();
  }
}
