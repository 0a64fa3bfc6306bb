package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.model.TransferProgress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Counts what one transfer has done and reports it. Safe for use by several threads. */
final class TransferMeter {
  private static final Duration DISTANCE = Duration.ofSeconds(1);

  private final int totalFiles;
  private final String sourceUri;
  private final Consumer<TransferProgress> listener;
  private final Clock clock;
  private final Instant start;

  private final AtomicInteger active = new AtomicInteger();
  private final AtomicLong totalBytes;

  /** Bytes there, whoever brought them. */
  private final AtomicLong arrived = new AtomicLong();

  /** Bytes that this transfer brought. */
  private final AtomicLong moved = new AtomicLong();

  /** Held by the thread that tells the listener. */
  private final ReentrantLock telling = new ReentrantLock();

  private Instant nextReport;

  TransferMeter(
      TransferPlan plan, String sourceUri, Consumer<TransferProgress> listener, Clock clock) {
    this.totalFiles = plan.files().size();
    this.totalBytes = new AtomicLong(plan.totalBytes());
    this.sourceUri = sourceUri;
    this.listener = listener;
    this.clock = clock;
    this.start = clock.instant();
    this.nextReport = start;
  }

  void fileBegins() {
    active.incrementAndGet();
  }

  void fileEnds() {
    active.decrementAndGet();
  }

  /** Bytes were there before. */
  void found(long bytes) {
    arrived.addAndGet(bytes);
  }

  /** Bytes have been transferred. */
  void moved(long bytes) {
    moved.addAndGet(bytes);
    arrived.addAndGet(bytes);
  }

  /** Bytes that were transferred are not there after all. */
  void withdrawn(long bytes) {
    moved.addAndGet(-bytes);
    arrived.addAndGet(-bytes);
  }

  /** A file turned out to have more bytes than planned, or fewer if negative. */
  void grown(long bytes) {
    totalBytes.addAndGet(bytes);
  }

  /** Tells the listener unless it was told a moment ago or is being told. */
  void reportNowAndThen() {
    if (telling.tryLock()) {
      try {
        if (!clock.instant().isBefore(nextReport)) {
          report();
        }
      } finally {
        telling.unlock();
      }
    }
  }

  /** Tells the listener in any case. */
  TransferProgress report() {
    telling.lock();
    try {
      Instant now = clock.instant();
      nextReport = now.plus(DISTANCE);
      TransferProgress progress = progress(now);
      listener.accept(progress);
      return progress;
    } finally {
      telling.unlock();
    }
  }

  private TransferProgress progress(Instant now) {
    long seconds = Duration.between(start, now).toSeconds();
    long rate = seconds > 0 ? moved.get() / seconds : 0;
    long there = arrived.get();
    return new TransferProgress(rate, totalFiles, sourceUri, active.get(), totalBytes.get(), there);
  }
}
