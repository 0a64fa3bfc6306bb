package io.jobs4j.core.spi;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command to run, as words that no shell reads again.
 *
 * @param words program and arguments
 * @param directory where it runs, a host path; {@code null} for wherever commands start
 * @param environment variables of the command. They are no place for secrets: over SSH they are
 *     words of the command line on the host, which all its users can read. What is secret goes into
 *     the input
 * @param bare whether these variables are all that it has; otherwise they are added to those of the
 *     host, which are those of this process or those that a server gives to a session
 * @param input its standard input
 * @param timeLimit after which it is killed; only for {@link CommandRunner#run}
 * @param outputLimit bytes of standard output, and of standard error, that are kept; more is read
 *     and thrown away
 */
public record Command(
    List<String> words,
    @Nullable String directory,
    Map<String, String> environment,
    boolean bare,
    String input,
    Duration timeLimit,
    int outputLimit) {
  private static final Duration DEFAULT_TIME_LIMIT = Duration.ofSeconds(60);
  private static final int DEFAULT_OUTPUT_LIMIT = 1 << 20;

  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("a command has at least one word");
    }
  }

  /** A command with a limit of one minute and 1 MiB of output. */
  public static Command of(String... words) {
    return of(List.of(words));
  }

  /** A command with a limit of one minute and 1 MiB of output. */
  public static Command of(List<String> words) {
    return new Command(words, null, Map.of(), false, "", DEFAULT_TIME_LIMIT, DEFAULT_OUTPUT_LIMIT);
  }

  /** The same command, run in {@code hostPath}. */
  public Command in(String hostPath) {
    return new Command(words, hostPath, environment, bare, input, timeLimit, outputLimit);
  }

  /** The same command with these variables, added to those of the host. */
  public Command withEnvironment(Map<String, String> variables) {
    return new Command(words, directory, variables, false, input, timeLimit, outputLimit);
  }

  /** The same command with these variables and no others. */
  public Command withOnly(Map<String, String> variables) {
    return new Command(words, directory, variables, true, input, timeLimit, outputLimit);
  }

  /** The same command with this standard input. */
  public Command withInput(String text) {
    return new Command(words, directory, environment, bare, text, timeLimit, outputLimit);
  }

  /** The same command with another time limit. */
  public Command within(Duration limit) {
    return new Command(words, directory, environment, bare, input, limit, outputLimit);
  }

  /** The same command with another limit on what is kept of its output, in bytes. */
  public Command withOutputLimit(int bytes) {
    return new Command(words, directory, environment, bare, input, timeLimit, bytes);
  }
}
