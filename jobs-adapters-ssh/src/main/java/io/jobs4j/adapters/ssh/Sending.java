package io.jobs4j.adapters.ssh;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;
import net.schmizz.sshj.connection.Connection;
import net.schmizz.sshj.connection.channel.direct.DirectConnection;

/**
 * Knows how long a peer has been taking what is sent to it. Java knows no time limit for that, and
 * with a peer that is there but takes nothing, TCP goes on for ever. Safe for use by several
 * threads, of which one sends at a time.
 */
final class Sending {
  /** By {@link System#nanoTime}, and never 0; 0 while nothing is being sent. */
  private volatile long since;

  /**
   * Whether what is being sent has not been taken for that long. What failed to be sent counts as
   * being sent for ever: a part of it may be under way, so that nothing can follow.
   */
  boolean isHeldUpFor(Duration time) {
    long begun = since;
    return begun != 0 && System.nanoTime() - begun >= time.toNanos();
  }

  /** Makes the socket to the nearest host. */
  SocketFactory sockets() {
    return new Sockets();
  }

  /** A way to a host through the one before it. It is not open yet. */
  DirectConnection tunnel(Connection through, String host, int port) {
    return new DirectConnection(through, host, port) {
      @Override
      public OutputStream getOutputStream() {
        return new Output(super.getOutputStream());
      }
    };
  }

  private final class Output extends FilterOutputStream {
    Output(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      begin();
      out.write(bytes, offset, length);
      since = 0;
    }

    /** A tunnel sends only now what is less than a packet. */
    @Override
    public void flush() throws IOException {
      begin();
      out.flush();
      since = 0;
    }

    /** Without sending anything, which may take any time. */
    @Override
    public void close() throws IOException {
      out.close();
    }

    private void begin() {
      if (since == 0) {
        since = System.nanoTime() | 1;
      }
    }
  }

  private final class Sockets extends SocketFactory {
    @Override
    public Socket createSocket() {
      return new Socket() {
        @Override
        public OutputStream getOutputStream() throws IOException {
          return new Output(super.getOutputStream());
        }
      };
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
