package io.jobs4j.sdk.internal.store;

import static io.jobs4j.sdk.internal.store.JobRows.name;
import static io.jobs4j.sdk.internal.store.JobRows.utc;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.wire.JobMapping;
import io.jobs4j.sdk.JobEvent;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.cluster.OutdatedException;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.job.Waiting;
import io.jobs4j.sdk.internal.sql.BulkInsert;
import io.jobs4j.sdk.internal.sql.BulkUpdate;
import io.jobs4j.sdk.internal.sql.Column;
import io.jobs4j.sdk.internal.sql.Dialect;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes new jobs and changes of jobs, all those of a group together: a handful of statements for
 * any number of jobs. Used by the writer's thread alone.
 */
final class JobTables {
  private static final String HEADS =
      """
      SELECT j.id, j.uuid, j.status, j.held_in, j.version, j.last_sequence, j.last_updated,
        j.cancel_requested_by, j.pause_requested_by, j.condition_code, j.blocked_count,
        j.tenant_id, j.owner, j.app_id, j.system_id
      FROM {job} j WHERE j.uuid = ANY(?) ORDER BY j.id FOR UPDATE""";

  /** Locked too, so that nobody takes or gives a lease meanwhile. */
  private static final String FENCES =
      """
      SELECT job_id, fence, state, engine FROM {job_queue}
      WHERE job_id = ANY(?) ORDER BY job_id FOR UPDATE""";

  /** In the order of {@link #values}. */
  private static final List<Column> ASSIGNMENTS =
      List.of(
          Column.smallNumber("version = %s"),
          Column.text("status = %s"),
          Column.text("held_in = %s"),
          Column.text("last_status_message = COALESCE(%s, last_status_message)"),
          Column.number("last_sequence = %s"),
          Column.time("last_updated = %s"),
          Column.time("created = COALESCE(created, %s)"),
          Column.time("ended = COALESCE(ended, %s)"),
          Column.text("work_path = COALESCE(%s, work_path)"),
          Column.flag("archived = archived OR %s"),
          Column.text("remote_job_id = COALESCE(%s, remote_job_id)"),
          Column.text("scheduler_job_id = COALESCE(%s, scheduler_job_id)"),
          Column.time("remote_submitted = COALESCE(remote_submitted, %s)"),
          Column.time("remote_started = COALESCE(remote_started, %s)"),
          Column.time("remote_ended = COALESCE(remote_ended, %s)"),
          Column.text("remote_outcome = COALESCE(%s, remote_outcome)"),
          Column.text("remote_end_message = COALESCE(%s, remote_end_message)"),
          Column.text("condition_code = COALESCE(%s, condition_code)"),
          Column.smallNumber("submit_retries = submit_retries + %s"),
          Column.smallNumber("remote_status_checks = remote_status_checks + %s"),
          Column.smallNumber("failed_status_checks = failed_status_checks + %s"),
          Column.time("last_status_check = COALESCE(%s, last_status_check)"),
          Column.smallNumber("blocked_count = blocked_count + %s"));

  private static final BulkUpdate UPDATE = new BulkUpdate("{job}", "id", ASSIGNMENTS);

  /** Only those that are of the version they are believed to be of. */
  private static final BulkUpdate UPDATE_HELD =
      new BulkUpdate("{job}", "id", ASSIGNMENTS, Column.smallNumber("version"));

  /** In the order of {@link #schedule}. */
  private static final BulkUpdate SCHEDULE =
      new BulkUpdate(
          "{job_queue}",
          "job_id",
          List.of(
              Column.text("state = %s"), Column.text("engine = %s"), Column.time("due_at = %s")));

  private static final BulkInsert EVENTS =
      new BulkInsert(
          "{job_event}",
          List.of(
              Column.number("job_id"),
              Column.number("sequence"),
              Column.time("created"),
              Column.text("event"),
              Column.text("description"),
              Column.text("created_by"),
              Column.text("progress")));

  private final Supplier<Instant> clock;
  private final Supplier<String> engine;
  private final Places places = new Places();
  private final QuotaTable quotas = new QuotaTable();
  private final HeldJobs held = new HeldJobs();
  private final FreshJobs fresh = new FreshJobs();
  private final NewJobs newJobs;

  /**
   * The tables.
   *
   * @param engine gives the id of this engine
   */
  JobTables(Dialect dialect, Supplier<Instant> clock, Supplier<String> engine) {
    this.clock = clock;
    this.engine = engine;
    this.newJobs = new NewJobs(dialect);
  }

  /** Stores new jobs. */
  void insert(EngineSession session, List<Insertion> given) throws SQLException {
    List<Insertion> insertions = withoutStored(session, given);
    List<NewJobs.NewJob> rows = new ArrayList<>(insertions.size());
    for (Insertion insertion : insertions) {
      JobRecord job = insertion.job;
      String owner = job.tenantId() + "/" + job.owner();
      long place = places.next(session, insertion.lane, owner);
      rows.add(
          new NewJobs.NewJob(
              job,
              insertion.request,
              insertion.lane,
              place,
              insertion.leased ? engine.get() : null));
    }
    newJobs.insert(session, rows, ids -> inserted(session, insertions, ids));
  }

  private void inserted(EngineSession session, List<Insertion> insertions, List<Long> ids) {
    for (int i = 0; i < ids.size(); i++) {
      Insertion insertion = insertions.get(i);
      long id = ids.get(i);
      if (insertion.leased) {
        held.put(JobHead.ofNew(id, insertion.job, 1));
      } else {
        fresh.put(id, insertion.job);
        session.news().ready();
      }
      insertion.done(new Lease(id, insertion.job.uuid(), insertion.leased ? 1 : 0, engine.get()));
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
    statement.setArray(1, session.texts(given.stream().map(one -> one.job.uuid()).toList()));
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        stored.put(rows.getString(1), rows.getLong(2));
      }
    }
    List<Insertion> rest = new ArrayList<>();
    for (Insertion insertion : given) {
      Long id = stored.get(insertion.job.uuid());
      if (id == null || !insertion.mayBeDone()) {
        rest.add(insertion);
      } else {
        insertion.done(new Lease(id, insertion.job.uuid(), 0, engine.get()));
      }
    }
    return rest;
  }

  /**
   * Makes changes, in order; those of one job build on each other. One that is refused is told so
   * and leaves the others alone.
   */
  void change(EngineSession session, List<Transition> transitions) throws SQLException {
    Map<String, JobHead> known = held.of(transitions);
    List<Transition> rest = known.isEmpty() ? transitions : changeHeld(session, transitions, known);
    if (!rest.isEmpty()) {
      changeStored(session, rest);
    }
  }

  /**
   * Changes jobs that are probably still as this engine knows them, which the update itself checks,
   * so that they need not be read. If one is not, all that was done is to be undone, and done again
   * by reading.
   *
   * @return the changes that are still to be made: of other jobs, and those to be decided by
   *     reading
   */
  private List<Transition> changeHeld(
      EngineSession session, List<Transition> transitions, Map<String, JobHead> known)
      throws SQLException {
    List<Transition> tried =
        transitions.stream().filter(transition -> known.containsKey(transition.uuid)).toList();
    Decisions decisions = decide(tried, new HashMap<>(known), Map.of(), Set.of());
    // What was decided on a job that may not be so is decided anew.
    Set<String> doubtful = new HashSet<>(decisions.refused());
    Map<Long, Applied> merged = merged(decisions.applied());
    for (Applied change : decisions.applied()) {
      if (!merged.containsKey(change.after().id())) {
        doubtful.add(change.after().uuid());
      }
    }
    merged.values().removeIf(change -> doubtful.contains(change.after().uuid()));
    List<@Nullable Object[]> rows =
        merged.values().stream().map(change -> values(change, change.before().version())).toList();
    UPDATE_HELD.update(
        session,
        rows,
        left -> {
          if (!left.isEmpty()) {
            throw new OutdatedException(false);
          }
        });
    doubtful.forEach(held::forget);
    store(
        session,
        decisions.applied().stream()
            .filter(change -> !doubtful.contains(change.after().uuid()))
            .toList());
    return transitions.stream()
        .filter(
            transition -> !known.containsKey(transition.uuid) || doubtful.contains(transition.uuid))
        .toList();
  }

  private void changeStored(EngineSession session, List<Transition> transitions)
      throws SQLException {
    Map<String, JobHead> heads = heads(session, transitions);
    Map<Quota.SystemKey, Quota.Counts> counts = counts(session, transitions);
    Set<Long> havePlaces = havePlaces(session, transitions, heads);
    Decisions decisions = decide(transitions, heads, counts, havePlaces);
    List<@Nullable Object[]> rows =
        merged(decisions.applied()).values().stream().map(JobTables::values).toList();
    UPDATE.update(session, rows);
    store(session, decisions.applied());
    if (!decisions.admitted().isEmpty()) {
      QuotaTable.admit(session, decisions.admitted());
    }
  }

  /**
   * What is to be changed.
   *
   * @param applied the changes, in order
   * @param admitted jobs that become active within limits
   * @param refused jobs of which a change is not made
   */
  private record Decisions(List<Applied> applied, List<Long> admitted, Set<String> refused) {}

  private Decisions decide(
      List<Transition> transitions,
      Map<String, JobHead> heads,
      Map<Quota.SystemKey, Quota.Counts> counts,
      Set<Long> havePlaces) {
    Decisions decisions = new Decisions(new ArrayList<>(), new ArrayList<>(), new HashSet<>());
    Instant now = clock.get();
    for (Transition transition : transitions) {
      try {
        JobHead head = heads.get(transition.uuid);
        if (head == null) {
          throw new StoreException("Job " + transition.uuid + " is not in the database.");
        }
        Lease lease = transition.lease;
        if (lease != null && lease.fence() != head.fence()) {
          throw new LeaseLostException(lease);
        }
        boolean hasPlace = havePlaces.contains(head.id());
        boolean admits = hasPlace || isAdmitted(transition.quota, counts);
        JobChanging decision = admits ? transition.decision : transition.overQuota;
        Applied change = Applied.of(head, decision.apply(head), now);
        if (transition.quota != null && admits && !hasPlace) {
          decisions.admitted().add(head.id());
        }
        heads.put(transition.uuid, change.after());
        decisions.applied().add(change);
        transition.done(change);
      } catch (JobsException e) {
        decisions.refused().add(transition.uuid);
        transition.refuse(e);
      } catch (RuntimeException | Error e) {
        decisions.refused().add(transition.uuid);
        transition.refuse(new StoreException("The database could not store a change.", e));
      }
    }
    return decisions;
  }

  /** Changes of one job in a group come to the table as one; without those that touch no job. */
  private static Map<Long, Applied> merged(List<Applied> applied) {
    Map<Long, Applied> merged = new LinkedHashMap<>();
    for (Applied change : applied) {
      if (change.touchesJob()) {
        merged.merge(change.after().id(), change, Applied::then);
      }
    }
    return merged;
  }

  /** Writes what follows from changes to other tables than that of the jobs. */
  private void store(EngineSession session, List<Applied> applied) throws SQLException {
    List<@Nullable Object[]> events = new ArrayList<>();
    for (Applied change : applied) {
      addEvents(change, events);
      if (change.touchesJob()) {
        session.news().changed(change.after().uuid());
      }
    }
    EVENTS.insert(session, events);
    schedule(session, applied);
    applied.forEach(held::changed);
  }

  /** Says that what was done last was undone. */
  void rolledBack() {
    quotas.rolledBack();
    held.forgetAll();
    fresh.forgetAll();
  }

  /**
   * The jobs as they are stored now that have just been taken.
   *
   * @param fences of their leases, by their numbers
   * @param held whether workers have them
   * @return without those that do not exist
   */
  List<LeasedJob> taken(EngineSession session, Map<Long, Long> fences, boolean held)
      throws SQLException {
    Map<Long, StoredJob> jobs = new HashMap<>();
    fences.forEach(
        (id, fence) -> {
          StoredJob job = fresh.remove(id);
          // Nobody has changed it if nobody had it before.
          if (job != null && fence == 1) {
            jobs.put(id, job);
            if (held) {
              this.held.put(JobHead.ofNew(id, job.job(), fence));
            }
          }
        });
    List<Long> unknown = fences.keySet().stream().filter(id -> !jobs.containsKey(id)).toList();
    if (!unknown.isEmpty()) {
      PreparedStatement read = session.statement(JobRows.SELECT + "WHERE j.id = ANY(?)");
      read.setArray(1, session.numbers(unknown));
      try (ResultSet rows = read.executeQuery()) {
        while (rows.next()) {
          JobHead head = JobRows.head(rows);
          jobs.put(head.id(), JobRows.stored(rows));
          if (held) {
            this.held.put(head.withFence(fences.getOrDefault(head.id(), -1L)));
          }
        }
      }
    }
    List<LeasedJob> taken = new ArrayList<>();
    fences.forEach(
        (id, fence) -> {
          StoredJob job = jobs.get(id);
          if (job != null) {
            taken.add(new LeasedJob(new Lease(id, job.job().uuid(), fence, engine.get()), job));
          }
        });
    return taken;
  }

  /** Says that a job was changed, or given away, by another way than this. */
  void touched(long id, String uuid) {
    held.forget(uuid);
    fresh.remove(id);
  }

  private Map<Quota.SystemKey, Quota.Counts> counts(
      EngineSession session, List<Transition> transitions) throws SQLException {
    List<Quota.SystemKey> systems = new ArrayList<>();
    for (Transition transition : transitions) {
      if (transition.quota != null) {
        systems.add(transition.quota.system());
      }
    }
    return systems.isEmpty() ? Map.of() : quotas.lock(session, systems);
  }

  /** Which of the jobs that want to become active count as active already. */
  private static Set<Long> havePlaces(
      EngineSession session, List<Transition> transitions, Map<String, JobHead> heads)
      throws SQLException {
    List<Long> ids = new ArrayList<>();
    for (Transition transition : transitions) {
      JobHead head = heads.get(transition.uuid);
      if (transition.quota != null && head != null) {
        ids.add(head.id());
      }
    }
    return ids.isEmpty() ? Set.of() : QuotaTable.admitted(session, ids);
  }

  /** Counts the job too if it is. */
  private static boolean isAdmitted(
      @Nullable Quota quota, Map<Quota.SystemKey, Quota.Counts> counts) {
    if (quota == null) {
      return true;
    }
    Quota.Counts active = counts.get(quota.system());
    return active != null && active.admit(quota);
  }

  /**
   * As {@link RecoveryTable#releaseWithin}, within what is active at present. The jobs have their
   * places from here on, lest a new one takes them before a worker comes to these.
   *
   * @return how many
   */
  int releaseWithin(
      EngineSession session,
      Recovery recovery,
      Quota.SystemKey system,
      Map<Waiting, Quota> limits,
      int limit,
      Instant again)
      throws SQLException {
    Quota.Counts active =
        quotas.lock(session, List.of(system)).getOrDefault(system, new Quota.Counts());
    List<Long> released =
        RecoveryTable.releaseWithin(session, recovery, active, limits, limit, again, clock.get());
    if (!released.isEmpty()) {
      QuotaTable.admit(session, released);
    }
    return released.size();
  }

  /** The stored jobs, which stay as they are until the transaction ends. */
  private Map<String, JobHead> heads(EngineSession session, List<Transition> transitions)
      throws SQLException {
    List<String> uuids =
        transitions.stream().map(transition -> transition.uuid).distinct().toList();
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
            held.put(fenced);
          }
        }
      }
    }
    return heads;
  }

  private static void addEvents(Applied change, List<@Nullable Object[]> events) {
    long sequence = change.before().lastSequence();
    for (JobChange.Step step : change.fields().steps) {
      events.add(event(change.before().id(), ++sequence, change.now(), step));
    }
  }

  private static @Nullable Object[] event(
      long jobId, long sequence, Instant created, JobChange.Step step) {
    TransferProgress progress = step.progress();
    return new @Nullable Object[] {
      jobId,
      sequence,
      utc(created),
      JobEventName.of(step.status()).name(),
      step.message(),
      step.createdBy(),
      progress == null ? null : JobMapping.encode(progress)
    };
  }

  private static @Nullable Object[] values(Applied change) {
    JobHead after = change.after();
    JobChange.Fields fields = change.fields();
    return new @Nullable Object[] {
      after.version(),
      after.status().name(),
      name(after.heldIn()),
      change.message(),
      after.lastSequence(),
      utc(change.now()),
      utc(change.created()),
      utc(change.ended()),
      fields.workPath,
      fields.archived,
      fields.remoteJobId,
      fields.schedulerJobId,
      utc(change.remoteSubmitted()),
      utc(change.remoteStarted()),
      utc(change.remoteEnded()),
      name(fields.remoteOutcome),
      fields.remoteEndMessage,
      name(fields.conditionCode),
      fields.submitAttempts,
      fields.statusChecks,
      fields.failedStatusChecks,
      utc(fields.lastStatusCheck),
      change.blocked(),
      after.id()
    };
  }

  /** As the other, with the version that the row must have before its key. */
  private static @Nullable Object[] values(Applied change, int version) {
    @Nullable Object[] values = values(change);
    int key = values.length - 1;
    @Nullable Object[] guarded = Arrays.copyOf(values, key + 2);
    guarded[key] = version;
    guarded[key + 1] = values[key];
    return guarded;
  }

  private void schedule(EngineSession session, List<Applied> applied) throws SQLException {
    List<Long> over = new ArrayList<>();
    Map<Long, @Nullable Object[]> rows = new LinkedHashMap<>();
    for (Applied change : applied) {
      JobHead after = change.after();
      JobChange.Fields fields = change.fields();
      if (after.status().isTerminal()) {
        over.add(after.id());
        rows.remove(after.id());
      } else if (fields.due != JobChange.Due.AS_BEFORE) {
        rows.put(after.id(), queueValues(after.id(), fields));
        if (fields.due == JobChange.Due.READY) {
          session.news().ready();
        }
      }
    }
    SCHEDULE.update(session, List.copyOf(rows.values()));
    if (!over.isEmpty()) {
      session.later(
          "DELETE FROM {job_queue} WHERE job_id = ANY(?)", List.of(session.numbers(over)));
    }
    RecoveryChanges.store(session, applied, over, clock.get());
  }

  private @Nullable Object[] queueValues(long jobId, JobChange.Fields fields) {
    return switch (fields.due) {
      case WATCHED -> new @Nullable Object[] {"W", engine.get(), utc(fields.dueAt), jobId};
      case READY -> new @Nullable Object[] {"R", null, null, jobId};
      case IDLE, AS_BEFORE -> new @Nullable Object[] {"I", null, utc(fields.dueAt), jobId};
    };
  }

  /** A new job to store. */
  static final class Insertion extends Pending<Lease> {
    private final JobRecord job;
    private final String request;
    private final String lane;
    private final boolean leased;

    /**
     * A new job.
     *
     * @param lane which workers serve it
     * @param leased whether this engine works on it at once
     */
    Insertion(JobRecord job, String request, String lane, boolean leased) {
      this.job = job;
      this.request = request;
      this.lane = lane;
      this.leased = leased;
    }

    private JobChange.Step step() {
      return new JobChange.Step(job.status(), job.lastStatusMessage(), null, null);
    }

    JobEvent event() {
      return new JobEvent(
          job.uuid(),
          job.tenantId(),
          job.owner(),
          job.appId(),
          job.systemId(),
          null,
          job.status(),
          List.of(step().event(1, job.accepted())),
          job.accepted(),
          null);
    }
  }

  /** A change of a job to make. */
  static final class Transition extends Pending<Applied> {
    private final String uuid;
    private final @Nullable Lease lease;
    private final JobChanging decision;
    private final @Nullable Quota quota;
    private final JobChanging overQuota;

    /**
     * A change.
     *
     * @param lease under which it is made; {@code null} if anyone may make it
     */
    Transition(String uuid, @Nullable Lease lease, JobChanging decision) {
      this(uuid, lease, decision, null, decision);
    }

    /**
     * A change by which a job becomes active, if limits allow for it.
     *
     * @param lease under which it is made; {@code null} if anyone may make it
     * @param quota the limits; {@code null} if there are none
     * @param overQuota decides if they do not
     */
    Transition(
        String uuid,
        @Nullable Lease lease,
        JobChanging decision,
        @Nullable Quota quota,
        JobChanging overQuota) {
      this.uuid = uuid;
      this.lease = lease;
      this.decision = decision;
      this.quota = quota;
      this.overQuota = overQuota;
    }

    String uuid() {
      return uuid;
    }

    @Override
    String job() {
      return uuid;
    }

    /** Whether it is made under a lease and within no limits. */
    boolean isOfHolder() {
      return lease != null && quota == null;
    }
  }

  /** Decides on a change when it is known how the job is stored. May be asked more than once. */
  interface JobChanging {
    JobChange apply(JobHead head);
  }
}
