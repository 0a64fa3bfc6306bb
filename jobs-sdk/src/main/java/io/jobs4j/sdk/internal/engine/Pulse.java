package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.internal.store.JobStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives signs of life, three within each lease, and finds engines that give none: so the jobs of a
 * dead engine are taken up within a lease and a third.
 */
final class Pulse implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Pulse.class);

  private final JobStore store;
  private final Runnable onBeat;
  private final Runnable onDeath;
  private final Duration interval;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /**
   * A pulse that does not beat yet.
   *
   * @param onBeat is done with each sign
   * @param onDeath is told when the jobs of a dead engine can be taken up, and when there are other
   *     engines that cannot be heard any more
   */
  Pulse(JobStore store, Runnable onBeat, Runnable onDeath) {
    this.store = store;
    this.onBeat = onBeat;
    this.onDeath = onDeath;
    this.interval = store.lease().dividedBy(3);
    this.thread = new Thread(this::run, "jobs4j-pulse");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        beat();
      } while (!closing.await(interval.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // Only close() ends this thread.
      log.debug("The pulse stops.");
    }
  }

  private void beat() {
    try {
      boolean heard = store.hearsOthers();
      if (store.tend() > 0 || (heard && !store.hearsOthers())) {
        onDeath.run();
      }
      onBeat.run();
    } catch (JobsException e) {
      log.warn("This engine could not give a sign of life: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      log.error("This engine could not give a sign of life", e);
    }
  }

  @Override
  public void close() {
    close(Ending.within(Ending.LIMIT));
  }

  /** As {@link #close()}, within the time of an ending that others share. */
  void close(Ending ending) {
    closing.countDown();
    ending.of("The pulse", List.of(), thread);
  }
}
