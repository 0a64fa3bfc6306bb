package io.jobs4j.adapters.slurm;

import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The custom directives of a queue as options of {@code sbatch}. A line is one or more options,
 * with or without {@code #SBATCH} before them; words may be quoted; other lines that begin with
 * {@code #} are comments. {@code ${AGAVE_JOB_...}} stands for that variable of the job.
 *
 * <p>They are given to {@code sbatch} as words of its command line, so what they hold is never read
 * as code. What would change by what a job is found again, where its output goes, or where its
 * script comes from, is refused.
 *
 * @param options long option names without hyphens, each with its value, or {@code null} if it has
 *     none
 */
record SlurmDirectives(Map<String, @Nullable String> options) {
  static final SlurmDirectives NONE = new SlurmDirectives(Map.of());

  /** What is ours to set, or would keep a job from being one batch job of this cluster. */
  private static final Set<String> REFUSED =
      Set.of(
          "job-name",
          "comment",
          "output",
          "error",
          "input",
          "chdir",
          "workdir",
          "parsable",
          "wrap",
          "array",
          "export",
          "export-file",
          "wait",
          "quiet",
          "clusters",
          "cluster",
          "test-only",
          "het-group",
          "uid",
          "gid",
          "help",
          "usage",
          "version");

  private static final Set<String> NOT_WITH_TASKS_PER_GPU =
      new TreeSet<>(Set.of("ntasks-per-node", "tasks-per-node", "gpus-per-task"));

  /** The long names of short options that have a value. */
  private static final Map<Character, String> WITH_VALUE =
      Map.ofEntries(
          Map.entry('A', "account"),
          Map.entry('a', "array"),
          Map.entry('b', "begin"),
          Map.entry('B', "extra-node-info"),
          Map.entry('c', "cpus-per-task"),
          Map.entry('C', "constraint"),
          Map.entry('d', "dependency"),
          Map.entry('D', "chdir"),
          Map.entry('e', "error"),
          Map.entry('F', "nodefile"),
          Map.entry('G', "gpus"),
          Map.entry('i', "input"),
          Map.entry('J', "job-name"),
          Map.entry('L', "licenses"),
          Map.entry('M', "clusters"),
          Map.entry('m', "distribution"),
          Map.entry('N', "nodes"),
          Map.entry('n', "ntasks"),
          Map.entry('o', "output"),
          Map.entry('p', "partition"),
          Map.entry('q', "qos"),
          Map.entry('S', "core-spec"),
          Map.entry('t', "time"),
          Map.entry('w', "nodelist"),
          Map.entry('x', "exclude"));

  /** The long names of short options that have none. */
  private static final Map<Character, String> WITHOUT_VALUE =
      Map.of(
          'h', "help",
          'H', "hold",
          'k', "no-kill",
          'O', "overcommit",
          'Q', "quiet",
          's', "oversubscribe",
          'u', "usage",
          'v', "verbose",
          'V', "version",
          'W', "wait");

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");
  private static final Pattern MACRO = Pattern.compile("\\$\\{(AGAVE_JOB_[A-Z_]+)\\}");

  /**
   * Reads the directives of a queue.
   *
   * @param variables of the job
   * @throws PermanentAdapterException naming the line that is refused
   */
  static SlurmDirectives of(@Nullable BatchQueue queue, Map<String, String> variables) {
    String text = queue == null ? null : queue.customDirectives();
    if (queue == null || text == null || text.isBlank()) {
      return NONE;
    }
    Map<String, @Nullable String> options = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      Line read = new Line(queue.name(), number, line, variables);
      read.into(options);
    }
    if (options.containsKey("ntasks-per-gpu")) {
      for (String other : NOT_WITH_TASKS_PER_GPU) {
        if (options.containsKey(other)) {
          throw new PermanentAdapterException(
              ConditionCode.JOB_INVALID_DEFINITION,
              "The custom directives of queue \"%s\" are refused: Slurm takes --ntasks-per-gpu or --%s, not both"
                  .formatted(queue.name(), other));
        }
      }
    }
    return new SlurmDirectives(options);
  }

  boolean isEmpty() {
    return options.isEmpty();
  }

  boolean has(String... names) {
    for (String name : names) {
      if (options.containsKey(name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a signal is asked for that only the batch script gets. */
  boolean signalsScript() {
    String signal = options.get("signal");
    return signal != null && signal.contains("B:");
  }

  /** The options as words. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    options.forEach((name, value) -> words.add("--" + name + (value == null ? "" : "=" + value)));
    return words;
  }

  /** One line of them. */
  private record Line(String queue, int number, String text, Map<String, String> variables) {
    void into(Map<String, @Nullable String> options) {
      String rest = text.strip();
      if (rest.startsWith("#SBATCH")) {
        rest = rest.substring("#SBATCH".length());
      } else if (rest.startsWith("#")) {
        return;
      }
      List<String> words = words(rest);
      for (int i = 0; i < words.size(); i++) {
        String word = words.get(i);
        String next = i + 1 < words.size() ? words.get(i + 1) : null;
        boolean taken =
            word.startsWith("--")
                ? takeLong(word.substring(2), next, options)
                : takeShort(word, next, options);
        if (taken) {
          i++;
        }
      }
    }

    /** Takes a word that begins with two hyphens; returns whether its value is the next one. */
    private boolean takeLong(
        String word, @Nullable String next, Map<String, @Nullable String> options) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (!NAME.matcher(name).matches()) {
        throw refused("\"--" + name + "\" is not an option");
      }
      boolean separate = equals < 0 && next != null && !next.startsWith("-");
      put(options, name, equals >= 0 ? word.substring(equals + 1) : separate ? next : null);
      return separate;
    }

    /** Takes a word of short options; returns whether the value of the last is the next word. */
    private boolean takeShort(
        String word, @Nullable String next, Map<String, @Nullable String> options) {
      if (!word.startsWith("-") || word.length() < 2) {
        throw refused("\"" + word + "\" is not an option");
      }
      for (int i = 1; i < word.length(); i++) {
        char letter = word.charAt(i);
        String flag = WITHOUT_VALUE.get(letter);
        if (flag != null) {
          put(options, flag, null);
          continue;
        }
        String name = WITH_VALUE.get(letter);
        if (name == null) {
          throw refused("option -" + letter + " is not known");
        }
        boolean separate = i + 1 == word.length();
        String value = separate ? next : word.substring(i + 1);
        if (value == null) {
          throw refused("option -" + letter + " has no value");
        }
        put(options, name, value);
        return separate;
      }
      return false;
    }

    private void put(Map<String, @Nullable String> options, String name, @Nullable String value) {
      // sbatch takes what a name begins with for the name.
      if (REFUSED.stream().anyMatch(refused -> refused.startsWith(name))) {
        throw refused("jobs4j does not let a queue set --" + name);
      }
      options.put(name, value == null ? null : resolved(value));
    }

    private String resolved(String value) {
      String text =
          MACRO
              .matcher(value)
              .replaceAll(
                  found ->
                      Matcher.quoteReplacement(
                          variables.getOrDefault(found.group(1), found.group())));
      if (text.chars().anyMatch(Character::isISOControl)) {
        throw refused("a value has a control character");
      }
      return text;
    }

    private List<String> words(String line) {
      List<String> words = new ArrayList<>();
      StringBuilder word = null;
      char quote = 0;
      for (int i = 0; i < line.length(); i++) {
        char c = line.charAt(i);
        if (c != '\t' && Character.isISOControl(c)) {
          throw refused("it has a control character");
        }
        if (quote != 0) {
          if (c == quote) {
            quote = 0;
          } else if (word != null) {
            word.append(c);
          }
        } else if (c == '"' || c == '\'') {
          quote = c;
          word = word == null ? new StringBuilder() : word;
        } else if (c == ' ' || c == '\t') {
          if (word != null) {
            words.add(word.toString());
            word = null;
          }
        } else if (c == '#' && word == null) {
          break;
        } else {
          word = (word == null ? new StringBuilder() : word).append(c);
        }
      }
      if (quote != 0) {
        throw refused("a quote is not closed");
      }
      if (word != null) {
        words.add(word.toString());
      }
      return words;
    }

    private PermanentAdapterException refused(String why) {
      StringBuilder shown = new StringBuilder();
      text.strip()
          .chars()
          .limit(200)
          .forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
      return new PermanentAdapterException(
          ConditionCode.JOB_INVALID_DEFINITION,
          "Line %s of the custom directives of queue \"%s\", \"%s\", is refused: %s"
              .formatted(number, queue, shown, why));
    }
  }
}
