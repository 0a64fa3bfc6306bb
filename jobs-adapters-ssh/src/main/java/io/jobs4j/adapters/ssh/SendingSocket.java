package io.jobs4j.adapters.ssh;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that knows how long its peer has been taking what is sent. Java knows no time limit for
 * that, and with a peer that answers but takes nothing, TCP goes on for ever. Safe for use by
 * several threads, of which one sends at a time.
 */
final class SendingSocket extends Socket {
  private static final Logger log = LoggerFactory.getLogger(SendingSocket.class);

  /** By {@link System#nanoTime}, and never 0; 0 while nothing is being sent. */
  private volatile long since;

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new FilterOutputStream(super.getOutputStream()) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        since = System.nanoTime() | 1;
        try {
          out.write(bytes, offset, length);
        } finally {
          since = 0;
        }
      }
    };
  }

  /** Whether the peer has not taken for that long what is being sent to it. */
  boolean isHeldUpFor(Duration time) {
    long begun = since;
    return begun != 0 && System.nanoTime() - begun >= time.toNanos();
  }

  /** Closes it at once. Who sends or receives gets an error. */
  void abort() {
    try {
      close();
    } catch (IOException e) {
      log.debug("Closing a socket failed", e);
    }
  }

  /** Makes them, not connected. */
  static final class Factory extends SocketFactory {
    @Override
    public Socket createSocket() {
      return new SendingSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
