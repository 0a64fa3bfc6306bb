package io.jobs4j.sdk.internal.cluster;

/**
 * Is told what other engines on the database announce, on a thread that must not be kept long. It
 * may be told of what it knows already.
 */
public interface AnnouncementListener {
  /** There is a job that is ready for any engine's workers. */
  void ready();

  /** An engine has gone, whose jobs are anyone's. */
  void orphans();

  /** Someone wants a job cancelled, paused or resumed, for which it was made ready. */
  void requested(String uuid);

  /** A job or its history has changed. */
  void changed(String uuid);

  /** Many jobs have changed. */
  void manyChanged();

  /** Nothing was heard for a while: any of the others may have happened. */
  void anything();
}
