package io.jobs4j.adapters.slurm;

import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host of Slurm's commands: runs scripts there, with time limits that follow those of the
 * cluster, and knows how the cluster is configured. Safe for use by several threads.
 */
final class SlurmHost {
  private static final Logger log = LoggerFactory.getLogger(SlurmHost.class);

  /** Bytes of an answer about many jobs. */
  private static final int MOST_DETAILS = 8 << 20;

  /** How long what is known of the cluster's configuration is believed. */
  private static final Duration SETTINGS_LAST = Duration.ofDays(1);

  /**
   * How long a cluster that does not say how it is configured is left in peace: doubled each time.
   */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** Of more, what is known of all is forgotten. */
  private static final int MOST_HOSTS = 20;

  private final CommandRunner runner;
  private final Clock clock;
  private final ReentrantLock asking = new ReentrantLock();
  private final Clusters clusters;

  /** How clusters are configured, by where scripts say that they run. */
  private final Map<String, Known> hosts = new ConcurrentHashMap<>();

  /** What is known of the host that answered last. */
  private volatile @Nullable Known known;

  private volatile @Nullable Pause pause;

  SlurmHost(CommandRunner runner, Clock clock) {
    this.runner = runner;
    this.clock = clock;
    this.clusters = new Clusters(clock, SETTINGS_LAST);
  }

  /** As {@link #settings(boolean)}, without insisting. */
  ClusterSettings settings() throws InterruptedException {
    return settings(false);
  }

  /**
   * How the cluster is configured, asked for once a day.
   *
   * @param insist whether to ask even if that has just failed
   * @throws TransientAdapterException if it never could be found out
   */
  ClusterSettings settings(boolean insist) throws InterruptedException {
    Known current = known;
    if (current != null && clock.instant().isBefore(current.until())) {
      return current.settings();
    }
    asking.lockInterruptibly();
    try {
      current = known;
      if (current != null && clock.instant().isBefore(current.until())) {
        return current.settings();
      }
      Pause last = pause;
      TransientAdapterException failure;
      if (last != null && !insist && clock.instant().isBefore(last.until())) {
        failure = new TransientAdapterException(last.condition(), last.message(), null);
      } else {
        try {
          ClusterSettings settings = askedSettings();
          pause = null;
          log.debug("Slurm is configured as {}", settings);
          return settings;
        } catch (TransientAdapterException e) {
          pause = Pause.after(last, e, clock.instant());
          failure = e;
        }
      }
      if (current != null) {
        return current.settings();
      }
      throw failure;
    } finally {
      asking.unlock();
    }
  }

  private ClusterSettings askedSettings() throws InterruptedException {
    SlurmAnswer answer = SlurmAnswer.of(runner.run(script(SlurmScripts.SETTINGS)).output());
    List<String> lines = answered(answer, "config", "scontrol").lines();
    return learn(answer.note("here").orElse(""), lines).settings();
  }

  private Known learn(String here, List<String> configuration) {
    Known learnt =
        new Known(here, ClusterSettings.of(configuration), clock.instant().plus(SETTINGS_LAST));
    if (hosts.size() == MOST_HOSTS) {
      hosts.clear();
    }
    hosts.put(here, learnt);
    known = learnt;
    clusters.reaches(here, Clusters.nameIn(configuration));
    return learnt;
  }

  /** Which clusters there are. */
  Clusters clusters() {
    return clusters;
  }

  /**
   * Has the configuration that a host reaches asked for anew if it is that of another cluster than
   * answers there now.
   *
   * @param answer with the host in it
   */
  void answers(SlurmAnswer answer, String cluster) {
    String here = answer.note("here").orElse("");
    if (clusters.forget(here, cluster)) {
      hosts.remove(here);
      Known current = known;
      if (current != null && current.here().equals(here)) {
        known = null;
      }
    }
  }

  /** Another host may have answered than the one whose settings are known. */
  private void notice(SlurmAnswer answer) {
    String here = answer.note("here").orElse(null);
    if (here == null) {
      return;
    }
    SlurmAnswer.Frame configuration = answer.frame("config");
    if (configuration != null && configuration.code() == 0) {
      Known unused = learn(here, configuration.lines());
      return;
    }
    Known current = known;
    Known other = hosts.get(here);
    if (current != null && other != null && !here.equals(current.here())) {
      known = other;
    }
  }

  /**
   * Runs a script and reads what it says.
   *
   * @throws TransientAdapterException if it did not come to its end
   */
  SlurmAnswer ask(Command command, ClusterSettings settings) throws InterruptedException {
    SlurmAnswer answer = complete(ran(command, settings));
    notice(answer);
    return answer;
  }

  /** Runs a script whose answer may be too long. */
  CommandResult ran(Command command, ClusterSettings settings) throws InterruptedException {
    return runner.run(command.within(settings.commandLimit()));
  }

  /**
   * What a script said.
   *
   * @throws TransientAdapterException if it did not come to its end
   */
  static SlurmAnswer complete(CommandResult result) {
    SlurmAnswer answer = SlurmAnswer.of(result.output());
    if (!answer.complete()) {
      String error = result.error().strip();
      throw notAnswering(
          "No complete answer from the host of Slurm's commands: exit code "
              + result.exitCode()
              + (error.isEmpty() ? "" : ", " + error.lines().limit(3).toList()));
    }
    return answer;
  }

  /** As below, in a frame of the name of the command. */
  static SlurmAnswer.Frame answered(SlurmAnswer answer, String command) {
    return answered(answer, command, command);
  }

  /**
   * What a command in a script said.
   *
   * @param name of its frame
   * @throws TransientAdapterException if it said nothing, or failed
   */
  static SlurmAnswer.Frame answered(SlurmAnswer answer, String name, String command) {
    SlurmAnswer.Frame frame = answer.frame(name);
    if (frame == null || frame.code() != 0) {
      throw unanswered(command, frame);
    }
    return frame;
  }

  private static TransientAdapterException unanswered(
      String command, SlurmAnswer.@Nullable Frame frame) {
    return notAnswering(
        frame == null
            ? "No answer from " + command
            : "No answer from "
                + command
                + ": exit code "
                + frame.code()
                + (frame.errors().isEmpty() ? "" : ", " + frame.error()));
  }

  static TransientAdapterException notAnswering(String message) {
    return new TransientAdapterException(RecoveryCondition.SCHEDULER_NOT_ANSWERING, message, null);
  }

  static TransientAdapterException away(Attempt attempt) {
    return new TransientAdapterException(
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        "The work directory %s of attempt %s and the directory above it are missing: its file system"
                .formatted(attempt.workPath(), attempt.key())
            + " seems to be away",
        null);
  }

  /** A script with arguments. */
  static Command script(ShellScript script, String... arguments) {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", script.text(), "jobs4j"));
    words.addAll(List.of(arguments));
    return Command.of(words);
  }

  /** Runs what is of use but changes no verdict; {@code null} if it did not come to its end. */
  @Nullable SlurmAnswer attempted(Command command) throws InterruptedException {
    try {
      SlurmAnswer answer = SlurmAnswer.of(runner.run(command).output());
      return answer.complete() ? answer : null;
    } catch (TransientAdapterException | PermanentAdapterException e) {
      log.debug("A command on the host of Slurm's commands failed", e);
      return null;
    }
  }

  /** A script without arguments, of any length. */
  static Command input(StringBuilder script) {
    return Command.of("/bin/sh")
        .withInput(script.append(SlurmScripts.DONE.text()).toString())
        .withOutputLimit(MOST_DETAILS);
  }

  private record Known(String here, ClusterSettings settings, Instant until) {}

  /** Why the cluster's configuration is not asked for, and until when. */
  private record Pause(
      RecoveryCondition condition, String message, Duration length, Instant until) {
    static Pause after(@Nullable Pause last, TransientAdapterException failure, Instant now) {
      Duration length = last == null ? FIRST_PAUSE : last.length().multipliedBy(2);
      length = length.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : length;
      String message = failure.getMessage();
      return new Pause(
          failure.condition(), message == null ? "" : message, length, now.plus(length));
    }
  }
}
