package io.jobs4j.sdk.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.local.LocalStorage;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.StoragePath;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What ends a transfer, and the threads that help with it. */
class TransferEndTest extends TransferFixture {
  @Test
  void aCancelEndsIt() throws Exception {
    for (int i = 0; i < 50; i++) {
      put("file" + i, "x");
    }
    AtomicInteger writes = new AtomicInteger();
    FileStorage counting =
        new ForwardingStorage(target) {
          @Override
          public void write(
              StoragePath file,
              InputStream in,
              Instant modified,
              boolean executable,
              Publication how)
              throws InterruptedException {
            writes.incrementAndGet();
            super.write(file, in, modified, executable, how);
          }
        };
    assertThatThrownBy(
            () ->
                transfers(4)
                    .run(
                        plan("", ""),
                        source,
                        counting,
                        "uri",
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        () -> writes.get() >= 10))
        .isInstanceOf(CancellationException.class);
    assertThat(writes.get()).isBetween(10, 13);
    assertThat(temporaryFiles()).isEmpty();

    assertThatThrownBy(
            () ->
                transfers(4)
                    .run(
                        plan("", ""),
                        source,
                        counting,
                        "uri",
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        () -> true))
        .isInstanceOf(CancellationException.class);
    assertThat(writes.get()).isBetween(10, 13);
  }

  @Test
  void aCancelEndsAFileWithoutEnd() throws Exception {
    put("endless", "x");
    AtomicLong reads = new AtomicLong();
    FileStorage endless =
        new ForwardingStorage(source) {
          @Override
          public InputStream read(StoragePath file, long offset) {
            return zeros(Long.MAX_VALUE, reads);
          }
        };
    assertThatThrownBy(
            () ->
                transfers(4)
                    .run(
                        plan("", ""),
                        endless,
                        target,
                        "uri",
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        () -> reads.get() >= 5))
        .isInstanceOf(CancellationException.class);
    assertThat(reads).hasValue(5);
    assertThat(tree(to)).isEmpty();
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void aCancelReachesHelpersThatHang() throws Exception {
    put("hangs", "x");
    put("works", "x");
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch worked = new CountDownLatch(1);
    AtomicBoolean cancelled = new AtomicBoolean();
    Thread caller = Thread.currentThread();
    FileStorage stubborn =
        new ForwardingStorage(target) {
          @Override
          public void write(
              StoragePath file,
              InputStream in,
              Instant modified,
              boolean executable,
              Publication how)
              throws InterruptedException {
            if (Thread.currentThread() == caller) {
              hanging.await();
              worked.countDown();
            } else {
              hanging.countDown();
              worked.await();
              cancelled.set(true);
              new CountDownLatch(1).await();
            }
          }
        };
    assertThatThrownBy(
            () ->
                transfers(2)
                    .run(
                        plan("", ""),
                        source,
                        stubborn,
                        "uri",
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        cancelled::get))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void theFirstFailureInterruptsTheRestAndNotWhatThePoolDoesNext() throws Exception {
    put("a", "x");
    put("b", "x");
    PermanentAdapterException refused =
        new PermanentAdapterException(ConditionCode.JOB_FILES_SERVICE_ERROR, "refused");
    CountDownLatch hanging = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    FileStorage failing =
        new ForwardingStorage(target) {
          @Override
          public void write(
              StoragePath file,
              InputStream in,
              Instant modified,
              boolean executable,
              Publication how)
              throws InterruptedException {
            if (Thread.currentThread() == caller) {
              hanging.await();
              throw refused;
            }
            hanging.countDown();
            new CountDownLatch(1).await();
          }
        };
    ExecutorService single = Executors.newSingleThreadExecutor();
    try {
      Transfers transfers = new Transfers(single, 2, Clock.systemUTC());
      assertThatThrownBy(
              () ->
                  transfers.run(
                      plan("", ""),
                      source,
                      failing,
                      "uri",
                      TransferFixture::nobody,
                      TransferTerms.PLAIN,
                      TransferFixture::never))
          .isSameAs(refused);
      assertThat(single.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
    } finally {
      single.shutdownNow();
    }
  }

  @Test
  void aFailureInAHelperIsThrownAsItIs() throws Exception {
    put("a", "x");
    put("b", "x");
    IllegalStateException mine = new IllegalStateException("mine");
    CountDownLatch failed = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    FileStorage failing =
        new ForwardingStorage(target) {
          @Override
          public void write(
              StoragePath file,
              InputStream in,
              Instant modified,
              boolean executable,
              Publication how)
              throws InterruptedException {
            if (Thread.currentThread() == caller) {
              failed.await();
            } else {
              failed.countDown();
              throw mine;
            }
          }
        };
    assertThatThrownBy(
            () ->
                transfers(2)
                    .run(
                        plan("", ""),
                        source,
                        failing,
                        "uri",
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        TransferFixture::never))
        .isSameAs(mine);
  }

  @Test
  void anInterruptOfTheCallerEndsAll() throws Exception {
    put("a", "x");
    put("b", "x");
    CountDownLatch hanging = new CountDownLatch(1);
    AtomicBoolean helperEnded = new AtomicBoolean();
    Thread caller = Thread.currentThread();
    FileStorage interrupting =
        new ForwardingStorage(target) {
          @Override
          public void write(
              StoragePath file,
              InputStream in,
              Instant modified,
              boolean executable,
              Publication how)
              throws InterruptedException {
            if (Thread.currentThread() == caller) {
              hanging.await();
              caller.interrupt();
              super.write(file, in, modified, executable, how);
              return;
            }
            hanging.countDown();
            try {
              new CountDownLatch(1).await();
            } finally {
              helperEnded.set(true);
            }
          }
        };
    assertThatThrownBy(
            () ->
                transfers(2)
                    .run(
                        plan("", ""),
                        source,
                        interrupting,
                        "uri",
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        TransferFixture::never))
        .isInstanceOf(InterruptedException.class);
    assertThat(helperEnded).isTrue();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aFullPoolDoesNotHoldUpATransferInItself() throws Exception {
    for (int i = 0; i < 20; i++) {
      put("file" + i, "x");
    }
    TransferPlan plan = plan("", "");
    ExecutorService small = Executors.newFixedThreadPool(2);
    try {
      Transfers transfers = new Transfers(small, 4, Clock.systemUTC());
      List<Future<TransferProgress>> ends = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        FileStorage own = new LocalStorage(Files.createDirectory(to.resolve("to" + i)));
        ends.add(
            small.submit(
                () ->
                    transfers.run(
                        plan,
                        source,
                        own,
                        "uri",
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        TransferFixture::never)));
      }
      for (Future<TransferProgress> end : ends) {
        assertThat(end.get().totalBytesTransferred()).isEqualTo(20);
      }
    } finally {
      small.shutdownNow();
    }
  }

  @Test
  void aHelperThatComesTooLateDoesNothing() throws Exception {
    put("a", "x");
    put("b", "x");
    List<Runnable> late = new ArrayList<>();
    new Transfers(late::add, 4, Clock.systemUTC())
        .run(
            plan("", ""),
            source,
            target,
            "uri",
            TransferFixture::nobody,
            TransferTerms.PLAIN,
            TransferFixture::never);
    assertThat(tree(to)).isEqualTo(tree(from));
    assertThat(late).hasSize(1);
    target.deleteTree(path("a"));
    late.forEach(Runnable::run);
    assertThat(to.resolve("a")).doesNotExist();
  }

  @Test
  void aPoolMayRefuseOrRunInTheCallingThread() throws Exception {
    put("a", "x");
    put("b", "x");
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("full");
        };
    Executor direct = Runnable::run;
    for (Executor executor : List.of(refusing, direct)) {
      new Transfers(executor, 4, Clock.systemUTC())
          .run(
              plan("", ""),
              source,
              target,
              "uri",
              TransferFixture::nobody,
              TransferTerms.PLAIN,
              TransferFixture::never);
      assertThat(tree(to)).isEqualTo(tree(from));
      target.deleteTree(path("a"));
      target.deleteTree(path("b"));
    }
  }
}
