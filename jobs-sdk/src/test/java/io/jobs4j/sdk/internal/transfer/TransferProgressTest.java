package io.jobs4j.sdk.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How far a transfer says that it is. */
class TransferProgressTest extends TransferFixture {
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
                TransferFixture::never);

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
                TransferFixture::nobody,
                TransferTerms.PLAIN,
                TransferFixture::never);

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
                TransferFixture::nobody,
                new TransferTerms(Fence.NONE, StoragePath.ROOT, vanished::add, false),
                TransferFixture::never);

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
            TransferFixture::never);
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
                        TransferFixture::never))
        .isSameAs(mine);
  }
}
