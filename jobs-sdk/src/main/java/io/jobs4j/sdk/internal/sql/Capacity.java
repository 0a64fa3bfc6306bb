package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.StoreException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Whether a database gives as many connections as an engine has at once. */
final class Capacity {
  private Capacity() {}

  /**
   * Opens so many connections at once, and closes them.
   *
   * @param limit how long that may take
   * @throws StoreException if they are not to be had
   */
  static void require(Jdbi jdbi, int connections, Duration limit) {
    AtomicInteger opened = new AtomicInteger();
    CompletableFuture<Void> all = new CompletableFuture<>();
    // A source may keep whoever asks waiting for as long as it likes.
    Thread thread =
        new Thread(
            () -> {
              try {
                open(jdbi, connections, opened);
                all.complete(null);
              } catch (RuntimeException | Error e) {
                all.completeExceptionally(e);
              }
            },
            "jobs4j-connections");
    thread.setDaemon(true);
    thread.start();
    try {
      all.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw tooFew(opened.get(), connections, SqlFailure.rootMessage(e.getCause()), e.getCause());
    } catch (TimeoutException e) {
      thread.interrupt();
      throw tooFew(
          opened.get(), connections, "no more came within " + limit.toMillis() + " ms.", e);
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new StoreException("The start was interrupted.", e);
    }
  }

  private static void open(Jdbi jdbi, int left, AtomicInteger opened) {
    if (left > 0) {
      Handle handle = jdbi.open();
      try {
        opened.incrementAndGet();
        open(jdbi, left - 1, opened);
      } finally {
        handle.close();
      }
    }
  }

  private static StoreException tooFew(
      int opened, int connections, String reason, @Nullable Throwable cause) {
    return new StoreException(
        ("The database gives %s connections at once, and an engine needs at least %s. Let its pool"
                + " have more: %s")
            .formatted(opened, connections, reason),
        cause);
  }
}
