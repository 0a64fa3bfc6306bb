package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks for secrets without a pause until it is stopped: as another user in all that this one can
 * read of processes and files, and as root in the words of all processes, which others can read,
 * and in files, whose modes then say whether others can. Needs root.
 */
final class SecretScanner implements AutoCloseable {
  /** A user whom nothing belongs to. */
  private static final String NOBODY = "65534";

  private static final long BETWEEN_FILES_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long BETWEEN_PROCESSES_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final String SEARCH =
      """
      secrets=$(cat)
      stop=$1
      shift
      search() {
        printf '%s\\n' "$secrets" |
          grep -slaF -f - -r "$@" /proc/[0-9]*/environ /proc/[0-9]*/cmdline
      }
      until [ -e "$stop" ] || ! [ -d "/proc/$PPID" ]; do search "$@"; sleep 0.05; done
      search "$@"
      """;

  private final List<String> secrets;
  private final List<Path> directories;
  private final Path own;
  private final Process nobody;
  private final Thread root = new Thread(this::look, "secret-scanner");
  private final Set<String> exposed = new ConcurrentSkipListSet<>();
  private final Set<String> kept = new ConcurrentSkipListSet<>();
  private volatile boolean stopped;
  private volatile @Nullable IOException failure;

  /**
   * Begins to look.
   *
   * @param own an empty directory of its own
   * @param directories what others may read in these, now or later, must not have a secret; they
   *     themselves keep nobody out
   */
  SecretScanner(List<String> secrets, Path own, List<Path> directories) throws IOException {
    this.secrets = List.copyOf(secrets);
    this.own = own;
    this.directories = List.copyOf(directories);
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
    // Others must find this one, so that the search is one.
    Files.write(own.resolve("control"), secrets);
    List<String> words = new ArrayList<>(user());
    words.addAll(List.of("sh", "-c", SEARCH, "search", own.resolve("stop").toString()));
    words.add(own.resolve("control").toString());
    directories.forEach(directory -> words.add(directory.toString()));
    this.nobody =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(own.resolve("found").toFile())
            .start();
    try (var stdin = nobody.getOutputStream()) {
      stdin.write(String.join("\n", secrets).getBytes(StandardCharsets.UTF_8));
    }
    root.start();
  }

  /** The command that makes the rest of its words one of another user. */
  private static List<String> user() {
    return List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--");
  }

  /** What a command of another user says, which must not have a secret. */
  String requireUnseenBy(String... command) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(user());
    words.addAll(List.of(command));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    requireNone(output);
    return output;
  }

  /** Requires that a text has no secret. */
  void requireNone(String text) {
    assertThat(text.lines()).noneMatch(this::hasSecret);
  }

  /** Stops, and requires that secrets were found, but nowhere where others can see them. */
  void requireNothingExposed() throws IOException, InterruptedException {
    stop();
    nobody.waitFor();
    root.join();
    if (failure != null) {
      throw failure;
    }
    Set<String> found = new TreeSet<>(Files.readAllLines(own.resolve("found")));
    found.addAll(exposed);
    assertThat(found).as("what others see").containsExactly(own.resolve("control").toString());
    assertThat(kept)
        .as("what root finds")
        .anyMatch(place -> place.endsWith("/environ"))
        .anyMatch(place -> !place.startsWith("/proc/"));
  }

  private void stop() throws IOException {
    stopped = true;
    if (!Files.exists(own.resolve("stop"))) {
      Files.createFile(own.resolve("stop"));
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    nobody.destroy();
  }

  private void look() {
    try {
      long next = System.nanoTime();
      while (!stopped) {
        lookAtProcesses();
        if (System.nanoTime() - next >= 0) {
          lookAtFiles();
          next = System.nanoTime() + BETWEEN_FILES_NANOS;
        }
        LockSupport.parkNanos(BETWEEN_PROCESSES_NANOS);
      }
      lookAtFiles();
    } catch (IOException e) {
      failure = e;
    }
  }

  private void lookAtProcesses() throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        String words = text(process.resolve("cmdline"));
        if (hasSecret(words)) {
          exposed.add("words of a process: " + shown(words));
        }
        if (hasSecret(text(process.resolve("environ")))) {
          kept.add(process + "/environ");
        }
      }
    }
  }

  /** Words without what is long in them, as scripts are. */
  private static String shown(String words) {
    return Stream.of(words.split("\0", -1))
        .map(word -> word.length() > 100 ? word.substring(0, 20) + "..." : word)
        .collect(Collectors.joining(" "));
  }

  private void lookAtFiles() throws IOException {
    for (Path directory : directories) {
      if (Files.isDirectory(directory)) {
        Files.walkFileTree(directory, new Modes(directory));
      }
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It has gone.
      return "";
    }
  }

  private boolean hasSecret(String text) {
    return secrets.stream().anyMatch(text::contains);
  }

  /** Looks at files, and whether their modes or those of the directories above keep others out. */
  private final class Modes extends SimpleFileVisitor<Path> {
    private final Path directory;

    Modes(Path directory) {
      this.directory = directory;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile() && hasSecret(text(file))) {
        kept.add(file.toString());
        if (isOpen(file)) {
          exposed.add("file: " + file);
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path left, @Nullable IOException gone) {
      return FileVisitResult.CONTINUE;
    }

    private boolean isOpen(Path file) {
      try {
        for (Path path = file; !path.equals(directory); path = path.getParent()) {
          if (PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
              .endsWith("------")) {
            return false;
          }
        }
        return true;
      } catch (IOException e) {
        // It has gone.
        return false;
      }
    }
  }
}
