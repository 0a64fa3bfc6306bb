package io.jobs4j.adapters.ssh;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import net.schmizz.sshj.common.SSHRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session channel, and its place on a connection, which closing it gives back. */
final class Channel implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Channel.class);

  private final HostConnections host;
  private final SshConnection connection;
  private final ScriptChannel session;
  private final AtomicBoolean closed = new AtomicBoolean();

  Channel(HostConnections host, SshConnection connection, ScriptChannel session) {
    this.host = host;
    this.connection = connection;
    this.session = session;
  }

  ScriptChannel session() {
    return session;
  }

  SshConnection connection() {
    return connection;
  }

  /** Gives up the connection: nothing is opened on it any more. */
  void dropConnection() {
    host.drop(connection);
  }

  /** Returns at once; where the server has yet to agree, another thread waits for that. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      if (session.ended()) {
        finish();
      } else {
        host.execute(this::finish);
      }
    }
  }

  private void finish() {
    try {
      session.close();
    } catch (IOException | SSHRuntimeException e) {
      log.debug("Closing a channel failed", e);
      if (connection.alive()) {
        // The server may still count it.
        host.drop(connection);
      }
    } finally {
      host.giveBack(connection);
    }
  }
}
