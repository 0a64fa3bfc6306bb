package io.jobs4j.sdk;

/** The engine was closed. Nothing was changed, and its clients can do nothing any more. */
public final class EngineClosedException extends StoreException {
  private static final long serialVersionUID = 1L;

  public EngineClosedException() {
    super("The engine is closed.");
  }
}
