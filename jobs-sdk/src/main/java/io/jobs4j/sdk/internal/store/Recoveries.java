package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.job.BlockedOn;
import io.jobs4j.sdk.internal.job.Expired;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.job.Waiting;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What blocked jobs wait for: when it is looked at whether it has cleared, and which jobs go on
 * then. Safe for use by several threads. Methods throw {@link io.jobs4j.sdk.StoreException} when
 * the database fails.
 */
public final class Recoveries {
  private final StoreWriter writer;
  private final StoreReader reader;
  private final StoreClock clock;
  private final Membership membership;
  private final QuotaTable quotas;

  Recoveries(
      StoreWriter writer,
      StoreReader reader,
      StoreClock clock,
      Membership membership,
      QuotaTable quotas) {
    this.writer = writer;
    this.reader = reader;
    this.clock = clock;
    this.membership = membership;
    this.quotas = quotas;
  }

  /**
   * Takes what blocked jobs wait for and is due to be looked at. Nobody else looks at it until
   * {@code pause} has passed or this engine is gone.
   */
  public List<Recovery> takeDue(Duration pause, int limit) {
    return writer.write(
        session -> ProbeSchedule.takeDue(session, membership.id(), clock.instant(), pause, limit));
  }

  /**
   * Notes that what jobs wait for has not cleared.
   *
   * @return the jobs that have waited for long enough
   */
  public List<Expired> failed(Recovery recovery, RecoveryPolicy policy) {
    return writer.write(
        session -> RecoveryTable.failed(session, recovery, policy, clock.instant()));
  }

  /** The jobs that have waited for long enough, whether or not it has cleared by now. */
  public List<Expired> expired(Recovery recovery, RecoveryPolicy policy) {
    return writer.write(
        session -> RecoveryTable.expired(session, recovery, policy, clock.instant()));
  }

  /**
   * Makes jobs ready that wait for something that has cleared.
   *
   * @param limit how many at most
   * @param pause after which the rest are looked at
   * @return how many
   */
  public int release(Recovery recovery, int limit, Duration pause) {
    return writer.write(
        session -> {
          Instant now = clock.instant();
          return RecoveryTable.release(session, recovery, limit, now.plus(pause), now);
        });
  }

  /**
   * Makes some jobs ready in order to see whether they get any further; more, the more of them did.
   *
   * @param pause after which the rest are looked at if nothing is known of these by then
   * @return how many
   */
  public int releaseTrials(Recovery recovery, Duration pause) {
    return writer.write(
        session -> {
          Instant now = clock.instant();
          return RecoveryTable.releaseTrials(session, recovery, now.plus(pause), now);
        });
  }

  /**
   * Makes those of the jobs ready that still wait.
   *
   * @param uuids the jobs
   * @param pause after which the rest are looked at
   * @return how many
   */
  public int release(Recovery recovery, Collection<String> uuids, Duration pause) {
    return writer.write(
        session -> {
          Instant now = clock.instant();
          return RecoveryTable.release(session, recovery, uuids, now.plus(pause), now);
        });
  }

  /**
   * Jobs that wait for something, in the order of their sequence numbers.
   *
   * @param after the sequence number to begin behind
   */
  public List<StoredJob> waitingJobs(Recovery recovery, long after, int limit) {
    return reader.read(handle -> RecoveryTable.waitingJobs(handle, recovery, after, limit));
  }

  /** The jobs that wait for something, one for all that the same limits hold for. */
  public List<Waiting> waiting(Recovery recovery) {
    return reader.read(handle -> RecoveryTable.waiting(handle, recovery));
  }

  /**
   * Makes as many jobs ready as limits allow for, and counts them as active from now on.
   *
   * @param limits those of each job; one that they do not tell of waits on
   * @param limit how many at most
   * @param pause after which the rest are looked at
   * @return how many
   */
  public int releaseWithin(
      Recovery recovery,
      Quota.SystemKey system,
      Map<Waiting, Quota> limits,
      int limit,
      Duration pause) {
    return writer.write(
        session ->
            releaseWithin(session, recovery, system, limits, limit, clock.instant().plus(pause)));
  }

  /** Has all that waits for something looked at soon. */
  public int hasten(RecoveryCondition condition, String subject) {
    return writer.write(
        session -> ProbeSchedule.hasten(session, condition, subject, clock.instant()));
  }

  /**
   * Has all that jobs wait for looked at soon, for an engine that starts. It counts as no attempt,
   * and what was looked at a moment ago or is being looked at is not looked at again at once.
   */
  public int hastenAll() {
    return writer.write(session -> ProbeSchedule.hastenAll(session, clock.instant()));
  }

  /** Makes blocked jobs ready of which nobody knows what they wait for. */
  public int releaseOrphans() {
    return writer.write(RecoveryTable::releaseOrphans);
  }

  /** When something that jobs wait for is looked at next; empty if none waits. */
  public Optional<Instant> next() {
    return reader.read(
        handle ->
            handle
                .createQuery("SELECT next_attempt FROM {recovery} ORDER BY next_attempt LIMIT 1")
                .mapTo(Instant.class)
                .findOne());
  }

  /** What blocked jobs wait for, by their sequence numbers. */
  public Map<Long, BlockedOn> blockedOn(Collection<Long> jobIds) {
    if (jobIds.isEmpty()) {
      return Map.of();
    }
    return reader.read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT b.job_id, r.condition_code, r.next_attempt
                    FROM {job_blocked} b JOIN {recovery} r ON r.id = b.recovery_id
                    WHERE b.waiting AND b.job_id IN (<ids>)""")
                .bindList("ids", List.copyOf(jobIds))
                .map(
                    (row, context) ->
                        Map.entry(
                            row.getLong(1),
                            new BlockedOn(row.getString(2), Times.time(row, "next_attempt"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /**
   * As {@link RecoveryTable#releaseWithin}, within what is active at present. The jobs have their
   * places from here on, lest a new one takes them before a worker comes to these.
   *
   * @return how many
   */
  private int releaseWithin(
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
        RecoveryTable.releaseWithin(
            session, recovery, active, limits, limit, again, clock.instant());
    if (!released.isEmpty()) {
      QuotaTable.admit(session, released);
    }
    return released.size();
  }
}
