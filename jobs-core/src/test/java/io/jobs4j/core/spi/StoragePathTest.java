package io.jobs4j.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.ConditionCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoragePathTest {
  @ParameterizedTest
  @CsvSource({
    "'', /",
    "/, /",
    "///, /",
    "., /",
    "./././, /",
    "a, /a",
    "/a, /a",
    "a/b/, /a/b",
    "//a///b//, /a/b",
    "./a/./b/., /a/b",
    "a b/\u00fc, '/a b/\u00fc'",
    "..., /...",
    "..a/b.., /..a/b..",
    "-rf, /-rf",
    "~/x, /~/x",
    "a\\..\\b, '/a\\..\\b'"
  })
  void readsPathsFromTheRoot(String text, String expected) {
    assertThat(StoragePath.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/home/alice, data/x, /home/alice/data/x",
    "/home/alice, /data/x, /data/x",
    "/home/alice, //data/x, /data/x",
    "/home/alice, '', /home/alice",
    "'', data, /data",
    "home, ./data, /home/data"
  })
  void readsRelativePathsFromTheHomeDirectory(String homeDir, String text, String expected) {
    assertThat(StoragePath.parse(homeDir, text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"..", "../a", "a/..", "a/../b", "/..", "//../a", "./..", "a/b/../../..", "a\0b"})
  void refusesWaysOut(String text) {
    assertThatThrownBy(() -> StoragePath.parse(text))
        .isInstanceOfSatisfying(
            PermanentAdapterException.class,
            e -> assertThat(e.code()).isEqualTo(ConditionCode.JOB_FILES_SERVICE_ERROR))
        .hasMessageContaining(text);
    assertThatThrownBy(() -> StoragePath.parse("/home", text))
        .isInstanceOf(PermanentAdapterException.class);
    assertThatThrownBy(() -> StoragePath.parse("a").resolve(text))
        .isInstanceOf(PermanentAdapterException.class);
  }

  @Test
  void refusesAHomeDirectoryWithAWayOutOnlyWhereItCounts() {
    assertThatThrownBy(() -> StoragePath.parse("/home/..", "a"))
        .isInstanceOf(PermanentAdapterException.class);
    assertThat(StoragePath.parse("/home/..", "/a")).hasToString("/a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "/", "\0"})
  void refusesASegmentThatIsNotOne(String segment) {
    assertThatThrownBy(() -> new StoragePath(List.of("a", segment)))
        .isInstanceOf(PermanentAdapterException.class);
  }

  @Test
  void knowsItsNeighbours() {
    StoragePath path = StoragePath.parse("/a/b/c");
    assertThat(path.name()).isEqualTo("c");
    assertThat(path.parent()).hasToString("/a/b");
    assertThat(path.relativeTo(StoragePath.parse("a"))).isEqualTo("b/c");
    assertThat(path.relativeTo(StoragePath.ROOT)).isEqualTo("a/b/c");
    assertThat(path.relativeTo(path)).isEmpty();
    assertThat(path.startsWith(path)).isTrue();
    assertThat(path.startsWith(StoragePath.ROOT)).isTrue();
    assertThat(path.startsWith(StoragePath.parse("/a/bb"))).isFalse();
    assertThat(StoragePath.parse("/a/bb").startsWith(StoragePath.parse("/a/b"))).isFalse();
    assertThat(StoragePath.ROOT.name()).isEmpty();
    assertThat(StoragePath.ROOT.parent()).isEqualTo(StoragePath.ROOT);
    assertThatThrownBy(() -> path.relativeTo(StoragePath.parse("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("/a/b/c is not below /x");
  }

  @Test
  void noPathEverLeavesItsStart() {
    String[] pieces = {
      "/", "//", ".", "..", "...", "a", "b c", "\u00fc", "\0", "\\", "~", "\n", ""
    };
    Path root = Path.of("/storage/root");
    int read = 0;
    int refused = 0;
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      String home = text(random, pieces);
      String text = text(random, pieces);
      StoragePath path;
      try {
        path = StoragePath.parse(home, text);
        read++;
      } catch (PermanentAdapterException e) {
        refused++;
        continue;
      }
      String about = "seed %s, home \"%s\", path \"%s\"".formatted(seed, home, text);
      Path host = Path.of(root + path.toString());
      assertThat(host.normalize().startsWith(root)).as(about).isTrue();
      assertThat(host.getNameCount())
          .as(about)
          .isEqualTo(root.getNameCount() + path.segments().size());
      assertThat(path.segments()).as(about).doesNotContain("", ".", "..");
      assertThat(StoragePath.parse(path.toString())).as(about).isEqualTo(path);
      if (!text.startsWith("/")) {
        assertThat(path.startsWith(StoragePath.parse(home))).as(about).isTrue();
      }
    }
    assertThat(read).as("paths read").isGreaterThan(1000);
    assertThat(refused).as("paths refused").isGreaterThan(1000);
  }

  private static String text(Random random, String[] pieces) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(8); left > 0; left--) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }

  @Test
  void knowsTheDirectoriesThatItIsIn() {
    assertThat(StoragePath.parse("/a/b/c").ancestors())
        .containsExactly(StoragePath.parse("/a/b"), StoragePath.parse("/a"), StoragePath.ROOT);
    assertThat(StoragePath.ROOT.ancestors()).isEmpty();
  }
}
