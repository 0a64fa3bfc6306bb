package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Clock;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Carries out transfers: several files at once, each as a stream, none of them whole in memory. A
 * file that the target has already, with the same length and the same time, is not transferred
 * again, so that a transfer that broke off goes on where it was. Within one storage files are
 * copied by the storage itself. Safe for use by several threads.
 *
 * <p>The calling thread works too, and only waits for threads of the pool that have begun. So it
 * may belong to that pool, however full the pool is.
 */
public final class Transfers {
  /** Files at once if nobody says otherwise. */
  public static final int DEFAULT_PARALLEL_FILES = 4;

  private final Executor pool;
  private final int parallelFiles;
  private final Clock clock;

  /**
   * @param pool lends the threads beyond the calling one; it may refuse
   * @param parallelFiles most files at once in one transfer, at least 1
   * @param clock for the rate and the distance of progress reports
   */
  public Transfers(Executor pool, int parallelFiles, Clock clock) {
    if (parallelFiles < 1) {
      throw new IllegalArgumentException(
          "parallelFiles must be at least 1 but is " + parallelFiles);
    }
    this.pool = pool;
    this.parallelFiles = parallelFiles;
    this.clock = clock;
  }

  /**
   * Transfers what is planned and returns when no thread is at it any more, however it ends.
   *
   * @param plan made of {@code source}
   * @param source where the files are
   * @param target where they are to be; may be the same object
   * @param sourceUri what {@link TransferProgress#source()} says
   * @param progress told at the start, at the end and in between at most once a second, by one
   *     thread at a time, which may be of the pool; it must be quick, and what it throws ends the
   *     transfer
   * @param terms what it has to keep to
   * @param cancelled asked often, by several threads, so it must be cheap and safe. A copy that a
   *     storage does by itself is only ended in the threads of the pool; the calling thread ends
   *     its own first unless it is interrupted.
   * @return how it ended
   * @throws PermanentAdapterException the first failure of any file, as the storage threw it; files
   *     that were complete stay
   * @throws TransientAdapterException the same, or the source gave fewer bytes than it had promised
   * @throws CancellationException if {@code cancelled} said so
   * @throws InterruptedException if the calling thread was interrupted, or the pool ends
   */
  public TransferProgress run(
      TransferPlan plan,
      FileStorage source,
      FileStorage target,
      String sourceUri,
      Consumer<TransferProgress> progress,
      TransferTerms terms,
      BooleanSupplier cancelled)
      throws InterruptedException {
    TransferMeter meter = new TransferMeter(plan, sourceUri, progress, clock);
    return new TransferRun(plan, source, target, meter, terms, cancelled).run(pool, parallelFiles);
  }
}
