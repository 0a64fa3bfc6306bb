package io.jobs4j.core.spi;

import io.jobs4j.core.model.ExecutionSystem;

/** Opens schedulers of one kind. Found with {@link java.util.ServiceLoader}. */
public interface RemoteSchedulerProvider {
  /** The kind, in capitals, as system definitions name it. */
  String scheduler();

  /**
   * Opens the scheduler of a system; the caller closes it.
   *
   * @param runner runs commands on the system; it stays open longer than the scheduler
   */
  RemoteScheduler open(ExecutionSystem system, CommandRunner runner);
}
