package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.AttemptScripts;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is given to {@code sbatch} for an attempt.
 *
 * @param words program and options
 * @param variables shell commands that set the variables by which it takes options too; they may be
 *     secret
 * @param script the batch script
 */
record BatchSubmission(List<String> words, String variables, String script) {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9-]{1,200}");

  /** What would keep a job from being one batch job of this cluster that is found again. */
  private static final Set<String> NOT_FOR_SBATCH =
      Set.of(
          "SBATCH_ARRAY_INX",
          "SBATCH_CLUSTERS",
          "SBATCH_TEST_ONLY",
          "SBATCH_WAIT",
          "SLURM_CLUSTERS",
          "SLURM_EXIT_ERROR");

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private static final ShellScript JOB = ShellScript.of(BatchSubmission.class, "job");

  /** The name under which the Slurm job of an attempt is found. */
  static String name(Attempt attempt) {
    return "jobs-" + attempt.key();
  }

  /**
   * Makes it.
   *
   * @param replace whether the directives of the queue, if there are any, take the place of all
   *     resources that would be asked for
   * @param loginEnvironment whether the job gets the environment of a login in place of that of
   *     {@code sbatch}
   * @throws PermanentAdapterException naming what cannot be given to Slurm
   */
  static BatchSubmission of(LaunchSpec spec, boolean replace, boolean loginEnvironment) {
    SlurmDirectives directives = SlurmDirectives.of(spec.queue(), spec.environment());
    return new BatchSubmission(
        options(spec, directives, replace && !directives.isEmpty(), loginEnvironment),
        variables(spec.environment()),
        script(spec, directives));
  }

  /**
   * What the script that submits it reads: a line with the variables, as {@code printf %b} writes
   * them, and the batch script.
   */
  String input() {
    return variables.replace("\\", "\\\\").replace("\n", "\\n") + "\n" + script;
  }

  private static String variables(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(variable -> forSbatch(variable.getKey()))
        .map(
            variable -> "export " + variable.getKey() + "=" + ShellWords.quote(variable.getValue()))
        .sorted()
        .collect(Collectors.joining("; "));
  }

  private static List<String> options(
      LaunchSpec spec, SlurmDirectives directives, boolean replaced, boolean loginEnvironment) {
    String work = checked(spec.attempt()).workPath();
    String output = pattern(work, fileName("output", spec.output()));
    String error = pattern(work, fileName("error", spec.error()));
    List<String> words = new ArrayList<>();
    words.add("sbatch");
    words.add("--parsable");
    words.add("--job-name=" + name(spec.attempt()));
    words.add("--comment=" + spec.attempt().key());
    // What sbatch has is made for the job. A list of names would load a login environment as well.
    words.add(loginEnvironment ? "--export=NONE" : "--export=ALL");
    words.add("--chdir=" + work);
    words.add("--output=" + output);
    if (!error.equals(output)) {
      words.add("--error=" + error);
    }
    if (!directives.has("open-mode")) {
      // Slurm would empty the files of the job that runs for a copy of it that does nothing.
      words.add("--open-mode=append");
    }
    if (!directives.has("requeue", "no-requeue")) {
      words.add("--no-requeue");
    }
    if (!replaced) {
      resources(spec, directives, words);
    }
    // Of an option that is given twice the last counts.
    words.addAll(directives.words());
    return words;
  }

  /** Whether a variable of the system's definition is one by which sbatch takes options. */
  private static boolean forSbatch(String name) {
    return (name.startsWith("SBATCH_") || name.startsWith("SLURM_"))
        && VARIABLE.matcher(name).matches()
        && !NOT_FOR_SBATCH.contains(name);
  }

  private static void resources(LaunchSpec spec, SlurmDirectives directives, List<String> words) {
    words.add("--nodes=" + spec.nodeCount());
    // Of tasks for each socket or core Slurm takes the limit beside it.
    if (!directives.has(
        "ntasks", "ntasks-per-node", "tasks-per-node", "ntasks-per-gpu", "cpus-per-task")) {
      words.add("--ntasks-per-node=" + spec.processorsPerNode());
    }
    if (spec.maxRunTime() != null) {
      words.add("--time=" + SlurmTimes.limit(spec.maxRunTime()));
    }
    if (spec.memoryPerNode() != null && !directives.has("mem", "mem-per-cpu", "mem-per-gpu")) {
      words.add("--mem=" + SlurmSizes.limit(spec.memoryPerNode()));
    }
    BatchQueue queue = spec.queue();
    if (queue != null) {
      words.add("--partition=" + line("queue", queue.effectiveName()));
    }
  }

  /**
   * Writes the batch script. All of it is in functions, so that a script of which the end was lost
   * on its way does nothing. Variables of its own have a prefix, so that none of the user's, which
   * a login may export, is changed for the job.
   */
  private static String script(LaunchSpec spec, SlurmDirectives directives) {
    StringBuilder text = new StringBuilder("#!/bin/sh\nlaunch() {\n");
    // The token of the account that submitted, which was for sbatch alone.
    text.append("  unset SLURM_JWT\n");
    if (!directives.has("open-mode")) {
      // It tells how Slurm opened the files of the job; srun would open those of its steps so.
      text.append("  unset SLURM_OPEN_MODE\n");
    }
    Map<String, String> variables = new TreeMap<>(spec.environment());
    // srun would start its tasks without the variables of the job.
    variables.put("SLURM_EXPORT_ENV", "ALL");
    variables.put("JOBS4J_ATTEMPT", spec.attempt().key());
    variables.forEach((name, value) -> text.append(assignment(name, value)));
    text.append("  exec /bin/sh ")
        .append(ShellWords.quote("./" + fileName("script", spec.script())))
        .append("\n}\njobs4j() {\n");
    text.append("  jobs4j_key=").append(ShellWords.quote(spec.attempt().key())).append('\n');
    text.append(literal("jobs4j_work", spec.attempt().workPath(), "  "));
    text.append(JOB.text()).append(AttemptScripts.CLAIM.text());
    if (!directives.has("open-mode")) {
      for (String file :
          List.of(fileName("output", spec.output()), fileName("error", spec.error()))) {
        text.append("  true >").append(ShellWords.quote("./" + file)).append('\n');
      }
    }
    text.append(
        (directives.signalsScript() ? AttemptScripts.IN_BACKGROUND : AttemptScripts.IN_FOREGROUND)
            .text());
    return text.append(AttemptScripts.RECORD_END.text()).append("}\njobs4j\n").toString();
  }

  private static String assignment(String name, String value) {
    if (!VARIABLE.matcher(name).matches()) {
      throw invalid("environment variable", name, "a name of letters, digits and underscores");
    }
    if (value.indexOf('\0') >= 0) {
      // The value may be a secret.
      throw invalid("environment variable", name, "one without NUL characters in its value");
    }
    return literal(name, value, "  ") + "  export " + name + "\n";
  }

  /** Sets a variable. Slurm refuses scripts with carriage returns before line ends. */
  private static String literal(String name, String value, String indent) {
    if (value.indexOf('\r') < 0) {
      return indent + name + "=" + ShellWords.quote(value) + "\n";
    }
    String escaped = value.replace("\\", "\\\\").replace("\r", "\\0015");
    return indent
        + "%s=$(printf '%%b.' %s)\n".formatted(name, ShellWords.quote(escaped))
        + indent
        + "%s=${%s%%.}\n".formatted(name, name);
  }

  /**
   * A path in which Slurm finds nothing to replace. A backslash keeps it from replacing anything in
   * a path, and is taken away.
   */
  private static String pattern(String directory, String file) {
    String path = directory + "/" + file;
    return path.indexOf('\\') >= 0 ? path.replace("\\", "\\\\") : path.replace("%", "%%");
  }

  /** Checks what is known of an attempt before any of it reaches a host. */
  static Attempt checked(Attempt attempt) {
    if (!KEY.matcher(attempt.key()).matches()) {
      throw invalid("attempt key", attempt.key(), "1 to 200 letters, digits and hyphens");
    }
    String path = attempt.workPath();
    if (!path.startsWith("/") || path.chars().anyMatch(c -> c == 0 || c == '\n' || c == '\r')) {
      throw invalid("workPath", path, "an absolute path without line ends");
    }
    return attempt;
  }

  private static String fileName(String field, String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      throw invalid(field, name, "the name of a file in the work directory");
    }
    return line(field, name);
  }

  private static String line(String field, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw invalid(field, value, "one without control characters");
    }
    return value;
  }

  private static PermanentAdapterException invalid(String field, String value, String right) {
    StringBuilder shown = new StringBuilder();
    value.chars().forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
    return new PermanentAdapterException(
        ConditionCode.JOB_LAUNCH_FAILURE, "The " + field + " \"" + shown + "\" is not " + right);
  }
}
