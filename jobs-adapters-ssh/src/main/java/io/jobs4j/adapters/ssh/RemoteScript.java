package io.jobs4j.adapters.ssh;

import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Command;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the host is to execute for a command. Stateless.
 *
 * <p>A server hands the text to the login shell of the account, which need not be a POSIX shell. So
 * the text is one command line that all shells read alike: {@code sh -c '...'} with letters, digits
 * and a few signs in the quotes, in which {@code sh} finds the script itself, its bytes written as
 * octal numbers. No quote, dollar sign, exclamation mark, line break or byte beyond ASCII is left
 * for the login shell to have an opinion on.
 */
final class RemoteScript {
  /**
   * The kernel of Linux takes 128 KiB for one word, and the login shell gets the text as one word.
   */
  static final int LONGEST = 130_000;

  static final String NO_DIRECTORY = "no-directory";
  static final String NO_PROGRAM = "no-program";

  /** Before the process id, if the command has no session of its own. */
  static final String ALONE = "alone-";

  @SuppressWarnings("OrphanedFormatString") // of the shell's printf
  private static final String BEFORE = "exec sh -c 'eval \"$(printf %b \"";

  private static final String AFTER = "\")\"'";

  private static final String PLAIN =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-./:=,+@";

  private RemoteScript() {}

  /** Shell function that prints a marker with a value. */
  private static final String MARK = "mark() { printf '\\n%s %s\\n' \"$t\" \"$1\"; }\n";

  /**
   * Runs the command in the foreground, in a session of its own where the host has {@code setsid}.
   * Both streams are framed by {@code token}; the frame of the output starts with the process id,
   * and both end with the exit code.
   */
  static String run(Command command, String token) {
    String inner = "t=" + token + "\n" + MARK + "mark \"$1$$\"\n" + exec(command);
    return encode(
        start(command, token)
            + "mark - >&2\n"
            + "if command -v setsid >/dev/null 2>&1; then s=setsid; a=; else s=; a="
            + ALONE
            + "; fi\n$s sh -c "
            + ShellWords.quote(inner)
            + " sh \"$a\"\nc=$?\nmark $c\nmark $c >&2\n");
  }

  /**
   * Starts the command in a session of its own and does not wait for it. The frame of the output
   * starts when all is found to be there.
   *
   * @param listen whether the output of the command goes where that of the script goes, in the
   *     frame, or nowhere
   */
  static String launch(Command command, String token, boolean listen) {
    // What a shell without job control starts in the background ignores interrupts, and with it all
    // that it starts in turn; so setsid is to fork where it can.
    return encode(
        start(command, token)
            + "e="
            + ShellWords.quote(exec(command))
            + "\nmark -\nl() {\nif setsid -f true; then setsid -f sh -c \"$e\"\n"
            + "elif command -v setsid >/dev/null; then setsid sh -c \"$e\" &\n"
            + "else (trap '' HUP; exec sh -c \"$e\") &\nfi\n}\nl </dev/null 2>/dev/null "
            + (listen ? "\n" : ">/dev/null\nmark 0\n"));
  }

  private static String start(Command command, String token) {
    return "t=" + token + "\n" + MARK + "refuse() { mark \"$1\"; exit 0; }\n" + checks(command);
  }

  /**
   * Kills a command.
   *
   * @param process what its frame started with; {@code null} if it has not
   */
  static String kill(@Nullable String process, String token) {
    if (process == null) {
      // Until then the token is in the words of the shells that are to run it.
      return encode("pkill -KILL -f " + token);
    }
    boolean alone = process.startsWith(ALONE);
    String id = alone ? process.substring(ALONE.length()) : process;
    if (!id.matches("[0-9]{1,10}")) {
      throw new IllegalArgumentException("not a process id");
    }
    return alone
        ? encode("kill -s KILL " + id)
        : encode("kill -s KILL -- -" + id + "; pkill -KILL -s " + id);
  }

  /** Ends the script with a word in the frame if the directory or the program is not there. */
  private static String checks(Command command) {
    StringBuilder script = new StringBuilder();
    if (command.directory() != null) {
      script
          .append("cd -- ")
          .append(ShellWords.quote(directory(command.directory())))
          .append(" 2>/dev/null || refuse ")
          .append(NO_DIRECTORY)
          .append('\n');
    }
    String program = ShellWords.quote(command.words().get(0));
    String path = command.environment().get("PATH");
    script
        .append("(")
        .append(path == null ? "" : "PATH=" + ShellWords.quote(path) + "; ")
        .append("p=$(command -v -- ")
        .append(program)
        .append(") || exit 1; case $p in */*) [ -x \"$p\" ] && ! [ -d \"$p\" ] ;; esac")
        .append(") 2>/dev/null || refuse ")
        .append(NO_PROGRAM)
        .append('\n');
    return script.toString();
  }

  /** {@code cd} takes {@code -} for the directory of before. */
  private static String directory(String path) {
    return path.startsWith("/") ? path : "./" + path;
  }

  private static String exec(Command command) {
    List<String> words = new ArrayList<>();
    if (!command.environment().isEmpty()) {
      // Not "export": a shell has variables that it does not let go of, and env has none.
      words.add("env");
      for (Map.Entry<String, String> variable : command.environment().entrySet()) {
        words.add(variable.getKey() + "=" + variable.getValue());
      }
      if (command.words().get(0).indexOf('=') >= 0) {
        words.addAll(List.of("sh", "-c", "exec \"$@\"", "sh"));
      }
    }
    words.addAll(command.words());
    return "exec " + ShellWords.join(words) + "\n";
  }

  /** The line for the login shell. */
  static String encode(String script) {
    StringBuilder line = new StringBuilder(BEFORE);
    for (byte b : script.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (PLAIN.indexOf(c) >= 0) {
        line.append(c);
      } else {
        line.append("\\0%03o".formatted((int) c));
      }
    }
    return line.append(AFTER).toString();
  }
}
