package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.JobEvent;
import java.time.Duration;

/** Sees what the store does. It must not block or throw. */
public interface StoreObserver {
  /** Sees nothing. */
  StoreObserver NONE = new StoreObserver() {};

  /** A change of a job is durable; told by one thread, of each job in order. */
  default void committed(JobEvent event) {}

  /** A transaction is durable. */
  default void group(int changes, Duration time) {}

  /** Jobs were taken for workers. */
  default void claimed(int jobs) {}

  /** Jobs were taken to be watched. */
  default void adopted(int jobs) {}
}
