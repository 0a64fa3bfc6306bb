package io.jobs4j.sdk.internal.store;

/**
 * What this engine knows of jobs without reading them: those that its workers have, and those that
 * it has just accepted. Used by the writer's thread alone.
 */
final class KnownJobs {
  private final HeldJobs held = new HeldJobs();
  private final FreshJobs fresh = new FreshJobs();

  HeldJobs held() {
    return held;
  }

  FreshJobs fresh() {
    return fresh;
  }

  /** Says that a job was changed, or given away, by other statements than those of the applier. */
  void touched(long id, String uuid) {
    held.forget(uuid);
    fresh.remove(id);
  }

  void forgetAll() {
    held.forgetAll();
    fresh.forgetAll();
  }
}
