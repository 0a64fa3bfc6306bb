package io.jobs4j.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jobs4j.core.spi.StoragePath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void eachErrorThatCanBeMadeIsMade() throws Exception {
    List<String> lines = runIn(Map.of("LC_ALL", "C"));
    assertThat(lines)
        .contains(
            "NAME_TOO_LONG says File name too long",
            "NOT_A_DIRECTORY says Not a directory",
            "IS_A_DIRECTORY says Is a directory",
            "TOO_MANY_LINKS says Too many levels of symbolic links",
            "NOT_PERMITTED says Operation not permitted",
            "INVALID_ARGUMENT says Invalid argument")
        .contains("loop: stat says nothing", "force: not done by the file system");
    // Whether there are attributes of users is up to the kernel.
    assertThat(lines.stream().filter(line -> line.startsWith("NOT_SUPPORTED says ")))
        .allMatch(line -> line.endsWith("not supported") || line.endsWith("says "));
    assertThat(lines).as("English is known").noneMatch(line -> line.contains(" learned "));
  }

  @Test
  void noFileIsMadeWhereTheTemporaryDirectoryIsALink() throws Exception {
    Path directory = Files.createDirectory(temporary.resolve("directory"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), directory);
    assertThat(runIn(Map.of("LC_ALL", "C"), "-Djava.io.tmpdir=" + link))
        .contains("NOT_PERMITTED says Operation not permitted");
    assertThat(directory).isEmptyDirectory();
    assertThat(link).isSymbolicLink();
  }

  @Test
  void noTemporaryDirectoryIsNeeded() throws Exception {
    assertThat(runIn(Map.of("LC_ALL", "C"), "-Djava.io.tmpdir=" + temporary.resolve("none")))
        .contains("NOT_PERMITTED says Operation not permitted");
  }

  @Test
  void whatIsSaidInAnotherLanguageIsLearned() {
    assertThat(learn(new FileSystemException("file", null, "Nicht erlaubt")))
        .containsEntry(SystemError.NOT_PERMITTED, "Nicht erlaubt");
    assertThat(learn(new IOException("Nicht erlaubt (NOFOLLOW_LINKS specified)")))
        .containsEntry(SystemError.NOT_PERMITTED, "Nicht erlaubt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Read-only file system",
        "Permission denied",
        "Unable to get size of extended attribute 'none': Permission denied",
        "Is a directory",
        "Operation not permitted",
        " "
      })
  void nothingIsLearnedFromEnglish(String text) {
    assertThat(learn(new FileSystemException("file", null, text))).isEmpty();
    assertThat(learn(new IOException(text))).isEmpty();
  }

  /** The JDK tells these by their class, and their text may be a path or nothing. */
  @Test
  void nothingIsLearnedFromAnotherErrorThanWasToBeMade() {
    assertThat(learn(new FileSystemException("Datei"))).isEmpty();
    assertThat(learn(new NoSuchFileException("Datei"))).isEmpty();
    assertThat(learn(new AccessDeniedException("Datei", null, "Keine Berechtigung"))).isEmpty();
    assertThat(learn(new FileNotFoundException("Keine Berechtigung"))).isEmpty();
    assertThat(SystemTexts.learn(error -> {}).texts()).isEmpty();
  }

  /** A storage that becomes read-only for a while is waited for. */
  @Test
  void aReadOnlyFileSystemIsNotTakenForARefusal() {
    String text = "Read-only file system";
    SystemTexts texts =
        SystemTexts.learn(
            error -> {
              throw new FileSystemException("file", null, text);
            });
    assertThat(texts.tell(text, SystemError.values())).isFalse();
  }

  @Test
  void anInterruptedThreadLearnsAllTheSame() {
    Map<SystemError, String> learned = new EnumMap<>(SystemError.class);
    for (SystemError error : SystemError.values()) {
      Thread.currentThread().interrupt();
      learned.putAll(SystemTexts.learn(one -> provokeInGerman(error, one)).texts());
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(learned)
        .containsKeys(
            SystemError.NAME_TOO_LONG,
            SystemError.NOT_A_DIRECTORY,
            SystemError.IS_A_DIRECTORY,
            SystemError.TOO_MANY_LINKS,
            SystemError.NOT_PERMITTED,
            SystemError.INVALID_ARGUMENT);
  }

  /** Makes an error as it is made, with a text that is not known. */
  private static void provokeInGerman(SystemError wanted, SystemError error) throws IOException {
    if (error == wanted) {
      try {
        error.provoke();
      } catch (ClosedByInterruptException e) {
        throw e;
      } catch (IOException e) {
        throw new IOException("Fehler", e);
      }
    }
  }

  private static Map<SystemError, String> learn(IOException answer) {
    return SystemTexts.learn(
            error -> {
              if (error == SystemError.NOT_PERMITTED) {
                throw answer;
              }
            })
        .texts();
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
            "IS_A_DIRECTORY learned Ist ein Verzeichnis",
            "NOT_A_DIRECTORY learned Ist kein Verzeichnis",
            "NOT_PERMITTED learned Die Operation ist nicht erlaubt",
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

  private List<String> runIn(Map<String, String> locale, String... options) throws Exception {
    Path root = Files.createDirectories(temporary.resolve("root"));
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            // Nothing is logged here, and nothing kept for other tools.
            "-Dslf4j.internal.verbosity=ERROR",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            root.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("LANGUAGE");
    builder.environment().putAll(locale);
    builder.redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  /** Says what errors say and what it learns of it, and makes errors that must be told. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      for (SystemError error : SystemError.values()) {
        System.out.println(error + " says " + SystemTexts.said(SystemError::provoke, error));
      }
      SystemTexts.ofThisProcess()
          .texts()
          .forEach((error, text) -> System.out.println(error + " learned " + text));
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
