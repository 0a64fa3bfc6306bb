package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.JobsException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something to be written, and who waits for it. The writer's thread notes what came of it within
 * the transaction, and the waiting one is told once that is durable.
 */
abstract class PendingWrite<T> {
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private long deadline;
  private volatile boolean mayBeDone;
  private @Nullable T value;
  private @Nullable JobsException refusal;
  private @Nullable Consumer<T> observer;

  CompletableFuture<T> result() {
    return result;
  }

  /** Lets {@code told} see the outcome on the writer's thread, before anyone who waits. */
  final void onCommit(Consumer<T> told) {
    observer = told;
  }

  /** Until when the database may stay away, by {@link System#nanoTime}. */
  final void waitUntil(long nanos) {
    deadline = nanos;
  }

  final boolean isLate(long nanos) {
    return nanos - deadline >= 0;
  }

  /** The UUID of the job that it changes; empty if it is about no job that exists. */
  String job() {
    return "";
  }

  /** Whether nobody waits for it any more. */
  final boolean isGivenUp() {
    return result.isDone();
  }

  /** Whether it may have been carried out before. */
  final boolean mayBeDone() {
    return mayBeDone;
  }

  /** Notes that its transaction is about to be committed. */
  final void committing() {
    mayBeDone = true;
  }

  final void done(T outcome) {
    value = outcome;
    refusal = null;
  }

  /** The transaction goes on without this. */
  final void refuse(JobsException reason) {
    refusal = reason;
  }

  /** Tells that the transaction is durable. */
  final void answer() {
    if (refusal != null) {
      result.completeExceptionally(refusal);
    } else {
      T outcome = value;
      Consumer<T> told = observer;
      if (outcome != null && told != null) {
        told.accept(outcome);
      }
      result.complete(outcome);
    }
  }

  final void fail(Throwable error) {
    result.completeExceptionally(error);
  }
}
