package io.jobs4j.adapters.slurm;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a cluster is configured, as far as it matters here.
 *
 * @param accounting whether ended jobs can be looked up in a database
 * @param messageTimeout after which commands give up waiting for the controller
 */
record ClusterSettings(boolean accounting, Duration messageTimeout) {
  private static final Pattern SETTING = Pattern.compile("(\\w+)\\s*=\\s*(.*?)\\s*");
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,9})( sec)?");

  /** Slurm's own defaults, of an unknown cluster with accounting. */
  private static final ClusterSettings DEFAULTS = new ClusterSettings(true, Duration.ofSeconds(10));

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
      case "AccountingStorageType" ->
          new ClusterSettings(
              !value.isEmpty() && !value.equals("(null)") && !value.endsWith("/none"),
              messageTimeout);
      case "MessageTimeout" -> new ClusterSettings(accounting, seconds(value, messageTimeout));
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
