package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.internal.store.Cluster;
import java.time.Duration;

/**
 * Gives signs of life, three within each lease, and finds engines that give none: so the jobs of a
 * dead engine are taken up within a lease and a third.
 */
final class Heartbeat implements AutoCloseable {
  private final Cluster cluster;
  private final Runnable onBeat;
  private final Runnable onDeath;
  private final Duration interval;
  private final Loop loop;

  /**
   * A heart that does not beat yet.
   *
   * @param onBeat is done with each sign
   * @param onDeath is told when the jobs of a dead engine can be taken up, and when there are other
   *     engines that cannot be heard any more
   */
  Heartbeat(Cluster cluster, Runnable onBeat, Runnable onDeath) {
    this.cluster = cluster;
    this.onBeat = onBeat;
    this.onDeath = onDeath;
    this.interval = cluster.lease().dividedBy(3);
    this.loop =
        new Loop("heartbeat", "This engine could not give a sign of life", interval, this::beat);
  }

  void start() {
    loop.start();
  }

  private Duration beat() {
    boolean heard = cluster.hearsOthers();
    if (cluster.tend() > 0 || (heard && !cluster.hearsOthers())) {
      onDeath.run();
    }
    onBeat.run();
    return interval;
  }

  /** Stops without waiting for that; {@link #close} must follow. */
  void stop() {
    loop.stop();
  }

  @Override
  public void close() {
    close(ShutdownDeadline.within(ShutdownDeadline.LIMIT));
  }

  /** Beats no more, and waits until a deadline that others share. */
  void close(ShutdownDeadline deadline) {
    loop.close(deadline);
  }
}
