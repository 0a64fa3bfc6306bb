package io.jobs4j.sdk.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which files are transferred, and that they arrive whole. */
class TransfersTest extends TransferFixture {
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
                TransferFixture::nobody,
                TransferTerms.PLAIN,
                TransferFixture::never);

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
                TransferFixture::nobody,
                TransferTerms.PLAIN,
                TransferFixture::never);

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
                TransferFixture::nobody,
                TransferTerms.PLAIN,
                TransferFixture::never);
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
            TransferFixture::nobody,
            TransferTerms.PLAIN,
            TransferFixture::never);
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
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        TransferFixture::never))
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
                TransferFixture::nobody,
                TransferTerms.PLAIN,
                TransferFixture::never);
    assertThat(writes).hasValue(1000 + 40 - there);
    assertThat(end.totalBytesTransferred()).isEqualTo(end.totalBytes());
    assertThat(tree(to)).isEqualTo(tree(from));

    transfers(4)
        .run(
            plan("d", "d"),
            source,
            failing,
            "uri",
            TransferFixture::nobody,
            TransferTerms.PLAIN,
            TransferFixture::never);
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
            TransferFixture::nobody,
            TransferTerms.PLAIN,
            TransferFixture::never);
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
            TransferFixture::nobody,
            TransferTerms.PLAIN,
            TransferFixture::never);
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
                TransferFixture::nobody,
                TransferTerms.PLAIN,
                TransferFixture::never);
    assertThat(tree(from.resolve("copy"))).isEqualTo(tree(from.resolve("a")));
    assertThat(end.totalBytesTransferred()).isEqualTo(5);
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
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        TransferFixture::never))
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
                        TransferFixture::nobody,
                        TransferTerms.PLAIN,
                        TransferFixture::never))
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
                TransferFixture::nobody,
                TransferTerms.PLAIN,
                TransferFixture::never);
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
                TransferFixture::nobody,
                TransferTerms.PLAIN,
                TransferFixture::never);
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
                TransferFixture::nobody,
                TransferTerms.PLAIN,
                TransferFixture::never);
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
                    TransferFixture::nobody,
                    TransferTerms.PLAIN,
                    TransferFixture::never))
        .isEqualTo(new TransferProgress(0, 0, "uri", 0, 0, 0));
  }
}
