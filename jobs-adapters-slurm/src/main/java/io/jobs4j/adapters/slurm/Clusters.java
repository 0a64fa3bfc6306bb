package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.adapters.slurm.internal.ScriptHost;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which clusters there are behind one address, and to which of them attempts were submitted. A name
 * of a host may come to stand for another cluster, or its configuration may: then jobs that are not
 * seen have not ended. It is kept in memory; the records of attempts tell more. Safe for use by
 * several threads.
 */
final class Clusters {
  private static final int MOST_HOSTS = 20;

  /** More than are under way at once; those that end are forgotten. */
  private static final int MOST_ATTEMPTS = 100_000;

  private static final Pattern SETTING =
      Pattern.compile("ClusterName\\s*=\\s*([A-Za-z0-9_.-]+)\\s*");
  private static final Pattern RECORD = Pattern.compile("id \\d{1,10} on ([A-Za-z0-9_.-]+)");

  private final Clock clock;

  /** How long a name is believed. */
  private final Duration lifetime;

  /** Names of clusters by what scripts say of where they run. */
  private final Map<String, Name> names = new Recent<>(MOST_HOSTS);

  /** Names of clusters by the keys of attempts. */
  private final Map<String, String> submissions = new Recent<>(MOST_ATTEMPTS);

  Clusters(Clock clock, Duration lifetime) {
    this.clock = clock;
    this.lifetime = lifetime;
  }

  /**
   * The name in what {@code scontrol show config} prints: empty if the cluster has none; {@code
   * null} if that is no configuration.
   */
  static @Nullable String nameIn(List<String> configuration) {
    String name = only(SETTING, configuration);
    return name == null && configuration.stream().anyMatch(line -> line.contains(" = "))
        ? ""
        : name;
  }

  /** The name in the records of an attempt; {@code null} if they have none. */
  static @Nullable String submittedTo(List<String> records) {
    return only(RECORD, records);
  }

  private static @Nullable String only(Pattern pattern, List<String> lines) {
    return lines.stream()
        .map(pattern::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .findFirst()
        .orElse(null);
  }

  /** Notes the name of the cluster that a host reaches. */
  synchronized void reaches(String here, @Nullable String name) {
    names.put(here, new Name(name == null ? "" : name, clock.instant().plus(lifetime)));
  }

  /** Forgets what a host was known to reach if that is not what answers there now. */
  synchronized boolean forget(String here, String answering) {
    Name name = names.get(here);
    if (name == null || name.text().equals(answering)) {
      return false;
    }
    names.remove(here);
    return true;
  }

  /** What is known of hosts, but for what is too old, as {@link SlurmScripts} read it. */
  synchronized String known() {
    Instant now = clock.instant();
    names.values().removeIf(name -> !now.isBefore(name.until()));
    StringBuilder known = new StringBuilder("\n");
    names.forEach((here, name) -> known.append(here).append('|').append(name.text()).append('\n'));
    return known.toString();
  }

  /** Notes to which cluster an attempt was submitted, or that the one that answered has its job. */
  synchronized void has(String name, Attempt attempt) {
    submissions.put(attempt.key(), name);
  }

  /** Forgets an attempt that is over. */
  synchronized void ended(Attempt attempt) {
    submissions.remove(attempt.key());
  }

  /**
   * As {@link #has(String, Attempt)}, with the cluster of the host that gave an answer, if known.
   */
  synchronized void has(ScriptAnswer answer, Attempt attempt) {
    answer
        .note("here")
        .flatMap(here -> Optional.ofNullable(names.get(here)))
        .map(Name::text)
        .filter(name -> !name.isEmpty())
        .ifPresent(name -> has(name, attempt));
  }

  /** The cluster of an attempt; empty if it is not known. */
  synchronized String of(Attempt attempt) {
    return submissions.getOrDefault(attempt.key(), "");
  }

  /**
   * What is said of a job that the cluster that answers cannot know of.
   *
   * @param answering its name, or empty
   */
  static String unseen(String submitted, String answering) {
    return "The job was submitted to the Slurm cluster %s and cannot be seen from %s, which answers now"
        .formatted(
            submitted,
            answering.isEmpty() ? "a cluster without a name" : "the cluster " + answering);
  }

  /**
   * Refuses to conclude anything of an attempt if another cluster answered.
   *
   * @throws TransientAdapterException if a script said that it is elsewhere
   */
  static void requireHere(Attempt attempt, ScriptAnswer answer) {
    String said = answer.note("elsewhere").orElse(null);
    if (said == null) {
      return;
    }
    int blank = said.indexOf(' ');
    String answering = said.substring(blank + 1);
    if (blank < 0 || answering.isEmpty()) {
      throw ScriptHost.notAnswering("Which cluster answers is not known: no answer from scontrol");
    }
    throw new TransientAdapterException(
        RecoveryCondition.JOB_NOT_VISIBLE,
        "Attempt %s: %s"
            .formatted(
                attempt.key(),
                unseen(
                    said.substring(0, blank),
                    answering.equals(SlurmScripts.NAMELESS) ? "" : answering)),
        null);
  }

  /**
   * The name of a cluster.
   *
   * @param text empty if it does not tell its name
   */
  private record Name(String text, Instant until) {}

  /** Forgets what was used least recently. */
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int most;

    Recent(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }
}
