package io.jobs4j.sdk.internal.cluster;

import io.jobs4j.sdk.internal.sql.Dialect;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.Session;
import org.jdbi.v3.core.Handle;

/** The session in which an engine makes its changes, with what they announce to other engines. */
public final class EngineSession extends Session {
  private final Announcements announcements = new Announcements();

  public EngineSession(Handle handle, Dialect dialect, Names names) {
    super(handle, dialect, names);
  }

  /** What the transaction under way announces to other engines. */
  public Announcements announcements() {
    return announcements;
  }
}
