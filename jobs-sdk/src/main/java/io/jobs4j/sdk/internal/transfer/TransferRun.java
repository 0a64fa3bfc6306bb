package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.transfer.TransferPlan.Item;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One transfer under way. Threads take the next file until none is left or one has failed; then the
 * helpers that have begun are interrupted and waited for. A helper that begins later does nothing.
 */
final class TransferRun {
  private static final long CANCEL_CHECK_MILLIS = 100;

  private final TransferPlan plan;
  private final FileStorage source;
  private final FileStorage target;
  private final TransferMeter meter;
  private final TransferTerms terms;
  private final BooleanSupplier cancelled;

  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean stopped;

  /** Guards the fields below. */
  private final Object lock = new Object();

  private final Set<Thread> helpers = new HashSet<>();
  private boolean closed;
  private @Nullable Throwable failure;

  TransferRun(
      TransferPlan plan,
      FileStorage source,
      FileStorage target,
      TransferMeter meter,
      TransferTerms terms,
      BooleanSupplier cancelled) {
    this.plan = plan;
    this.source = source;
    this.target = target;
    this.meter = meter;
    this.terms = terms;
    this.cancelled = cancelled;
  }

  TransferProgress run(Executor pool, int parallelFiles) throws InterruptedException {
    try {
      requireGoing();
      meter.report();
      recruit(pool, Math.min(parallelFiles, plan.files().size()) - 1);
      for (StoragePath directory : plan.emptyDirectories()) {
        requireGoing();
        target.makeDirectories(directory, terms.within());
      }
      work();
    } catch (InterruptedException | RuntimeException | Error e) {
      stop(e);
    }
    awaitHelpers();
    throwFailure();
    return meter.report();
  }

  private void recruit(Executor pool, int count) {
    try {
      for (int i = 0; i < count; i++) {
        pool.execute(this::help);
      }
    } catch (RejectedExecutionException e) {
      // The pool has no thread to spare; those that work already do it all.
      return;
    }
  }

  private void help() {
    Thread helper = Thread.currentThread();
    synchronized (lock) {
      if (closed || stopped) {
        return;
      }
      helpers.add(helper);
    }
    try {
      work();
    } catch (InterruptedException | RuntimeException | Error e) {
      stop(e);
    } finally {
      synchronized (lock) {
        helpers.remove(helper);
        if (stopped) {
          // The interrupt was meant for this transfer, not for what the pool's thread does next.
          Thread.interrupted();
        }
        lock.notifyAll();
      }
    }
  }

  private void work() throws InterruptedException {
    int index;
    while ((index = next.getAndIncrement()) < plan.files().size()) {
      requireGoing();
      meter.fileBegins();
      try {
        transferIfThere(plan.files().get(index));
      } finally {
        meter.fileEnds();
      }
      meter.reportNowAndThen();
    }
  }

  private void transferIfThere(Item file) throws InterruptedException {
    Consumer<StoragePath> vanished = terms.vanished();
    try {
      transfer(file);
    } catch (PermanentAdapterException e) {
      if (vanished == null || source.stat(file.source()).isPresent()) {
        throw e;
      }
      meter.grown(-file.length());
      vanished.accept(file.source());
    }
  }

  private void transfer(Item file) throws InterruptedException {
    Optional<FileEntry> there =
        targetKeepsTime() ? target.stat(file.target()) : Optional.<FileEntry>empty();
    if (there.filter(entry -> isSame(entry, file)).isPresent()) {
      meter.found(file.length());
      return;
    }
    try {
      put(file, there.isPresent());
    } catch (TargetExistsException e) {
      requireGoing();
      if (targetKeepsTime()
          && target.stat(file.target()).filter(entry -> isSame(entry, file)).isPresent()) {
        meter.found(file.length());
        return;
      }
      put(file, true);
    }
  }

  /** Asked each time: that a server refuses to set times shows only when it is to. */
  private boolean targetKeepsTime() {
    return target.capabilities().contains(FileStorage.Capability.KEEP_MODIFIED_TIME);
  }

  private void put(Item file, boolean replace) throws InterruptedException {
    Publication publication = terms.fence().publication(terms.within(), replace);
    if (source.equals(target)) {
      long bytes = target.copy(file.source(), file.target(), publication);
      meter.grown(bytes - file.length());
      meter.moved(bytes);
      return;
    }
    try (InputStream stream = source.read(file.source(), 0)) {
      Content content = new Content(stream, file);
      boolean written = false;
      try {
        target.write(file.target(), content, file.modified(), file.executable(), publication);
        written = true;
      } finally {
        content.end(written);
      }
    } catch (IOException e) {
      throw brokeOff(file, e);
    }
  }

  private boolean isSame(FileEntry there, Item file) {
    return !terms.again()
        && !there.directory()
        && there.length() == file.length()
        && sameTime(there.modified(), file.modified());
  }

  /**
   * Whether two times of a file are one. Some storages keep whole seconds only; where both sides
   * have more, all of it counts, because two files of one length made within a second are common.
   */
  static boolean sameTime(Instant one, Instant other) {
    ChronoUnit unit = isWhole(one) || isWhole(other) ? ChronoUnit.SECONDS : ChronoUnit.MICROS;
    return one.truncatedTo(unit).equals(other.truncatedTo(unit));
  }

  private static boolean isWhole(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).equals(time);
  }

  /** Throws if the transfer is to end, so that this thread leaves what it is doing. */
  private void requireGoing() {
    if (stopped || cancelled.getAsBoolean()) {
      throw new CancellationException("The transfer was cancelled.");
    }
    terms.fence().requireHeld();
  }

  /**
   * Ends the transfer. Only the first call says why, and interrupts: who was is putting away what
   * it had begun.
   */
  private void stop(Throwable why) {
    synchronized (lock) {
      if (stopped) {
        return;
      }
      failure = why;
      stopped = true;
      helpers.forEach(Thread::interrupt);
    }
  }

  private void awaitHelpers() {
    boolean interrupted = false;
    while (helpersAreAtWork()) {
      try {
        if (!stopped) {
          requireGoing();
        }
        synchronized (lock) {
          if (!helpers.isEmpty()) {
            lock.wait(CANCEL_CHECK_MILLIS);
          }
        }
      } catch (InterruptedException e) {
        interrupted = true;
        stop(e);
      } catch (RuntimeException e) {
        stop(e);
      }
    }
    if (interrupted && !(failure() instanceof InterruptedException)) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean helpersAreAtWork() {
    synchronized (lock) {
      closed = true;
      return !helpers.isEmpty();
    }
  }

  private @Nullable Throwable failure() {
    synchronized (lock) {
      return failure;
    }
  }

  private void throwFailure() throws InterruptedException {
    Throwable why = failure();
    if (why instanceof InterruptedException interrupt) {
      throw interrupt;
    }
    if (why instanceof RuntimeException exception) {
      throw exception;
    }
    if (why instanceof Error error) {
      throw error;
    }
  }

  private TransientAdapterException brokeOff(Item file, IOException cause) {
    return incomplete(
        "Reading \"%s\" broke off: %s".formatted(file.source(), cause.getMessage()), cause);
  }

  /** The source is at fault, also where the target has asked for more. */
  private TransientAdapterException incomplete(String message, @Nullable IOException cause) {
    return new TransientAdapterException(
        RecoveryCondition.TRANSMISSION_FAILURE, SystemStorage.systemOf(source), message, cause);
  }

  /** A file's content on its way: counted, ended when the transfer ends, refused if too short. */
  private final class Content extends InputStream {
    private final InputStream content;
    private final Item file;
    private long count;

    Content(InputStream content, Item file) {
      this.content = content;
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      requireGoing();
      int read;
      try {
        read = content.read(bytes, offset, length);
      } catch (IOException e) {
        if (Thread.currentThread().isInterrupted()) {
          // The target's business, which answers with an InterruptedException.
          throw e;
        }
        throw brokeOff(file, e);
      }
      if (read > 0) {
        count(read);
      } else if (read < 0 && count < file.length() && terms.vanished() == null) {
        throw incomplete(
            "\"%s\" ended after %s bytes of %s.".formatted(file.source(), count, file.length()),
            null);
      }
      return read;
    }

    /** Counts a file that turned out shorter, and nothing of one that did not arrive. */
    void end(boolean written) {
      if (written) {
        meter.grown(Math.min(0, count - file.length()));
      } else {
        meter.grown(-Math.max(0, count - file.length()));
        meter.withdrawn(count);
      }
    }

    private void count(int read) {
      long before = count;
      count += read;
      meter.grown(Math.max(0, count - file.length()) - Math.max(0, before - file.length()));
      meter.moved(read);
      meter.reportNowAndThen();
    }
  }
}
