package io.jobs4j.adapters.slurm;

import java.util.List;
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
  private static final Pattern FULL =
      Pattern.compile(
          "(?i)(QOS|Assoc)(Grp|Max)\\w*Submit|temporarily unable|maximum job count|i/o error writing"
              + "|slurmctld is not|inactive or drain|node.*(reserved|drained)|in maintenance"
              + "|no space");
  private static final Pattern REFUSED = Pattern.compile("(?i)Batch job submission failed");

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
    String all = String.join("\n", errors);
    if (FULL.matcher(all).find()) {
      return new SbatchRefusal(Verdict.BUSY, text);
    }
    if (UNCERTAIN.matcher(all).find()) {
      return new SbatchRefusal(Verdict.UNCERTAIN, text);
    }
    boolean refused =
        code == BAD_OPTION
            || REFUSED.matcher(all).find()
            || errors.stream().anyMatch(line -> OPTION.matcher(line).find());
    return new SbatchRefusal(refused ? Verdict.REFUSED : Verdict.UNCERTAIN, text);
  }
}
