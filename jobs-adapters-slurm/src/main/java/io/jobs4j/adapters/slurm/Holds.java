package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.Batches;
import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.adapters.slurm.internal.ScriptHost;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import java.util.List;
import java.util.Map;

/**
 * Says which jobs are held by the engine, and not by their user or an administrator: those that
 * Slurm shows as held and whose work directory says that the engine did it. Only jobs that Slurm
 * shows so cost a second command, one for all of them. Safe for use by several threads.
 */
final class Holds {
  private static final int JOBS_PER_COMMAND = 500;

  private final SlurmHost host;

  Holds(SlurmHost host) {
    this.host = host;
  }

  /** What the state of a job says of a hold. */
  enum Sign {
    /** It runs, or waits for its turn. */
    FREE,
    /** It is held as the engine or its user would do it. */
    OURS_OR_NOT,
    /** Others hold it. */
    OTHERS
  }

  /** Reads the state of a job that is not over. */
  static Sign sign(QueueRow row, SlurmState state) {
    if (state.meaning == SlurmState.Meaning.STANDING) {
      return Sign.OURS_OR_NOT;
    }
    if (state.meaning == SlurmState.Meaning.RUNNING) {
      return Sign.FREE;
    }
    PendingReason reason = PendingReason.of(state, row.reason());
    if (reason.kind() != PendingReason.Kind.HELD) {
      return Sign.FREE;
    }
    return reason.word().equals("JobHeldUser") ? Sign.OURS_OR_NOT : Sign.OTHERS;
  }

  /**
   * Adds to statuses of jobs that may be held by the engine that they are, where a note says so.
   * Nothing is said of the others: somebody else holds them, or the notes cannot be seen.
   */
  void tell(List<RemoteJob> jobs, Map<RemoteJob, RemoteStatus> statuses)
      throws InterruptedException {
    for (List<RemoteJob> some : Batches.of(jobs, JOBS_PER_COMMAND)) {
      StringBuilder script = new StringBuilder(SlurmScripts.HOLDS.text());
      for (int i = 0; i < some.size(); i++) {
        Attempt attempt = some.get(i).attempt();
        script.append(
            "held %s %s %s\n"
                .formatted(
                    i, ShellWords.quote(attempt.workPath()), ShellWords.quote(attempt.key())));
      }
      ScriptAnswer answer = host.attempted(ScriptHost.input(script));
      if (answer == null) {
        continue;
      }
      List<String> held = answer.notes().getOrDefault("held", List.of());
      for (int i = 0; i < some.size(); i++) {
        if (held.contains(Integer.toString(i))) {
          statuses.computeIfPresent(some.get(i), (job, status) -> status.withHeld(true));
        }
      }
    }
  }
}
