package io.jobs4j.adapters.slurm;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a cluster is configured, as far as it matters here.
 *
 * @param version of Slurm; empty if unknown
 * @param accounting whether ended jobs can be looked up in a database
 * @param minJobAge how long the controller remembers ended jobs
 * @param messageTimeout after which commands give up waiting for the controller
 */
record ClusterSettings(
    String version, boolean accounting, Duration minJobAge, Duration messageTimeout) {
  private static final Pattern SETTING = Pattern.compile("(\\w+)\\s*=\\s*(.*?)\\s*");
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,9})( sec)?");

  /** Slurm's own defaults, of an unknown cluster with accounting. */
  private static final ClusterSettings DEFAULTS =
      new ClusterSettings("", true, Duration.ofSeconds(300), Duration.ofSeconds(10));

  /** Reads what {@code scontrol show config} prints. */
  static ClusterSettings of(List<String> lines) {
    ClusterSettings settings = DEFAULTS;
    for (String line : lines) {
      Matcher matcher = SETTING.matcher(line);
      if (matcher.matches()) {
        settings = settings.with(matcher.group(1), matcher.group(2));
      }
    }
    return settings;
  }

  private ClusterSettings with(String name, String value) {
    return switch (name) {
      case "SLURM_VERSION" -> new ClusterSettings(value, accounting, minJobAge, messageTimeout);
      case "AccountingStorageType" ->
          new ClusterSettings(
              version,
              !value.isEmpty() && !value.equals("(null)") && !value.endsWith("/none"),
              minJobAge,
              messageTimeout);
      case "MinJobAge" ->
          new ClusterSettings(version, accounting, seconds(value, minJobAge), messageTimeout);
      case "MessageTimeout" ->
          new ClusterSettings(version, accounting, minJobAge, seconds(value, messageTimeout));
      default -> this;
    };
  }

  private static Duration seconds(String value, Duration otherwise) {
    Matcher matcher = SECONDS.matcher(value);
    return matcher.matches() ? Duration.ofSeconds(Long.parseLong(matcher.group(1))) : otherwise;
  }

  /** How long a command may take: its own tries to reach a controller come before. */
  Duration commandLimit() {
    Duration tries = messageTimeout.multipliedBy(3).plusSeconds(30);
    return tries.compareTo(Duration.ofSeconds(60)) < 0 ? Duration.ofSeconds(60) : tries;
  }

  /** After how long a submission that the controller has not shown did not reach it. */
  Duration submissionWindow() {
    return messageTimeout.multipliedBy(2);
  }
}
