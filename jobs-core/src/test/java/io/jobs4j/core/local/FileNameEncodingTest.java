package io.jobs4j.core.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How file names fare in another locale, which only another Java process can have. */
class FileNameEncodingTest {
  private static final String NAME = "\u00fcber \u6f22.txt";

  @TempDir Path root;

  @BeforeEach
  void aDirectoryWithAName() throws Exception {
    new LocalStorage(root)
        .write(
            StoragePath.parse("there/" + NAME),
            new ByteArrayInputStream(new byte[0]),
            Instant.EPOCH,
            false);
  }

  @Test
  void aUtf8LocaleKnowsAllNames() throws Exception {
    assertThat(runIn("C.UTF-8")).containsExactly("written", "listed 1", "deleted");
  }

  @Test
  void theLocaleCSaysClearlyWhichNamesItCannotUse() throws Exception {
    List<String> lines = runIn("C");
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("refused: File name").contains("start Java in a UTF-8");
    assertThat(lines.get(1)).startsWith("refused: Cannot list \"/there\"").contains("UTF-8 locale");
    assertThat(lines.get(2)).isEqualTo("deleted");
    assertThat(root.resolve("there")).doesNotExist();
  }

  private List<String> runIn(String locale) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Nothing is logged here.
            "-Dslf4j.internal.verbosity=ERROR",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            root.toString());
    builder.environment().put("LC_ALL", locale);
    builder.redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  /** Uses a storage with a name that is not ASCII. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws InterruptedException {
      try (LocalStorage storage = new LocalStorage(Path.of(args[0]))) {
        try {
          storage.write(
              StoragePath.parse("written/" + NAME),
              new ByteArrayInputStream(new byte[1]),
              Instant.EPOCH,
              false);
          System.out.println("written");
        } catch (PermanentAdapterException e) {
          System.out.println("refused: " + e.getMessage());
        }
        try {
          List<FileEntry> entries = storage.list(StoragePath.parse("there"));
          System.out.println("listed " + entries.size());
        } catch (PermanentAdapterException e) {
          System.out.println("refused: " + e.getMessage());
        }
        storage.deleteTree(StoragePath.parse("there"));
        System.out.println("deleted");
      }
    }
  }
}
