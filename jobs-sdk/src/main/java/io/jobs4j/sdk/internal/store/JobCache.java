package io.jobs4j.sdk.internal.store;

/**
 * What this engine knows of jobs without reading them: those that its workers have, and those that
 * it has just accepted. Used by the writer's thread alone.
 */
final class JobCache {
  private final InFlightHeads inFlight = new InFlightHeads();
  private final AcceptedJobs accepted = new AcceptedJobs();

  InFlightHeads inFlight() {
    return inFlight;
  }

  AcceptedJobs accepted() {
    return accepted;
  }

  /** Says that a job was changed, or given away, by other statements than those of the applier. */
  void touched(long id, String uuid) {
    inFlight.forget(uuid);
    accepted.remove(id);
  }

  void forgetAll() {
    inFlight.forgetAll();
    accepted.forgetAll();
  }
}
