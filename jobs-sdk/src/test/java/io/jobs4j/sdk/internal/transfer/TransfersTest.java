package io.jobs4j.sdk.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.local.LocalStorage;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A test that hangs has failed; no time limit here decides anything else. */
@Timeout(60)
class TransfersTest {
  private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06.789Z");

  @TempDir Path temp;
  private Path from;
  private Path to;
  private FileStorage source;
  private FileStorage target;
  private ExecutorService pool;

  @BeforeEach
  void open() throws IOException {
    from = Files.createDirectory(temp.resolve("from"));
    to = Files.createDirectory(temp.resolve("to"));
    source = new LocalStorage(from);
    target = new LocalStorage(to);
    pool = Executors.newFixedThreadPool(4);
  }

  @AfterEach
  void close() throws InterruptedException {
    pool.shutdown();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).as("the pool is idle").isTrue();
  }

  @Test
  void transfersTreesWithWhateverNames() throws Exception {
    put("a/b/c/d/e/f/g/h/deep", "deep");
    put("a/ spaces in it ", "x");
    put("a/new\nline", "y");
    put("a/\u00fcber/\u6f22\u5b57/\ud83d\ude00", "unicode");
    put("a/$(touch x);'\"`\\", "shell");
    put("a/-rf", "dash");
    put("a/empty", "");
    put("a/large", "0123456789".repeat(100_000));
    source.makeDirectories(path("a/nothing in/here"));
    source.write(path("a/run.sh"), content("#!/bin/sh"), LONG_AGO, true);

    TransferPlan plan = plan("a", "x/y");
    TransferProgress end =
        transfers(4)
            .run(
                plan,
                source,
                target,
                "uri",
                TransfersTest::nobody,
                TransferTerms.PLAIN,
                TransfersTest::never);

    assertThat(tree(to.resolve("x/y"))).isEqualTo(tree(from.resolve("a")));
    assertThat(end).isEqualTo(new TransferProgress(0, 9, "uri", 0, 1_000_031, 1_000_031));
    assertThat(target.stat(path("x/y/run.sh")).orElseThrow().executable()).isTrue();
    assertThat(target.stat(path("x/y/empty")).orElseThrow().executable()).isFalse();
    assertThat(target.stat(path("x/y/run.sh")).orElseThrow().modified()).isEqualTo(LONG_AGO);
  }

  @Test
  void oneStorageOfTwoSystemsCopiesByItself() throws Exception {
    put("a", "text");
    FileStorage unread =
        new ForwardingStorage(source) {
          @Override
          public InputStream read(StoragePath file, long offset) {
            throw new AssertionError("It need not be read.");
          }
        };
    FileStorage one = SystemStorage.open("one", () -> unread);
    FileStorage two = SystemStorage.open("two", () -> unread);

    TransferProgress unused =
        transfers(1)
            .run(
                plan("a", "b"),
                one,
                two,
                "uri",
                TransfersTest::nobody,
                TransferTerms.PLAIN,
                TransfersTest::never);

    assertThat(tree(from)).containsKeys("a", "b");
    assertThat(one).isNotEqualTo(SystemStorage.open("one", () -> target));
  }

  @Test
  void transfersManySmallFiles() throws Exception {
    long seed = 4711;
    Random random = new Random(seed);
    long bytes = 0;
    for (int i = 0; i < 400; i++) {
      String text = "z".repeat(random.nextInt(100));
      put("d" + i % 7 + "/" + i % 11 + "/file " + i, text);
      bytes += text.length();
    }
    TransferProgress end =
        transfers(4)
            .run(
                plan("", ""),
                source,
                target,
                "uri",
                TransfersTest::nobody,
                TransferTerms.PLAIN,
                TransfersTest::never);
    assertThat(tree(to)).as("seed %s", seed).isEqualTo(tree(from));
    assertThat(end.totalFiles()).isEqualTo(400);
    assertThat(end.totalBytes()).isEqualTo(bytes);
    assertThat(end.totalBytesTransferred()).isEqualTo(bytes);
  }

  @Test
  void filesMoveAtTheSameTimeButNotMoreThanAllowed() throws Exception {
    for (int i = 0; i < 9; i++) {
      put("file" + i, "x");
    }
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CyclicBarrier three = new CyclicBarrier(3);
    FileStorage meeting =
        new ForwardingStorage(target) {
          @Override
          public void write(
              StoragePath file,
              InputStream in,
              Instant modified,
              boolean executable,
              Publication how)
              throws InterruptedException {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
              three.await();
            } catch (BrokenBarrierException e) {
              throw new IllegalStateException(e);
            }
            super.write(file, in, modified, executable, how);
            now.decrementAndGet();
          }
        };
    transfers(3)
        .run(
            plan("", ""),
            source,
            meeting,
            "uri",
            TransfersTest::nobody,
            TransferTerms.PLAIN,
            TransfersTest::never);
    assertThat(most).hasValue(3);
    assertThat(tree(to)).isEqualTo(tree(from));
  }

  @Test
  void goesOnWhereItBrokeOff() throws Exception {
    for (int i = 0; i < 40; i++) {
      put("d/file" + i, "content " + i);
    }
    TransientAdapterException full =
        new TransientAdapterException(RecoveryCondition.STORAGE_NOT_WRITABLE, "full", null);
    AtomicInteger writes = new AtomicInteger();
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
            if (writes.incrementAndGet() == 20) {
              throw full;
            }
            super.write(file, in, modified, executable, how);
          }
        };
    assertThatThrownBy(
            () ->
                transfers(4)
                    .run(
                        plan("d", "d"),
                        source,
                        failing,
                        "uri",
                        TransfersTest::nobody,
                        TransferTerms.PLAIN,
                        TransfersTest::never))
        .isSameAs(full);
    int there = tree(to).size() - 1;
    assertThat(there).isBetween(16, 39);

    writes.set(1000);
    TransferProgress end =
        transfers(4)
            .run(
                plan("d", "d"),
                source,
                failing,
                "uri",
                TransfersTest::nobody,
                TransferTerms.PLAIN,
                TransfersTest::never);
    assertThat(writes).hasValue(1000 + 40 - there);
    assertThat(end.totalBytesTransferred()).isEqualTo(end.totalBytes());
    assertThat(tree(to)).isEqualTo(tree(from));

    transfers(4)
        .run(
            plan("d", "d"),
            source,
            failing,
            "uri",
            TransfersTest::nobody,
            TransferTerms.PLAIN,
            TransfersTest::never);
    assertThat(writes).as("writes when all is there").hasValue(1000 + 40 - there);
  }

  @Test
  void transfersAgainWhatDiffersInLengthOrTime() throws Exception {
    put("length", "longer");
    put("second", "second");
    put("milli", "milli");
    put("same", "same, by the time");
    target.write(path("length"), content("long"), LONG_AGO, false);
    target.write(path("second"), content("SECOND"), LONG_AGO.minusSeconds(1), false);
    target.write(path("milli"), content("MILLI"), LONG_AGO.plusMillis(1), false);
    target.write(path("same"), content("SAME, BY THE TIME"), LONG_AGO, false);
    transfers(1)
        .run(
            plan("", ""),
            source,
            target,
            "uri",
            TransfersTest::nobody,
            TransferTerms.PLAIN,
            TransfersTest::never);
    assertThat(to.resolve("length")).hasContent("longer");
    assertThat(to.resolve("second")).hasContent("second");
    assertThat(to.resolve("milli")).hasContent("milli");
    assertThat(to.resolve("same")).hasContent("SAME, BY THE TIME");
  }

  @Test
  void tellsTimesWithinASecondApartWhereBothSidesKeepThem() {
    Instant whole = Instant.parse("2026-01-01T00:00:01Z");
    assertThat(TransferRun.sameTime(whole, whole.plusMillis(999))).isTrue();
    assertThat(TransferRun.sameTime(whole, whole.plusSeconds(1))).isFalse();
    assertThat(TransferRun.sameTime(whole.plusMillis(1), whole.plusMillis(2))).isFalse();
    assertThat(TransferRun.sameTime(whole.plusNanos(1001), whole.plusNanos(1999))).isTrue();
  }

  @Test
  void trustsNoTimesOfAStorageThatKeepsNone() throws Exception {
    put("file", "new");
    target.write(path("file"), content("old"), LONG_AGO, false);
    FileStorage timeless =
        new ForwardingStorage(target) {
          @Override
          public Set<Capability> capabilities() {
            return Set.of(Capability.WRITE);
          }
        };
    transfers(1)
        .run(
            plan("", ""),
            source,
            timeless,
            "uri",
            TransfersTest::nobody,
            TransferTerms.PLAIN,
            TransfersTest::never);
    assertThat(to.resolve("file")).hasContent("new");
  }

  @Test
  void copiesWithinOneStorageWithoutReading() throws Exception {
    put("a/file", "text");
    put("a/b/run.sh", "x");
    FileStorage unread =
        new ForwardingStorage(source) {
          @Override
          public InputStream read(StoragePath file, long offset) {
            throw new AssertionError("a copy needs no reading");
          }
        };
    TransferProgress end =
        transfers(4)
            .run(
                plan("a", "copy"),
                unread,
                unread,
                "uri",
                TransfersTest::nobody,
                TransferTerms.PLAIN,
                TransfersTest::never);
    assertThat(tree(from.resolve("copy"))).isEqualTo(tree(from.resolve("a")));
    assertThat(end.totalBytesTransferred()).isEqualTo(5);
  }

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
                        TransfersTest::nobody,
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
                        TransfersTest::nobody,
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
                        TransfersTest::nobody,
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
                        TransfersTest::nobody,
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
                      TransfersTest::nobody,
                      TransferTerms.PLAIN,
                      TransfersTest::never))
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
                        TransfersTest::nobody,
                        TransferTerms.PLAIN,
                        TransfersTest::never))
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
                        TransfersTest::nobody,
                        TransferTerms.PLAIN,
                        TransfersTest::never))
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
                        TransfersTest::nobody,
                        TransferTerms.PLAIN,
                        TransfersTest::never)));
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
            TransfersTest::nobody,
            TransferTerms.PLAIN,
            TransfersTest::never);
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
              TransfersTest::nobody,
              TransferTerms.PLAIN,
              TransfersTest::never);
      assertThat(tree(to)).isEqualTo(tree(from));
      target.deleteTree(path("a"));
      target.deleteTree(path("b"));
    }
  }

  @Test
  void reportsHowFarItIs() throws Exception {
    for (int i = 0; i < 10; i++) {
      put("file" + i, "x".repeat(300_000));
    }
    AtomicLong looks = new AtomicLong();
    InstantSource ticking = () -> LONG_AGO.plusSeconds(looks.incrementAndGet());
    List<TransferProgress> told = Collections.synchronizedList(new ArrayList<>());
    TransferProgress end =
        new Transfers(pool, 3, ticking.withZone(ZoneOffset.UTC))
            .run(
                plan("", ""),
                source,
                target,
                "agave://system/from",
                told::add,
                TransferTerms.PLAIN,
                TransfersTest::never);

    assertThat(told.get(0))
        .isEqualTo(new TransferProgress(0, 10, "agave://system/from", 0, 3_000_000, 0));
    assertThat(told).hasSizeGreaterThan(2).endsWith(end);
    assertThat(told)
        .extracting(TransferProgress::totalBytesTransferred)
        .isSorted()
        .endsWith(3_000_000L);
    assertThat(told)
        .allSatisfy(
            progress -> {
              assertThat(progress.totalActiveTransfers()).isBetween(0L, 3L);
              assertThat(progress.totalBytes()).isEqualTo(3_000_000);
              assertThat(progress.totalFiles()).isEqualTo(10);
            });
    assertThat(end.totalActiveTransfers()).isZero();
    assertThat(end.averageRate()).isBetween(1L, 3_000_000L);
    assertThat(told)
        .anySatisfy(progress -> assertThat(progress.totalActiveTransfers()).isPositive());
  }

  /** A file appears at the target when its content has been written, the same or another. */
  @ParameterizedTest
  @ValueSource(strings = {"0123456789", "other"})
  void countsOnceWhatAppearsAtTheTargetMeanwhile(String appeared) throws Exception {
    put("file", "0123456789");
    FileStorage late =
        new ForwardingStorage(target) {
          @Override
          public void write(
              StoragePath file,
              InputStream content,
              Instant modified,
              boolean executable,
              Publication publication)
              throws InterruptedException {
            if (!publication.replace()) {
              super.write(file, content(appeared), modified, executable, Publication.PLAIN);
              try {
                content.readAllBytes();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              throw new TargetExistsException(file, null);
            }
            super.write(file, content, modified, executable, publication);
          }
        };

    TransferProgress end =
        transfers(1)
            .run(
                plan("", ""),
                source,
                late,
                "uri",
                TransfersTest::nobody,
                TransferTerms.PLAIN,
                TransfersTest::never);

    assertThat(end.totalBytesTransferred()).isEqualTo(10);
    assertThat(end.totalBytes()).isEqualTo(10);
    assertThat(to.resolve("file")).hasContent("0123456789");
  }

  @Test
  void countsNothingOfAFileThatVanishesAndNothingThatAShorterOneLacks() throws Exception {
    put("gone", "0123456789");
    put("shorter", "0123456789");
    put("stays", "0123456789");
    TransferPlan plan = plan("", "");
    put("shorter", "0123");
    FileStorage vanishing =
        new ForwardingStorage(target) {
          @Override
          public void write(
              StoragePath file,
              InputStream content,
              Instant modified,
              boolean executable,
              Publication publication)
              throws InterruptedException {
            super.write(file, content, modified, executable, publication);
            if (file.name().equals("gone")) {
              source.deleteTree(file);
              throw new PermanentAdapterException(
                  ConditionCode.JOB_FILES_SERVICE_ERROR, "It is gone.");
            }
          }
        };

    List<StoragePath> vanished = new ArrayList<>();
    TransferProgress end =
        transfers(1)
            .run(
                plan,
                source,
                vanishing,
                "uri",
                TransfersTest::nobody,
                new TransferTerms(Fence.NONE, StoragePath.ROOT, vanished::add, false),
                TransfersTest::never);

    assertThat(vanished).containsExactly(path("gone"));
    assertThat(end.totalBytesTransferred()).isEqualTo(14);
    assertThat(end.totalBytes()).isEqualTo(14);
  }

  @Test
  void reportsOnlyStartAndEndIfNoTimePasses() throws Exception {
    put("a", "x");
    put("b", "x");
    List<TransferProgress> told = Collections.synchronizedList(new ArrayList<>());
    new Transfers(pool, 3, Clock.fixed(LONG_AGO, ZoneOffset.UTC))
        .run(
            plan("", ""),
            source,
            target,
            "uri",
            told::add,
            TransferTerms.PLAIN,
            TransfersTest::never);
    assertThat(told).hasSize(2);
  }

  @Test
  void whatTheListenerThrowsEndsIt() throws Exception {
    put("a", "x");
    IllegalStateException mine = new IllegalStateException("mine");
    assertThatThrownBy(
            () ->
                transfers(1)
                    .run(
                        plan("", ""),
                        source,
                        target,
                        "uri",
                        progress -> {
                          throw mine;
                        },
                        TransferTerms.PLAIN,
                        TransfersTest::never))
        .isSameAs(mine);
  }

  @Test
  void aFileThatEndsEarlyIsNoFile() throws Exception {
    put("file", "0123456789");
    FileStorage cut =
        new ForwardingStorage(source) {
          @Override
          public InputStream read(StoragePath file, long offset) {
            return content("01234");
          }
        };
    assertThatThrownBy(
            () ->
                transfers(1)
                    .run(
                        plan("", ""),
                        cut,
                        target,
                        "uri",
                        TransfersTest::nobody,
                        TransferTerms.PLAIN,
                        TransfersTest::never))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.TRANSMISSION_FAILURE))
        .hasMessage("\"/file\" ended after 5 bytes of 10.");
    assertThat(tree(to)).isEmpty();
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void aSourceThatBreaksOffIsToldFromTheTarget() throws Exception {
    put("file", "0123456789");
    FileStorage broken =
        new ForwardingStorage(source) {
          @Override
          public InputStream read(StoragePath file, long offset) {
            return new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("connection reset");
              }

              @Override
              public int read(byte[] bytes, int start, int length) throws IOException {
                return read();
              }
            };
          }
        };
    assertThatThrownBy(
            () ->
                transfers(1)
                    .run(
                        plan("", ""),
                        broken,
                        target,
                        "uri",
                        TransfersTest::nobody,
                        TransferTerms.PLAIN,
                        TransfersTest::never))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessage("Reading \"/file\" broke off: connection reset");
  }

  @Test
  void aFileThatGrowsArrivesWhole() throws Exception {
    put("file", "0123");
    TransferPlan plan = plan("", "");
    put("file", "0123456789");
    TransferProgress streamed =
        transfers(1)
            .run(
                plan,
                source,
                target,
                "uri",
                TransfersTest::nobody,
                TransferTerms.PLAIN,
                TransfersTest::never);
    assertThat(to.resolve("file")).hasContent("0123456789");
    assertThat(streamed).isEqualTo(new TransferProgress(0, 1, "uri", 0, 10, 10));

    TransferPlan within =
        TransferPlan.of(
            source,
            List.of(new TransferPlan.Root(path("file"), path("copy"))),
            TransferPlan.Exclusion.NONE);
    put("file", "01");
    TransferProgress copied =
        transfers(1)
            .run(
                within,
                source,
                source,
                "uri",
                TransfersTest::nobody,
                TransferTerms.PLAIN,
                TransfersTest::never);
    assertThat(copied).isEqualTo(new TransferProgress(0, 1, "uri", 0, 2, 2));
  }

  @Test
  void neverHoldsAWholeFile() throws Exception {
    long length = Runtime.getRuntime().maxMemory() + (1L << 31);
    TransferPlan plan =
        new TransferPlan(
            List.of(new TransferPlan.Item(path("a"), path("b"), length, LONG_AGO, false)),
            List.of(),
            TransferPlan.Omissions.NONE);
    FileStorage huge =
        new ForwardingStorage(source) {
          @Override
          public InputStream read(StoragePath file, long offset) {
            return zeros(length, new AtomicLong());
          }
        };
    FileStorage sink =
        new ForwardingStorage(target) {
          @Override
          public void write(
              StoragePath file,
              InputStream in,
              Instant modified,
              boolean executable,
              Publication how) {
            byte[] bytes = new byte[1 << 20];
            try {
              int count;
              do {
                count = in.read(bytes);
              } while (count >= 0);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    TransferProgress end =
        transfers(1)
            .run(
                plan,
                huge,
                sink,
                "uri",
                TransfersTest::nobody,
                TransferTerms.PLAIN,
                TransfersTest::never);
    assertThat(end.totalBytesTransferred()).isEqualTo(length);
  }

  @Test
  void nothingIsAlsoATransfer() throws Exception {
    TransferPlan plan = TransferPlan.of(source, List.of(), TransferPlan.Exclusion.NONE);
    assertThat(
            transfers(4)
                .run(
                    plan,
                    source,
                    target,
                    "uri",
                    TransfersTest::nobody,
                    TransferTerms.PLAIN,
                    TransfersTest::never))
        .isEqualTo(new TransferProgress(0, 0, "uri", 0, 0, 0));
  }

  private Transfers transfers(int parallelFiles) {
    return new Transfers(pool, parallelFiles, Clock.fixed(LONG_AGO, ZoneOffset.UTC));
  }

  private TransferPlan plan(String sourceRoot, String targetRoot) throws InterruptedException {
    return TransferPlan.of(
        source,
        List.of(new TransferPlan.Root(path(sourceRoot), path(targetRoot))),
        TransferPlan.Exclusion.NONE);
  }

  private void put(String file, String text) throws InterruptedException {
    source.write(path(file), content(text), LONG_AGO, false);
  }

  /** All that is in a directory: relative path to content, or to a mark for a directory. */
  private static Map<String, String> tree(Path directory) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(path -> !path.equals(directory)).toList()) {
        found.put(
            directory.relativize(path).toString(),
            Files.isDirectory(path) ? "(directory)" : Files.readString(path));
      }
    }
    return found;
  }

  private List<String> temporaryFiles() throws IOException {
    return tree(to).keySet().stream().filter(name -> name.contains(".jobs4j-")).toList();
  }

  private static InputStream zeros(long length, AtomicLong reads) {
    return new InputStream() {
      private long left = length;

      @Override
      public int read() {
        throw new AssertionError("a byte at a time is too slow");
      }

      @Override
      public int read(byte[] bytes, int offset, int count) {
        reads.incrementAndGet();
        int given = (int) Math.min(left, count);
        left -= given;
        return given == 0 ? -1 : given;
      }
    };
  }

  private static void nobody(TransferProgress progress) {}

  private static boolean never() {
    return false;
  }

  private static InputStream content(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static StoragePath path(String path) {
    return StoragePath.parse(path);
  }
}
