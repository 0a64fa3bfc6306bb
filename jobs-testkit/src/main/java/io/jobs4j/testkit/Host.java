package io.jobs4j.testkit;

import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import java.time.Duration;

/**
 * What the kits do on the host of a command runner: through it alone, since the files there need
 * not be those of this machine. The host has a POSIX shell and {@code /proc}.
 */
final class Host {
  private final CommandRunner runner;
  private final Duration patience;

  Host(CommandRunner runner, Duration patience) {
    this.runner = runner;
    this.patience = patience;
  }

  /** Makes a directory with a name of its own and returns its path, without links. */
  String makeDirectory(String parent) throws InterruptedException {
    String script = "d=$(mktemp -d \"$1/jobs4j-kit.XXXXXXXX\") && cd \"$d\" && pwd -P";
    return sh(script, parent).strip();
  }

  /** Makes a directory and returns its path. */
  String makeDirectory(String parent, String name) throws InterruptedException {
    String path = parent + "/" + name;
    sh("mkdir -- \"$1\"", path);
    return path;
  }

  void delete(String path) throws InterruptedException {
    sh("rm -rf -- \"$1\"", path);
  }

  /** Writes a file so that whoever sees it sees all of it. */
  void write(String path, String text) throws InterruptedException {
    Command command =
        Command.of("sh", "-c", "cat >\"$1.new\" && mv -- \"$1.new\" \"$1\"", "sh", path)
            .withInput(text);
    require(runner.run(command));
  }

  /** What is in a file; nothing if it is not there. */
  String read(String path) throws InterruptedException {
    return sh("[ ! -e \"$1\" ] || cat -- \"$1\"", path);
  }

  boolean exists(String path) throws InterruptedException {
    return runner.run(Command.of("test", "-e", path)).succeeded();
  }

  void awaitFile(String path) throws InterruptedException {
    Eventually.holds(patience, "the file " + path + " is there", () -> exists(path));
  }

  /** The number in a file, once it is there. */
  String awaitPid(String path) throws InterruptedException {
    return Eventually.becomes(
        patience,
        "the file " + path + " holds a process id",
        () -> read(path).strip(),
        text -> text.matches("[1-9][0-9]*"));
  }

  /** The letter that the system has for the state of a process; empty if it has ended. */
  String stateOf(String pid) throws InterruptedException {
    String script =
        """
        read -r stat <"/proc/$1/stat" || exit 0
        set -- ${stat##*) }
        case $1 in Z | X) ;; *) echo "$1" ;; esac
        """;
    return runner.run(Command.of("sh", "-c", script, "sh", pid)).output().strip();
  }

  boolean isAlive(String pid) throws InterruptedException {
    return !stateOf(pid).isEmpty();
  }

  void awaitEnd(String pid) throws InterruptedException {
    Eventually.holds(patience, "process " + pid + " has ended", () -> !isAlive(pid));
  }

  private String sh(String script, String argument) throws InterruptedException {
    return require(runner.run(Command.of("sh", "-c", script, "sh", argument))).output();
  }

  private static CommandResult require(CommandResult result) {
    if (!result.succeeded()) {
      throw new AssertionError("a command of the test itself failed: " + result);
    }
    return result;
  }
}
