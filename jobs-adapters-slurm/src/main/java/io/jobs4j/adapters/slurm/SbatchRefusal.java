package io.jobs4j.adapters.slurm;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What follows from a {@code sbatch} that failed.
 *
 * @param verdict whether there may be a job all the same
 * @param text what it said
 */
record SbatchRefusal(Verdict verdict, String text) {
  /** Whether there may be a job, and whether it is worth trying again. */
  enum Verdict {
    /** Only a look at the queue can tell whether there is a job. */
    UNCERTAIN,
    /** There is none, and will be none. */
    REFUSED,
    /** There is none, and may be one later. */
    BUSY
  }

  /** The exit code of {@code sbatch} for options that it does not take. */
  private static final int BAD_OPTION = 255;

  private static final Pattern UNCERTAIN =
      Pattern.compile(
          "(?i)timed out|zero bytes|connection|contact(ing)? |unexpected message|communicat"
              + "|transport|munge|credential|authentication|standby|configuration file"
              + "|resource temporarily|interrupted|failed to receive|message rec|unable to resolve"
              + "|incompatible|dns srv|fetch_config");

  /** Named in a line of its own before the one that says that the submission has failed. */
  private static final Pattern LIMIT = Pattern.compile("(?i)(QOS|Assoc)(Grp|Max)\\w*Submit");

  private static final Pattern FULL =
      Pattern.compile(
          "(?i)temporarily unable|maximum job count|i/o error writing"
              + "|slurmctld is not|inactive or drain|node.*(reserved|drained)|in maintenance"
              + "|no space");
  private static final Pattern REFUSED = Pattern.compile("(?i)Batch job submission failed");

  /** Codes of a command that was ended or that says it has done its work. */
  private static final Set<Integer> NO_FAILURE = Set.of(0, 124, 137);

  /** What an option error looks like that the client finds by itself. */
  private static final Pattern OPTION =
      Pattern.compile(
          "(?i)^(sbatch: )?(error: |fatal: )?(invalid |unrecognized option|memory specification"
              + "|batch script |this does not look like|.*mutually exclusive)");

  static SbatchRefusal of(int code, List<String> errors) {
    String text =
        errors.stream()
            .map(line -> line.replaceFirst("^sbatch: ", "").replaceFirst("^(error|fatal): ", ""))
            .filter(line -> !line.isBlank())
            .collect(Collectors.joining("; "));
    if (NO_FAILURE.contains(code)) {
      return new SbatchRefusal(Verdict.UNCERTAIN, text);
    }
    // sbatch tries again by itself and says so, and sites have words of their own: the last line on
    // the submission is what came of it.
    String decisive =
        errors.stream()
            .filter(line -> REFUSED.matcher(line).find())
            .reduce((first, last) -> last)
            .orElse(String.join("\n", errors));
    if (FULL.matcher(decisive).find()
        || errors.stream().anyMatch(line -> LIMIT.matcher(line).find())) {
      return new SbatchRefusal(Verdict.BUSY, text);
    }
    if (UNCERTAIN.matcher(decisive).find()) {
      return new SbatchRefusal(Verdict.UNCERTAIN, text);
    }
    boolean refused =
        code == BAD_OPTION
            || REFUSED.matcher(decisive).find()
            || errors.stream().anyMatch(line -> OPTION.matcher(line).find());
    return new SbatchRefusal(refused ? Verdict.REFUSED : Verdict.UNCERTAIN, text);
  }
}
