package io.jobs4j.sdk.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.local.LocalStorage;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.internal.transfer.TransferPlan.Item;
import io.jobs4j.sdk.internal.transfer.TransferPlan.Root;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferPlanTest {
  private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06.789Z");

  @TempDir Path directory;
  private FileStorage source;

  @BeforeEach
  void open() {
    source = new LocalStorage(directory);
  }

  @Test
  void takesFilesAndDirectoriesToTheirNewPaths() throws Exception {
    put("in/a", "1");
    put("in/sub/b", "22");
    put("single", "333");
    TransferPlan plan =
        TransferPlan.of(
            source,
            List.of(root("in", "work/in"), root("single", "work/renamed")),
            TransferPlan.Exclusion.NONE);
    assertThat(plan.files())
        .containsExactlyInAnyOrder(
            new Item(path("in/a"), path("work/in/a"), 1, LONG_AGO, false),
            new Item(path("in/sub/b"), path("work/in/sub/b"), 2, LONG_AGO, false),
            new Item(path("single"), path("work/renamed"), 3, LONG_AGO, false));
    assertThat(plan.totalBytes()).isEqualTo(6);
    assertThat(plan.emptyDirectories()).isEmpty();
  }

  @Test
  void leavesOutWhatIsExcludedWithAllThatIsInIt() throws Exception {
    put("in/keep", "");
    put("in/drop", "");
    put("in/gone/x", "");
    put("in/half/drop", "");
    List<String> asked = new ArrayList<>();
    TransferPlan plan =
        TransferPlan.of(
            source,
            List.of(root("in", "out")),
            (relative, directory) -> {
              asked.add(relative);
              return List.of("drop", "gone", "half/drop").contains(relative);
            });
    assertThat(plan.files()).extracting(Item::target).containsExactly(path("out/keep"));
    assertThat(asked).containsExactlyInAnyOrder("keep", "drop", "gone", "half", "half/drop");
    assertThat(plan.emptyDirectories()).isEmpty();
  }

  @Test
  void knowsEmptyDirectories() throws Exception {
    source.makeDirectories(path("in/a/b"));
    source.makeDirectories(path("in/c"));
    source.makeDirectories(path("empty"));
    TransferPlan plan =
        TransferPlan.of(
            source,
            List.of(root("in", "out"), root("empty", "out/empty")),
            TransferPlan.Exclusion.NONE);
    assertThat(plan.emptyDirectories())
        .containsExactlyInAnyOrder(path("out/a/b"), path("out/c"), path("out/empty"));
  }

  @Test
  void aRootMustBeThere() {
    assertThatThrownBy(
            () ->
                TransferPlan.of(source, List.of(root("missing", "x")), TransferPlan.Exclusion.NONE))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage("\"/missing\" cannot be transferred: it does not exist.");
  }

  @Test
  void twoFilesCannotGoToOnePlace() throws Exception {
    put("a/data", "1");
    put("b/data", "2");
    assertThatThrownBy(
            () ->
                TransferPlan.of(
                    source,
                    List.of(root("a/data", "w/data"), root("b/data", "w/data")),
                    TransferPlan.Exclusion.NONE))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining(
            "\"/a/data\" and \"/b/data\" would both be transferred to \"/w/data\"");
    TransferPlan twice =
        TransferPlan.of(
            source,
            List.of(root("a/data", "w/data"), root("a/data", "w/data")),
            TransferPlan.Exclusion.NONE);
    assertThat(twice.files()).hasSize(1);
  }

  @Test
  void aWalkThatNeverEndsIsEnded() {
    FileStorage round =
        new ForwardingStorage(source) {
          @Override
          public Listing scan(StoragePath path) {
            return new Listing(
                List.of(new FileEntry(path.resolve("again"), true, 0, LONG_AGO, false)), List.of());
          }
        };
    assertThatThrownBy(
            () -> TransferPlan.of(round, List.of(root("", "x")), TransferPlan.Exclusion.NONE))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("a link may go round");
  }

  private void put(String file, String text) throws InterruptedException {
    source.write(
        path(file),
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        LONG_AGO,
        false);
  }

  private static Root root(String source, String target) {
    return new Root(path(source), path(target));
  }

  private static StoragePath path(String path) {
    return StoragePath.parse(path);
  }
}
