package io.jobs4j.sdk.internal.cluster;

/**
 * What this engine believed of the database is not so any more: the transaction is undone, and done
 * again without that.
 */
public final class OutdatedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean declaredDead;

  /**
   * What happened.
   *
   * @param declaredDead whether the engine was declared dead; otherwise somebody has asked
   *     something of a job
   */
  public OutdatedException(boolean declaredDead) {
    super("outdated", null, false, false);
    this.declaredDead = declaredDead;
  }

  public boolean isDeclaredDead() {
    return declaredDead;
  }
}
