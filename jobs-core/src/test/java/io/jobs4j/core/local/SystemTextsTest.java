package io.jobs4j.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jobs4j.core.spi.StoragePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How errors are told where the operating system does not speak English. */
class SystemTextsTest {
  private static final Path CATALOG = Path.of("/usr/share/locale/de/LC_MESSAGES/libc.mo");

  @TempDir Path temporary;

  @Test
  void errorsAreToldInEnglishAndInOneOtherLanguage() {
    SystemTexts german = new SystemTexts(Map.of(SystemError.IS_A_DIRECTORY, "Ist ein Verzeichnis"));
    assertThat(german.tell("Ist ein Verzeichnis", SystemError.IS_A_DIRECTORY)).isTrue();
    assertThat(german.tell("Is a directory", SystemError.IS_A_DIRECTORY)).isTrue();
    assertThat(german.tell("Ist kein Verzeichnis", SystemError.IS_A_DIRECTORY)).isFalse();
    assertThat(german.tell("Ist ein Verzeichnis", SystemError.NOT_A_DIRECTORY)).isFalse();
    assertThat(german.tell(null, SystemError.IS_A_DIRECTORY)).isFalse();
    assertThat(
            german.tell("Is a directory", SystemError.NOT_A_DIRECTORY, SystemError.IS_A_DIRECTORY))
        .isTrue();
  }

  @Test
  void eachErrorThatCanBeMadeIsLearned() throws Exception {
    List<String> lines = runIn(Map.of("LC_ALL", "C"));
    assertThat(lines)
        .contains(
            "NAME_TOO_LONG File name too long",
            "NOT_A_DIRECTORY Not a directory",
            "IS_A_DIRECTORY Is a directory",
            "TOO_MANY_LINKS Too many levels of symbolic links",
            "NOT_PERMITTED Operation not permitted",
            "INVALID_ARGUMENT Invalid argument")
        .contains("loop: stat says nothing", "force: not done by the file system");
    // Whether there are attributes of users is up to the kernel.
    assertThat(lines.stream().filter(line -> line.startsWith("NOT_SUPPORTED ")))
        .allMatch(line -> line.endsWith("not supported"));
  }

  @Test
  void anInterruptedThreadLearnsAllTheSame() {
    Thread.currentThread().interrupt();
    Map<SystemError, String> learned = SystemTexts.learn().texts();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(learned).isEqualTo(SystemTexts.learn().texts());
  }

  @Test
  void anotherLanguageIsUnderstood() throws Exception {
    assumeTrue(Files.exists(CATALOG), "the system does not speak German");
    Path locales = Files.createDirectory(temporary.resolve("locales"));
    assumeTrue(
        isMade(
            new ProcessBuilder(
                "localedef", "-i", "de_DE", "-f", "UTF-8", locales + "/de_DE.UTF-8")),
        "there is no German locale");

    assertThat(runIn(Map.of("LC_ALL", "de_DE.UTF-8", "LOCPATH", locales.toString())))
        .contains(
            "IS_A_DIRECTORY Ist ein Verzeichnis",
            "NOT_A_DIRECTORY Ist kein Verzeichnis",
            "loop: stat says nothing",
            "force: not done by the file system")
        .noneMatch(line -> line.contains("symbolic links"));
  }

  private static boolean isMade(ProcessBuilder builder) throws InterruptedException {
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private List<String> runIn(Map<String, String> locale) throws Exception {
    Path root = Files.createDirectories(temporary.resolve("root"));
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Nothing is logged here.
            "-Dslf4j.internal.verbosity=ERROR",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            root.toString());
    builder.environment().remove("LANGUAGE");
    builder.environment().putAll(locale);
    builder.redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  /** Says what it learns, and makes errors that must be told. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      SystemTexts.ofThisProcess()
          .texts()
          .forEach((error, text) -> System.out.println(error + " " + text));
      try (LocalStorage storage = new LocalStorage(Path.of(args[0]))) {
        System.out.println(
            "loop: stat says "
                + storage.stat(StoragePath.parse("loop")).map(entry -> "much").orElse("nothing"));
      } catch (RuntimeException e) {
        System.out.println("loop: " + e);
      }
      try (FileChannel device = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.READ)) {
        device.force(true);
      } catch (FileSystemException e) {
        throw e;
      } catch (IOException e) {
        boolean told = LocalFailures.ofUnsupported(Path.of("/dev/null"), e) != e;
        System.out.println("force: " + (told ? "not done by the file system" : e.toString()));
      }
    }
  }
}
