package io.jobs4j.sdk.internal.cluster;

import io.jobs4j.sdk.internal.sql.Dialect;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This engine among those on the database. It is one of them as long as its row in {@code engine}
 * is there; each of its transactions begins by renewing that row, and holds it until the end, so
 * that the engine cannot be declared dead in the middle of one. An engine that finds itself
 * declared dead comes back as another.
 *
 * <p>Only an engine that starts takes over from a former one of its node. One that comes back takes
 * nothing from anybody: if another has the name of its node by then, it goes on without a name.
 *
 * <p>Leases run by the database's clock. What this engine believes of its own is never longer: it
 * begins before the database is asked, counts only once that is committed, and ends as soon as
 * either of two clocks says so. One is a clock that nobody sets, but that may stand still while the
 * host is suspended; the other is the host's. If the host's clock is set forward, the lease is in
 * doubt until the next transaction renews it; if it is set back, the other one goes on.
 */
public final class Membership {
  /** Its one parameter is the engine that counts. */
  static final String COUNT_OTHERS = "SELECT COUNT(*) FROM {engine} WHERE id <> ?";

  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  private final Duration lease;
  private final Leases leases;

  /** The lease with a margin for what passes between the database's answer and what uses it. */
  private final Duration trusted;

  private final LongSupplier nanoTime;
  private final InstantSource hostClock;
  private final String joinSql;
  private final String renewSql;
  private final String expiredSql;
  private final Dialect dialect;

  /** Empty if it has none, or has lost it to another engine; used by the writer's thread. */
  private String node;

  private volatile String id = "";

  /** Since when the lease runs that is certainly committed; {@code null} if there is none. */
  private volatile @Nullable Moment held;

  /** When the transaction under way renewed the lease; used by the writer's thread. */
  private @Nullable Moment renewed;

  /** Counts the transactions of this engine; used by the writer's thread. */
  private long commits;

  /** Holders of others' rows that were left as they are; used by the writer's thread. */
  private Set<Dialect.Holder> left = Set.of();

  /** Engines whose holders were told of; used by the writer's thread. */
  private final Set<String> told = new HashSet<>();

  private volatile int others;

  /** How many others were heard to come; guarded by this. */
  private long arrivals;

  public Membership(Dialect dialect, String node, Duration lease, Leases leases) {
    this(dialect, node, lease, leases, System::nanoTime, Clock.systemUTC());
  }

  /**
   * An engine that has not joined yet.
   *
   * @param leases what it and others have and give back when they leave
   * @param nanoTime a clock that nobody sets
   * @param hostClock goes on while the host is suspended
   */
  public Membership(
      Dialect dialect,
      String node,
      Duration lease,
      Leases leases,
      LongSupplier nanoTime,
      InstantSource hostClock) {
    this.dialect = dialect;
    this.node = node;
    this.lease = lease;
    this.leases = leases;
    this.trusted = lease.minus(lease.dividedBy(6));
    this.nanoTime = nanoTime;
    this.hostClock = hostClock;
    this.joinSql =
        "INSERT INTO {engine} (id, node, started, lease_until, last_commit) VALUES (?, ?, %s, %s, 0)"
            .formatted(dialect.now(), dialect.inMillis());
    this.renewSql =
        "UPDATE {engine} SET last_commit = ?, lease_until = %s WHERE id = ?"
            .formatted(dialect.inMillis());
    this.expiredSql =
        "SELECT id FROM {engine} WHERE lease_until < %s AND id <> ?".formatted(dialect.now());
  }

  /** The engine's present name in the database; empty before it has joined. */
  public String id() {
    return id;
  }

  /** How long the others wait for a sign of life. */
  public Duration lease() {
    return lease;
  }

  /** Whether the lease has certainly not expired. */
  public boolean isHeld() {
    Moment since = held;
    return since != null
        && nanoTime.getAsLong() - since.nanos() < trusted.toNanos()
        && hostClock.instant().isBefore(since.time().plus(trusted));
  }

  /** How many other engines there were when this last looked. */
  public int others() {
    return others;
  }

  /** Notes that another engine has come. */
  synchronized void arrived() {
    arrivals++;
  }

  /** How many were heard to come; to be asked before {@link #counted} is prepared. */
  synchronized long arrivals() {
    return arrivals;
  }

  /** Notes how many others there are; whoever came during the count may not be in it. */
  synchronized void counted(int engines, long arrivalsBefore) {
    if (arrivals == arrivalsBefore || engines > others) {
      others = engines;
    }
  }

  private void countOthers(EngineSession session) throws SQLException {
    long before = arrivals();
    PreparedStatement statement = session.statement(COUNT_OTHERS);
    statement.setString(1, id);
    try (ResultSet rows = statement.executeQuery()) {
      rows.next();
      counted(rows.getInt(1), before);
    }
  }

  /**
   * Becomes a member at the start. A former engine of the same node, which cannot be running any
   * more, loses its jobs at once.
   *
   * @param alone whether no other engine can be running, so that all others are former ones
   */
  public void join(EngineSession session, boolean alone) throws SQLException {
    List<String> former = former(session, alone, " FOR UPDATE");
    for (String dead : former) {
      remove(session, dead);
    }
    enter(session);
    if (!former.isEmpty()) {
      session.announcements().orphans();
    }
  }

  /** Becomes a member again under a new id. */
  public void rejoin(EngineSession session) throws SQLException {
    if (!node.isEmpty() && nodeIsTaken(session)) {
      log.warn(
          "Another engine has started as node \"{}\", which was this engine's name; this one goes"
              + " on without a name. Each engine needs a name of its own",
          node);
      node = "";
    }
    enter(session);
  }

  private boolean nodeIsTaken(EngineSession session) throws SQLException {
    PreparedStatement statement =
        session.statement("SELECT COUNT(*) FROM {engine} WHERE node = ? AND id <> ?");
    statement.setString(1, node);
    statement.setString(2, id);
    try (ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getInt(1) > 0;
    }
  }

  private void enter(EngineSession session) throws SQLException {
    String name = UUID.randomUUID().toString();
    Moment before = moment();
    PreparedStatement statement = session.statement(joinSql);
    statement.setString(1, name);
    statement.setString(2, node);
    statement.setLong(3, lease.toMillis());
    statement.executeUpdate();
    id = name;
    commits = 0;
    renewed = before;
    countOthers(session);
    session.announcements().joined();
  }

  /**
   * Has former engines of the same node let go of their rows, which {@link #join} waits for.
   *
   * @param silence how long they said nothing at least in the midst of a transaction
   */
  public void endFormer(EngineSession session, boolean alone, Duration silence)
      throws SQLException {
    endHolders(session, former(session, alone, ""), silence);
  }

  /** Has whoever holds the row of this engine let go of it after a lease of silence. */
  public void endOwnHolder(EngineSession session) throws SQLException {
    endHolders(session, List.of(id), lease);
  }

  private List<String> former(EngineSession session, boolean alone, String lock)
      throws SQLException {
    if (alone) {
      return ids(session.statement("SELECT id FROM {engine}" + lock));
    }
    PreparedStatement statement =
        session.statement("SELECT id FROM {engine} WHERE node = ? AND node <> ''" + lock);
    statement.setString(1, node);
    return ids(statement);
  }

  /**
   * Begins a transaction of this engine. If the engine was declared dead, the transaction ends with
   * an {@link OutdatedException} before its commit. Once it is committed, {@link #committed} is to
   * be told.
   *
   * @return its number, by which {@link #wasCommitted} knows it
   */
  public long renew(EngineSession session) throws SQLException {
    Moment before = moment();
    renewed = null;
    long number = ++commits;
    session.later(
        renewSql,
        List.of(number, lease.toMillis(), id),
        (rows, changed) -> {
          if (changed == 0) {
            held = null;
            throw new OutdatedException(true);
          }
          renewed = before;
        });
    return number;
  }

  /** Whether the transaction that {@link #renew} began was carried out. */
  public boolean wasCommitted(EngineSession session, long number) throws SQLException {
    PreparedStatement statement =
        session.statement("SELECT last_commit FROM {engine} WHERE id = ? FOR UPDATE");
    statement.setString(1, id);
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next() && rows.getLong(1) >= number;
    }
  }

  /** Notes that the transaction is committed which renewed the lease last. */
  public void committed() {
    if (renewed != null) {
      held = renewed;
    }
  }

  private Moment moment() {
    return new Moment(nanoTime.getAsLong(), hostClock.instant());
  }

  /**
   * Removes engines whose lease has expired; their jobs are anyone's. One that stands still in the
   * midst of a transaction is removed the next time: this ends the transaction.
   *
   * @return how many there were
   */
  public int removeExpired(EngineSession session) throws SQLException {
    List<String> expired = expired(session, expiredSql);
    List<String> dead =
        expired.isEmpty() ? expired : expired(session, expiredSql + " FOR UPDATE SKIP LOCKED");
    for (String engine : dead) {
      log.warn("Engine {} gave no sign of life in time; others take its jobs", engine);
      remove(session, engine);
    }
    if (!dead.isEmpty()) {
      session.announcements().orphans();
    }
    List<String> locked = new ArrayList<>(expired);
    locked.removeAll(dead);
    endHolders(session, locked, lease);
    countOthers(session);
    return dead.size();
  }

  private List<String> expired(EngineSession session, String sql) throws SQLException {
    PreparedStatement statement = session.statement(sql);
    statement.setString(1, id);
    return ids(statement);
  }

  private static List<String> ids(PreparedStatement statement) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  /**
   * Ends the sessions that hold these rows and have gone silent. One that may not be ended is told
   * of once, when it is met again: others may be about to remove the same engine.
   */
  private void endHolders(EngineSession session, List<String> engines, Duration silence)
      throws SQLException {
    List<Dialect.Holder> holders =
        engines.isEmpty() ? List.of() : dialect.endSilentHolders(session, engines, silence);
    told.retainAll(engines);
    for (Dialect.Holder holder : holders) {
      if (holder.ended()) {
        log.warn(
            "The row of engine {} is held by session {}, which went silent; it is ended",
            holder.engine(),
            holder.session());
      } else if (left.contains(holder) && told.add(holder.engine())) {
        log.warn(
            "The row of engine {} is held by session {} of user \"{}\", which this engine's user"
                + " may not end or not look into; nobody takes that engine's jobs until it ends",
            holder.engine(),
            holder.session(),
            holder.user());
      }
    }
    left = Set.copyOf(holders);
  }

  /** Gives this engine's jobs back and ends its membership. */
  public void leave(EngineSession session) throws SQLException {
    held = null;
    remove(session, id);
    session.announcements().orphans();
  }

  private void remove(EngineSession session, String engine) throws SQLException {
    leases.giveBack(session, engine);
    PreparedStatement row = session.statement("DELETE FROM {engine} WHERE id = ?");
    row.setString(1, engine);
    row.executeUpdate();
  }

  /** What engines have on lease. */
  @FunctionalInterface
  public interface Leases {
    /** Gives all that an engine has back, in the transaction that ends its membership. */
    void giveBack(EngineSession session, String engine) throws SQLException;
  }

  /** A moment by a clock that nobody sets, and by that of the host. */
  private record Moment(long nanos, Instant time) {}
}
