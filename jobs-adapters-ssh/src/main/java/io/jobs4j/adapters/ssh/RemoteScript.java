package io.jobs4j.adapters.ssh;

import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Command;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the host is to execute for a command. Stateless.
 *
 * <p>A server hands the text to the login shell of the account, which need not be a POSIX shell. So
 * the text is one command line that all shells read alike: {@code sh -c '...'} without a quote,
 * exclamation mark, line break, double backslash or byte beyond ASCII in the quotes. What may have
 * them is written there as octal numbers, which {@code sh} reads.
 *
 * <p>Each process that the host has to start shows in how many commands it runs in a second. So
 * what can be done by the shell itself is, and what is needed after a failure is looked at then.
 */
final class RemoteScript {
  /**
   * The kernel of Linux takes 128 KiB for one word, and the login shell gets the text as one word.
   */
  static final int LONGEST = 130_000;

  static final String NO_DIRECTORY = "no-directory";
  static final String NO_PROGRAM = "no-program";

  /** Somebody else has read what was sent to the command. */
  static final String NO_INPUT = "no-input";

  /** Before the process id, if the command has no session of its own. */
  static final String ALONE = "alone-";

  @SuppressWarnings("OrphanedFormatString") // of the shell's printf
  private static final String BEFORE = "exec sh -c 'eval \"$(printf %b \"";

  private static final String AFTER = "\")\"'";

  private static final Pattern LINE_END = Pattern.compile("\\n *");

  private static final String PLAIN =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-./:=,+@";

  private static final ShellScript EXPECT_TOKEN = part("expect-token");
  private static final ShellScript RUN = part("run");
  private static final ShellScript MARKS = part("marks");
  private static final ShellScript READ_TOKEN = part("read-token");
  private static final ShellScript LAUNCH = part("launch");
  private static final ShellScript TAKE_INPUT = part("take-input");
  private static final ShellScript KILL = part("kill");

  private RemoteScript() {}

  private static ShellScript part(String name) {
    return ShellScript.of(RemoteScript.class, name);
  }

  /**
   * Runs the command in the foreground, in a session that is not that of others, unless the host
   * has no {@code setsid}. Both streams are framed by {@code token}; the frame of the output starts
   * with the id of the process that leads the session, and both end with the exit code, or with
   * {@link #NO_PROGRAM}. If the command has an input, {@link #input} is what must be sent.
   */
  static String run(Command command, String token) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("j4_e", exec(command));
    variables.put("j4_p", command.words().get(0));
    variables.put("j4_d", command.directory() == null ? "" : directory(command.directory()));
    String path = command.environment().get("PATH");
    if (path != null) {
      variables.put("j4_q", path);
    }
    return "exec sh -c 'j4_t="
        + token
        + (path == null ? "; j4_q=$PATH; " : "; ")
        + assignments(variables)
        + "; "
        + (command.input().isEmpty() ? "" : line(EXPECT_TOKEN) + " ")
        + line(RUN)
        + "'";
  }

  /** The lines of a script as one line. */
  private static String line(ShellScript script) {
    return LINE_END.matcher(script.text().strip()).replaceAll(" ");
  }

  /** The input of a command, as the script for it expects it. */
  static byte[] input(Command command, String token) {
    String input = command.input();
    return (input.isEmpty() ? "" : token + "\n" + input).getBytes(StandardCharsets.UTF_8);
  }

  private static String assignments(Map<String, String> variables) {
    if (variables.values().stream().allMatch(RemoteScript::isPlain)) {
      return variables.entrySet().stream()
          .map(variable -> variable.getKey() + "=\"" + variable.getValue() + "\"")
          .collect(Collectors.joining("; "));
    }
    return "eval \"$(printf %b \""
        + octal(
            variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + ShellWords.quote(variable.getValue()))
                .collect(Collectors.joining("\n")))
        + "\")\"";
  }

  /**
   * Starts the command in a session of its own and does not wait for it. The frame of the output
   * starts when all is found to be there. If the command has an input, {@link #input} is what must
   * be sent.
   *
   * @param listen whether the output of the command goes where that of the script goes, in the
   *     frame, or nowhere
   */
  static String launch(Command command, String token, boolean listen) {
    return encode(
        "t="
            + token
            + "\n"
            + MARKS.text()
            + (command.input().isEmpty() ? "" : READ_TOKEN.text())
            + checks(command)
            + "e="
            + ShellWords.quote(exec(command) + "\n")
            + "\n"
            + LAUNCH.text()
            + (command.input().isEmpty()
                ? "l 2>/dev/null 3</dev/null "
                : TAKE_INPUT.text() + "printf %s \"$i\" | l 2>/dev/null 3<&0 ")
            + (listen ? "\n" : ">/dev/null\nmark 0\n"));
  }

  /**
   * Kills a command.
   *
   * @param process what its frame started with; {@code null} if it has not
   */
  static String kill(@Nullable String process, String token) {
    if (process == null) {
      // The brackets keep it out of the words of this script.
      String pattern = "[" + token.charAt(0) + "]" + token.substring(1);
      return encode(KILL.text().replace("TOKEN", pattern));
    }
    boolean alone = process.startsWith(ALONE);
    String id = alone ? process.substring(ALONE.length()) : process;
    // To kill, 0 and 1 after a hyphen stand for many processes.
    if (!id.matches("[0-9]{1,10}") || Long.parseLong(id) < 2) {
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
    if (command.bare() || !command.environment().isEmpty()) {
      // Not "export": a shell has variables that it does not let go of, and env has none.
      words.add("env");
      if (command.bare()) {
        words.add("-i");
      }
      for (Map.Entry<String, String> variable : command.environment().entrySet()) {
        words.add(variable.getKey() + "=" + variable.getValue());
      }
      if (command.words().get(0).indexOf('=') >= 0) {
        words.addAll(List.of("sh", "-c", "exec \"$@\"", "sh"));
      }
    }
    words.addAll(command.words());
    return words.stream().map(RemoteScript::word).collect(Collectors.joining(" ", "exec ", ""));
  }

  /** The line for the login shell. */
  static String encode(String script) {
    return BEFORE + octal(script) + AFTER;
  }

  /** As the shell means it, and so that it needs no more signs than it has if it can do without. */
  private static String word(String word) {
    return !word.isEmpty() && word.indexOf(' ') < 0 && isPlain(word)
        ? word
        : ShellWords.quote(word);
  }

  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> PLAIN.indexOf(c) >= 0);
  }

  private static String octal(String script) {
    StringBuilder line = new StringBuilder();
    for (byte b : script.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (PLAIN.indexOf(c) >= 0) {
        line.append(c);
      } else {
        line.append("\\0%03o".formatted((int) c));
      }
    }
    return line.toString();
  }
}
