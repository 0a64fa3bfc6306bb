package io.jobs4j.sdk.internal.cluster;

import io.jobs4j.sdk.internal.sql.Dialect;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.Session;
import org.jdbi.v3.core.Handle;

/** The session in which an engine makes its changes, with what they tell other engines. */
public final class EngineSession extends Session {
  private final News news = new News();

  public EngineSession(Handle handle, Dialect dialect, Names names) {
    super(handle, dialect, names);
  }

  /** What the transaction under way has to tell other engines. */
  public News news() {
    return news;
  }
}
