package io.jobs4j.adapters.fork;

import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.LaunchSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Launches jobs on the host of a {@link CommandRunner}: by shells that are there already if the
 * runner can converse with the host, and otherwise by one for each job. Safe for use by several
 * threads.
 */
final class Launcher implements AutoCloseable {
  /** How long a launch may take to claim its attempt. */
  private static final Duration CLAIM_LIMIT = Duration.ofSeconds(10);

  private static final String LANGUAGE = "LANG";

  private final CommandRunner runner;
  private final LaunchShells shells;

  /** What jobs begin with; {@code null} until the host knew the account. */
  private volatile @Nullable Map<String, String> base;

  /**
   * A launcher on the host of a runner.
   *
   * @param runner not closed by the launcher
   */
  Launcher(CommandRunner runner) {
    this.runner = runner;
    this.shells = new LaunchShells(runner);
  }

  /** Launches a job. What came of it is in the first line of what it says. */
  DetachedCommand launch(LaunchSpec spec) throws InterruptedException {
    List<String> words = arguments(spec);
    Map<String, String> variables = new TreeMap<>(base());
    Map<String, String> environment = new TreeMap<>(spec.environment());
    // Programs that know a language load it, which takes them as long as all the rest of a start.
    String language = variables.remove(LANGUAGE);
    if (language != null) {
      environment.putIfAbsent(LANGUAGE, language);
    }
    String exports = exports(environment);
    if (runner.sharesFiles()) {
      Optional<DetachedCommand> launched = shells.launch(variables, words, exports, CLAIM_LIMIT);
      if (launched.isPresent()) {
        return launched.get();
      }
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/bin/sh", "-c", ForkScripts.wrapper(spec.attempt().key()), "jobs4j"));
    command.addAll(words);
    return runner.launchAndListen(
        Command.of(command).withOnly(variables).withInput(exports).within(CLAIM_LIMIT));
  }

  /** Those of {@link ForkScripts#wrapper}. */
  private static List<String> arguments(LaunchSpec spec) {
    BigDecimal limit = spec.maxRunTime() == null ? null : hundredths(spec.maxRunTime());
    return List.of(
        spec.attempt().workPath(),
        spec.attempt().key(),
        LaunchChecks.requireFileName("output", spec.output()),
        LaunchChecks.requireFileName("error", spec.error()),
        limit == null ? "" : limit.toBigIntegerExact().toString(),
        limit == null ? "" : limit.movePointLeft(2).stripTrailingZeros().toPlainString(),
        LaunchChecks.requireFileName("script", spec.script()));
  }

  /** What the host says of the account, which stays as it is. */
  private Map<String, String> base() throws InterruptedException {
    Map<String, String> known = base;
    if (known == null) {
      known = BaseEnvironment.of(runner);
      if (BaseEnvironment.hasAccount(known)) {
        base = known;
      }
    }
    return known;
  }

  /** What a shell reads to set variables, with lines that show whether it arrived whole. */
  private static String exports(Map<String, String> environment) {
    StringBuilder exports = new StringBuilder("# jobs4j environment\n");
    new TreeMap<>(environment)
        .forEach(
            (name, value) ->
                // A shell does not end for what "command" refuses.
                exports
                    .append("command export ")
                    .append(ShellWords.quote(LaunchChecks.requireVariable(name, value)))
                    .append('\n'));
    return exports.append("# jobs4j end").toString();
  }

  /** Rounded up, so that no limit becomes none. */
  private static BigDecimal hundredths(Duration time) {
    return BigDecimal.valueOf(time.getSeconds())
        .movePointRight(2)
        .add(BigDecimal.valueOf(time.getNano()).movePointLeft(7))
        .setScale(0, RoundingMode.CEILING);
  }

  /** Shells that wait for jobs end at once, the others after their job. */
  @Override
  public void close() {
    shells.close();
  }
}
