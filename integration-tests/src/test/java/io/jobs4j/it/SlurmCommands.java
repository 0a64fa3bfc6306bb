package io.jobs4j.it;

import io.jobs4j.core.shell.ShellWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Programs with the names of Slurm's commands, for whoever has them first in the path, also another
 * account. They count themselves and call the real ones, whose answers a test can change, and whose
 * {@code sbatch} a test can have go wrong. There is room for what jobs leave behind, too.
 */
final class SlurmCommands implements AutoCloseable {
  /** The variable that says what goes wrong: the word of a {@link Loss}. */
  static final String LOSS = "JOBS4J_TEST_LOSS";

  private static final List<String> NAMES =
      List.of("sbatch", "squeue", "scontrol", "sacct", "scancel");

  /** What can happen to the answer of {@code sbatch} on its host. */
  enum Loss {
    /** The host ends what would have called it. */
    UNSTARTED,
    /** The host ends what called it, and Slurm has the job. */
    STARTED,
    /** The same, and Slurm has the job only after some seconds. */
    LATE,
    /** It says that it timed out, and Slurm has the job. */
    UNSAID
  }

  private static final String COUNT =
      """
      #!/bin/sh
      here=%s name=%s
      real=/usr/bin/$name
      echo "$name" >>"$here/calls"
      """;

  private static final String LOSE =
      """
      end_callers() {
        pid=$PPID
        while :; do
          case $(tr '\\0' ' ' <"/proc/$pid/cmdline") in
            'timeout '*) pid=$(ps -o ppid= -p "$pid" | tr -d ' ') ;;
            '/bin/sh -c '*)
              next=$(ps -o ppid= -p "$pid" | tr -d ' ')
              kill -s KILL "$pid"
              pid=$next
              ;;
            *) return ;;
          esac
        done
      }
      case ${%s-} in
        UNSTARTED)
          end_callers
          exit 1
          ;;
        STARTED)
          "$real" "$@" >/dev/null 2>&1
          end_callers
          exit 1
          ;;
        LATE)
          cat >"$here/late-$$"
          end_callers
          sleep 4
          exec "$real" "$@" <"$here/late-$$" >/dev/null 2>&1
          ;;
        UNSAID)
          "$real" "$@" >/dev/null || exit
          echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2
          exit 1
          ;;
      esac
      """;

  private static final String CALL =
      """
      if [ -s "$here/rewrite" ]; then
        answer=$("$real" "$@")
        code=$?
        printf '%s\\n' "$answer" | sed -f "$here/rewrite"
        exit $code
      fi
      exec "$real" "$@"
      """;

  private final Path directory;

  private SlurmCommands(Path directory) {
    this.directory = directory;
  }

  static SlurmCommands create() throws IOException {
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "jobs4j-slurm");
    allow(directory, "rwxrwxrwx");
    Path calls = Files.createFile(directory.resolve("calls"));
    allow(calls, "rw-rw-rw-");
    Path programs = Files.createDirectory(directory.resolve("bin"));
    allow(programs, "rwxr-xr-x");
    for (String name : NAMES) {
      Path program = programs.resolve(name);
      Files.writeString(
          program,
          COUNT.formatted(ShellWords.quote(directory.toString()), name)
              + (name.equals("sbatch") ? LOSE.formatted(LOSS) : "")
              + CALL);
      allow(program, "rwxr-xr-x");
    }
    return new SlurmCommands(directory);
  }

  private static void allow(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  /** What makes commands call these programs. */
  Map<String, String> environment() {
    return Map.of("PATH", directory.resolve("bin") + ":/usr/local/bin:/usr/bin:/bin");
  }

  /** A directory in which all may write. */
  Path directory() {
    return directory;
  }

  /** How often a program was called. */
  int calls(String name) throws IOException {
    return Collections.frequency(Files.readAllLines(directory.resolve("calls")), name);
  }

  /** Has the answers of all programs changed by a script for {@code sed}, from now on. */
  void rewrite(String script) throws IOException {
    Path file = Files.writeString(directory.resolve("rewrite.new"), script);
    allow(file, "rw-r--r--");
    Files.move(file, directory.resolve("rewrite"));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
