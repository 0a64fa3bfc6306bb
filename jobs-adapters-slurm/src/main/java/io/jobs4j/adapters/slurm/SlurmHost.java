package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.adapters.slurm.internal.ScriptHost;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

  /** How long what is known of the cluster's configuration is believed. */
  private static final Duration SETTINGS_LAST = Duration.ofDays(1);

  /**
   * How long a cluster that does not say how it is configured is left in peace: doubled each time.
   */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** Of more, what is known of all is forgotten. */
  private static final int MOST_HOSTS = 20;

  private final ScriptHost scripts;
  private final Clock clock;
  private final ReentrantLock asking = new ReentrantLock();
  private final Clusters clusters;

  /** How clusters are configured, by where scripts say that they run. */
  private final Map<String, Known> hosts = new ConcurrentHashMap<>();

  /** What is known of the host that answered last. */
  private volatile @Nullable Known known;

  private volatile @Nullable Pause pause;

  SlurmHost(CommandRunner runner, Clock clock) {
    this.scripts = new ScriptHost(runner, "Slurm");
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
    ScriptAnswer answer =
        ScriptAnswer.of(scripts.run(ScriptHost.script(SlurmScripts.SETTINGS)).output());
    List<String> lines = ScriptHost.answered(answer, "config", "scontrol").lines();
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
  void answers(ScriptAnswer answer, String cluster) {
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
  private void notice(ScriptAnswer answer) {
    String here = answer.note("here").orElse(null);
    if (here == null) {
      return;
    }
    ScriptAnswer.Frame configuration = answer.frame("config");
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
  ScriptAnswer ask(Command command, ClusterSettings settings) throws InterruptedException {
    ScriptAnswer answer = complete(ran(command, settings));
    notice(answer);
    return answer;
  }

  /** Runs a script whose answer may be too long. */
  CommandResult ran(Command command, ClusterSettings settings) throws InterruptedException {
    return scripts.run(command.within(settings.commandLimit()));
  }

  /**
   * What a script said.
   *
   * @throws TransientAdapterException if it did not come to its end
   */
  ScriptAnswer complete(CommandResult result) {
    return scripts.complete(result);
  }

  /** Runs what is of use but changes no verdict; {@code null} if it did not come to its end. */
  @Nullable ScriptAnswer attempted(Command command) throws InterruptedException {
    return scripts.attempted(command);
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
