package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.Sightings;
import io.jobs4j.core.spi.RemoteJob;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how jobs are and how they ended, by the table of {@link VerdictRule}, and sees to what
 * follows: what the controller has is not doubted any more, and people are warned. It asks nothing
 * itself. Safe for use by several threads.
 */
final class Verdicts {
  private static final Logger log = LoggerFactory.getLogger(Verdicts.class);
  private static final List<VerdictRule> RULES = List.of(VerdictRule.values());

  /** State words that are warned about. */
  private static final int MOST_UNKNOWN = 100;

  private final Sightings sightings;

  /** State words that were logged because they are not known. */
  private final Set<String> unknownStates = ConcurrentHashMap.newKeySet();

  Verdicts(Sightings sightings) {
    this.sightings = sightings;
  }

  /** What the first of these rules says that holds. */
  static Verdict decide(Collection<VerdictRule> rules, Evidence evidence) {
    return rules.stream()
        .filter(rule -> rule.holds(evidence))
        .findFirst()
        .map(rule -> rule.verdict(evidence))
        .orElse(Verdict.OPEN);
  }

  /**
   * What is said of a job, and whether it has been queued again more often than its work directory
   * has been told.
   */
  record Said(Verdict verdict, boolean toBeNoted) {}

  /**
   * Says what became of a job.
   *
   * @param job that is asked about
   */
  Said of(RemoteJob job, Evidence evidence) {
    Verdict verdict = decide(RULES, evidence);
    boolean toBeNoted =
        verdict.kind() == Verdict.Kind.ALIVE
            && sightings.alive(job, evidence.id(), evidence.restarts());
    if (verdict.unknownState() != null) {
      warnOfUnknown(verdict.unknownState());
    }
    if (verdict.kind() == Verdict.Kind.ALIVE && VerdictRule.LISTED_AS_WAITING.holds(evidence)) {
      warnOfHopeless(job, evidence);
    }
    return new Said(verdict, toBeNoted);
  }

  private void warnOfUnknown(String stateText) {
    if (unknownStates.size() < MOST_UNKNOWN && unknownStates.add(stateText)) {
      log.warn("Slurm's state {} is not known; jobs in it stay as they are", stateText);
    }
  }

  private void warnOfHopeless(RemoteJob job, Evidence evidence) {
    PendingReason reason = evidence.pendingReason();
    if (reason.kind() == PendingReason.Kind.HOPELESS && sightings.warn(job, reason.word())) {
      log.warn(
          "Job {} of attempt {} waits in vain: {}",
          evidence.id(),
          job.attempt().key(),
          reason.text(evidence.id()));
    }
  }
}
