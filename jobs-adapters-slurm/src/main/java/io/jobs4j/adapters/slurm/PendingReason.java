package io.jobs4j.adapters.slurm;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Why a job waits, as Slurm says it.
 *
 * @param kind what can be hoped for
 * @param word Slurm's own reason; empty if it gives none
 */
record PendingReason(Kind kind, String word) {
  /** What can be hoped for. */
  enum Kind {
    /** It starts when its turn comes. */
    NORMAL,
    /** It starts when somebody releases it. */
    HELD,
    /** It does not start unless somebody changes the job or the cluster. */
    HOPELESS
  }

  private static final Set<String> HOPELESS =
      Set.of(
          "DependencyNeverSatisfied",
          "BadConstraints",
          "PartitionTimeLimit",
          "PartitionNodeLimit",
          "AccountNotAllowed",
          "InvalidAccount",
          "InvalidQOS",
          "QOSNotAllowed",
          "AssocMaxWallDurationPerJobLimit",
          "QOSMaxWallDurationPerJobLimit",
          "QOSTimeLimit");
  private static final Pattern HELD =
      Pattern.compile("jobheld(user|admin)|.*\\bheld\\b.*|.*requeuedheld.*");

  /** Reads the reason of a job in {@code state}. */
  static PendingReason of(SlurmState state, String text) {
    String word = text.strip();
    if (word.startsWith("(") && word.endsWith(")")) {
      word = word.substring(1, word.length() - 1);
    }
    if (word.equals("None") || word.equals("N/A") || word.equals("null")) {
      word = "";
    }
    if (HOPELESS.contains(word)) {
      return new PendingReason(Kind.HOPELESS, word);
    }
    boolean held =
        state.meaning == SlurmState.Meaning.HELD
            || HELD.matcher(word.toLowerCase(Locale.ROOT).replace('_', ' ')).matches();
    return new PendingReason(held ? Kind.HELD : Kind.NORMAL, word);
  }

  /** For people: why job {@code id} waits, and what they can do. */
  String text(String id) {
    return switch (kind) {
      case NORMAL -> word;
      case HELD ->
          word.equals("JobHeldAdmin")
              ? word + ": held until an administrator of the cluster releases it"
              : (word.isEmpty() ? "Held" : word + ": held")
                  + " until it is released (scontrol release "
                  + id
                  + ")";
      case HOPELESS ->
          word
              + ": it will not start unless it is changed (scontrol update JobId="
              + id
              + ") or the cluster is; otherwise cancel it";
    };
  }
}
