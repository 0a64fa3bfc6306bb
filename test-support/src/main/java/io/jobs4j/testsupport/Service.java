package io.jobs4j.testsupport;

import java.util.Locale;

/** A server that {@code dev/services} runs. */
public enum Service {
  /** Slurm without accounting. */
  SLURM,
  /** Slurm with slurmdbd and MariaDB. */
  SLURM_ACCOUNTING,
  SSHD;

  /** Whether it runs as a whole; nothing is started. */
  public boolean isRunning() {
    return DevServices.find().isRunning(this);
  }

  /** How {@code dev/services} calls it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
