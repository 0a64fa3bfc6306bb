package io.jobs4j.adapters.slurm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The states that Slurm's commands print, base states and flags alike, and what follows from each
 * (Slurm, "Job State Codes"). A flag stands in the place of the base state that it hides.
 */
enum SlurmState {
  PENDING("PD", Meaning.WAITING),
  RUNNING("R", Meaning.RUNNING),
  SUSPENDED("S", Meaning.STANDING),
  COMPLETED("CD", Meaning.COMPLETED),
  CANCELLED("CA", Meaning.CANCELLED),
  FAILED("F", Meaning.FAILED),
  TIMEOUT("TO", Meaning.TIME_OVER),
  OUT_OF_MEMORY("OOM", Meaning.MEMORY_OVER),
  DEADLINE("DL", Meaning.TIME_OVER),
  NODE_FAIL("NF", Meaning.INTERRUPTED),
  PREEMPTED("PR", Meaning.INTERRUPTED),
  BOOT_FAIL("BF", Meaning.INTERRUPTED),
  /** Hides how the job ended, or that it will be queued again. */
  COMPLETING("CG", Meaning.UNDECIDED),
  CONFIGURING("CF", Meaning.WAITING),
  POWER_UP_NODE("PU", Meaning.WAITING),
  EXPEDITING("EX", Meaning.WAITING),
  REQUEUED("RQ", Meaning.WAITING),
  REQUEUE_FED("RF", Meaning.WAITING),
  REQUEUE_HOLD("RH", Meaning.HELD),
  SPECIAL_EXIT("SE", Meaning.HELD),
  RESV_DEL_HOLD("RD", Meaning.HELD),
  /** Another cluster of the federation has it. */
  REVOKED("RV", Meaning.UNDECIDED),
  RESIZING("RS", Meaning.RUNNING),
  SIGNALING("SI", Meaning.RUNNING),
  STAGE_OUT("SO", Meaning.RUNNING),
  STOPPED("ST", Meaning.STANDING),
  /** Most often that of a job that was queued again and is held; the base state says so then. */
  LAUNCH_FAILED("LF", Meaning.UNDECIDED),
  RECONFIG_FAIL("RCF", Meaning.UNDECIDED),
  GETENV_FAILED("GF", Meaning.UNDECIDED),
  UPDATE_DB("UD", Meaning.UNDECIDED);

  /** What follows from a state; of several that are printed at once, the last here counts. */
  enum Meaning {
    COMPLETED,
    CANCELLED,
    FAILED,
    TIME_OVER,
    MEMORY_OVER,
    /** Ended by the system, unless Slurm queues the job again. */
    INTERRUPTED,
    RUNNING,
    WAITING,
    /** Suspended or stopped, with its processes there. */
    STANDING,
    /** Waits for a person. */
    HELD,
    /** Says nothing about where the job is. */
    UNDECIDED;

    /** Whether the job has not started, or not again. */
    boolean waits() {
      return this == WAITING || this == HELD;
    }

    /** Whether the job is over, unless it is queued again. */
    boolean isEnd() {
      return compareTo(INTERRUPTED) <= 0;
    }
  }

  private static final Map<String, SlurmState> BY_WORD = new HashMap<>();
  private static final Pattern SEPARATOR = Pattern.compile("[,+ ]+");

  static {
    for (SlurmState state : values()) {
      BY_WORD.put(state.name(), state);
      BY_WORD.put(state.code, state);
    }
  }

  final String code;
  final Meaning meaning;

  SlurmState(String code, Meaning meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /**
   * Reads a state as any command of Slurm prints it, with all of its flags.
   *
   * @return empty if a word of it is not known
   */
  static Optional<SlurmState> of(String text) {
    List<SlurmState> states = new ArrayList<>();
    for (String word : SEPARATOR.split(text.strip(), -1)) {
      if (word.equals("by")) {
        // The rest names who cancelled it.
        break;
      }
      SlurmState state = BY_WORD.get(word);
      if (state == null) {
        return Optional.empty();
      }
      states.add(state);
    }
    return states.stream().max(Comparator.comparing((SlurmState state) -> state.meaning));
  }
}
