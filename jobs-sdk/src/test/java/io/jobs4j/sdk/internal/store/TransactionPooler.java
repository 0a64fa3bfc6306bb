package io.jobs4j.sdk.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A proxy to PostgreSQL that has a few sessions for all its clients and gives each transaction the
 * one that was not used for longest, as poolers by transaction do. It knows no statements that
 * clients have prepared, and nobody hears what is announced to a session that no client has. The
 * server must not ask for passwords.
 */
final class TransactionPooler implements AutoCloseable {
  private static final int PROTOCOL = 196608;
  private static final int ENCRYPTION = 80877103;
  private static final int OTHER_ENCRYPTION = 80877104;

  private final PGSimpleDataSource real;
  private final int size;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<Backend> free = new LinkedBlockingQueue<>();
  private final List<byte[]> greeting = new ArrayList<>();

  /** A proxy with so many sessions of the database that a source names. */
  TransactionPooler(PGSimpleDataSource real, int size) throws IOException {
    this.real = real;
    this.size = size;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("pooler", this::accept);
  }

  /** Connections to the proxy. */
  PGSimpleDataSource source() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(
        real.getUrl()
            .replaceAll("//[^/]*/", "//127.0.0.1:" + server.getLocalPort() + "/")
            .replaceAll("sslmode=[^&]*", "sslmode=disable"));
    source.setUser(real.getUser());
    return source;
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        sockets.add(client);
        start("pooler-client", () -> serve(client));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      new Client(socket).serve();
    } catch (IOException e) {
      // The client is gone.
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      sockets.remove(socket);
    }
  }

  /** The sessions are opened as the first client wants to have its own. */
  private synchronized void open(byte[] startup) throws IOException {
    if (greeting.isEmpty()) {
      for (int i = 0; i < size; i++) {
        Socket socket = new Socket(real.getServerNames()[0], real.getPortNumbers()[0]);
        sockets.add(socket);
        Backend backend = new Backend(new Wire(socket));
        List<byte[]> told = backend.start(startup);
        if (i == 0) {
          greeting.addAll(told);
        }
        free.add(backend);
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Messages: a kind, and what follows it. */
  private static final class Wire {
    private final DataInputStream in;
    private final DataOutputStream out;

    Wire(Socket socket) throws IOException {
      socket.setTcpNoDelay(true);
      this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    byte[] body() throws IOException {
      byte[] body = new byte[in.readInt() - Integer.BYTES];
      in.readFully(body);
      return body;
    }

    void body(byte[] body) throws IOException {
      out.writeInt(body.length + Integer.BYTES);
      out.write(body);
    }

    void message(int kind, byte[] body) throws IOException {
      out.writeByte(kind);
      body(body);
    }
  }

  /** A session of the server. */
  private record Backend(Wire wire) {
    /** Returns what the server says of itself. */
    List<byte[]> start(byte[] startup) throws IOException {
      wire.body(startup);
      wire.out.flush();
      List<byte[]> told = new ArrayList<>();
      while (true) {
        int kind = wire.in.readByte();
        byte[] body = wire.body();
        if (kind == 'S') {
          told.add(body);
        } else if (kind == 'Z') {
          return told;
        } else if (kind == 'E') {
          throw new IOException(new String(body, UTF_8));
        }
      }
    }

    /** Passes all on until the server is ready; returns whether the transaction is over. */
    boolean answer(Wire client) throws IOException {
      return answer(client, 'Z')[0] == 'I';
    }

    /** Passes all on until there is a message of a kind; returns what it says. */
    byte[] answer(Wire client, int last) throws IOException {
      wire.out.flush();
      while (true) {
        int kind = wire.in.readByte();
        byte[] body = wire.body();
        client.message(kind, body);
        if (kind == last || (kind == 'E' && last == 'C')) {
          client.out.flush();
          return body;
        }
      }
    }
  }

  private final class Client {
    private final Wire wire;

    Client(Socket socket) throws IOException {
      this.wire = new Wire(socket);
    }

    void serve() throws IOException, InterruptedException {
      byte[] startup = wire.body();
      int code = ByteBuffer.wrap(startup).getInt();
      while (code == ENCRYPTION || code == OTHER_ENCRYPTION) {
        wire.out.writeByte('N');
        wire.out.flush();
        startup = wire.body();
        code = ByteBuffer.wrap(startup).getInt();
      }
      if (code != PROTOCOL) {
        // It wants something cancelled.
        return;
      }
      open(startup);
      wire.message('R', new byte[Integer.BYTES]);
      for (byte[] parameter : greeting) {
        wire.message('S', parameter);
      }
      wire.message('K', new byte[2 * Integer.BYTES]);
      wire.message('Z', new byte[] {'I'});
      wire.out.flush();
      transact();
    }

    private void transact() throws IOException, InterruptedException {
      while (true) {
        int kind = wire.in.readByte();
        if (kind == 'X') {
          return;
        }
        Backend backend = free.take();
        try {
          while (!pass(kind, backend)) {
            kind = wire.in.readByte();
          }
        } catch (EOFException e) {
          // It left in the middle of it; a session that was ended meanwhile fails here.
          backend.wire.message('Q', "ROLLBACK\0".getBytes(UTF_8));
          boolean unused = backend.answer(wire);
          free.add(backend);
          throw e;
        }
        free.add(backend);
      }
    }

    /** Passes a message on; returns whether the transaction is over. */
    private boolean pass(int kind, Backend backend) throws IOException {
      if (kind == 'X') {
        throw new EOFException();
      }
      backend.wire.message(kind, wire.body());
      if (kind == 'H') {
        // Somebody wants to know what came of a statement that others are to follow.
        byte[] unused = backend.answer(wire, 'C');
      }
      return (kind == 'Q' || kind == 'S') && backend.answer(wire);
    }
  }
}
