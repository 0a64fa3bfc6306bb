package io.jobs4j.sdk.internal.phase;

/**
 * What is done for a job in one state. Without state of its own; safe for use by several threads.
 */
public interface Phase {
  /**
   * Does it. It may have been done before, in whole or in part, by an engine that died, so each
   * effect is such that doing it again changes nothing.
   *
   * @throws io.jobs4j.core.spi.PermanentAdapterException which fails the job
   * @throws io.jobs4j.core.spi.TransientAdapterException which blocks the job
   * @throws InterruptedException if the engine is closing, or the job was cancelled; the job stays
   *     in its state
   */
  PhaseResult run(PhaseContext context) throws InterruptedException;
}
