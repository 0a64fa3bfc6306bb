package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.cluster.AnnouncementChannel;
import io.jobs4j.sdk.internal.cluster.AnnouncementListener;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.sql.Database;
import java.time.Duration;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engines on the database, of which this is one. Safe for use by several threads. Methods throw
 * {@link io.jobs4j.sdk.StoreException} when the database fails.
 */
public final class Cluster {
  private static final Logger log = LoggerFactory.getLogger(Cluster.class);
  private static final long LAST_WORD_MILLIS = 500;

  private final Database database;
  private final StoreWriter writer;
  private final Membership membership;
  private volatile @Nullable AnnouncementChannel channel;

  Cluster(Database database, StoreWriter writer, Membership membership) {
    this.database = database;
    this.writer = writer;
    this.membership = membership;
  }

  /**
   * Gives a sign of life, and removes engines that give none any more.
   *
   * @return how many were removed, whose jobs are now anyone's
   */
  public int tend() {
    int removed = writer.write(membership::removeExpired);
    try {
      database.setClock();
    } catch (JdbiException e) {
      log.warn("The database's clock could not be read; time goes on without it: {}", e.toString());
    }
    return removed;
  }

  /**
   * Tells {@code listener} from now on what other engines announce, where the database can pass it
   * on. To be called once.
   */
  public void listen(AnnouncementListener listener) {
    if (database.dialect().notifies()) {
      channel = new AnnouncementChannel(database, membership, listener);
    }
  }

  /**
   * Whether announcements of other engines reach this one, or there are no others. Otherwise it has
   * to look for them.
   */
  public boolean hearsOthers() {
    AnnouncementChannel open = channel;
    return membership.others() == 0 || (open != null && open.isListening());
  }

  /** How many other engines are on the database, as far as is known. */
  public int others() {
    return membership.others();
  }

  /** After how long without a sign of life an engine is declared dead. */
  public Duration lease() {
    return membership.lease();
  }

  /** Says that this engine is about to leave. */
  void leaving() {
    AnnouncementChannel open = channel;
    if (open != null) {
      open.leaving();
    }
  }

  /**
   * Hears nothing more; it has heard of the leave.
   *
   * @param deadline until when to wait for the last, by {@link System#nanoTime}
   */
  void close(long deadline) {
    AnnouncementChannel open = channel;
    if (open != null) {
      open.close(Math.max(LAST_WORD_MILLIS, (deadline - System.nanoTime()) / 1_000_000));
    }
  }
}
