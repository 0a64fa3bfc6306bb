package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.JobsException;

/** The job is someone else's by now. Nothing was changed. */
public final class LeaseLostException extends JobsException {
  private static final long serialVersionUID = 1L;

  public LeaseLostException(Lease lease) {
    super("The lease %s of job %s is over.".formatted(lease.fence(), lease.uuid()));
  }
}
