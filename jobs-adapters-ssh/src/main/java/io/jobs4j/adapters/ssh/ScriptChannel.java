package io.jobs4j.adapters.ssh;

import java.nio.charset.StandardCharsets;
import net.schmizz.concurrent.Event;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.Message;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.common.SSHPacket;
import net.schmizz.sshj.connection.Connection;
import net.schmizz.sshj.connection.ConnectionException;
import net.schmizz.sshj.connection.channel.direct.SessionChannel;
import net.schmizz.sshj.transport.TransportException;

/** A session channel that can start a script without waiting for the server to say that it did. */
final class ScriptChannel extends SessionChannel {
  /** Whether the server said no to what was asked of it. */
  private volatile boolean refused;

  private volatile boolean ended;
  private boolean left; // guarded by this

  ScriptChannel(Connection connection) {
    super(connection, StandardCharsets.UTF_8);
  }

  /** Opens one. The client must be connected and logged in. */
  static ScriptChannel open(SSHClient client) throws ConnectionException, TransportException {
    if (!client.isConnected() || !client.isAuthenticated()) {
      throw new IllegalStateException("not connected");
    }
    ScriptChannel channel = new ScriptChannel(client.getConnection());
    channel.open();
    return channel;
  }

  /**
   * Has a script executed. Its output is that of this channel. May wait for the network.
   *
   * @return what the server says of it
   */
  synchronized Event<ConnectionException> start(String script) throws TransportException {
    if (left) {
      // Servers break off connections on which closed channels are mentioned.
      throw new TransportException("the channel was closed before its script was sent");
    }
    return sendChannelRequest(
        "exec", true, new Buffer.PlainBuffer().putString(script, StandardCharsets.UTF_8));
  }

  /** Whether the server said that it does not execute the script, and so never has. */
  boolean refused() {
    return refused;
  }

  /** Whether both sides have closed it, or its connection is gone. Waits for nothing. */
  boolean ended() {
    return ended;
  }

  @Override
  public void close() throws ConnectionException, TransportException {
    synchronized (this) {
      left = true;
    }
    super.close();
  }

  @Override
  protected void finishOff() {
    super.finishOff();
    ended = true;
  }

  @Override
  public void handle(Message message, SSHPacket packet) throws SSHException {
    if (message == Message.CHANNEL_FAILURE) {
      // Before anybody is woken by it.
      refused = true;
    }
    super.handle(message, packet);
  }
}
