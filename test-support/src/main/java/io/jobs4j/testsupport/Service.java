package io.jobs4j.testsupport;

import java.util.Locale;

/** A server that {@code dev/services} runs. */
public enum Service {
  /** Slurm without accounting. */
  SLURM,
  /** Slurm with slurmdbd and MariaDB. */
  SLURM_ACCOUNTING,
  SSHD;

  /** How {@code dev/services} calls it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
