package io.jobs4j.sdk.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A client of PostgreSQL that has sent some of several statements that it sends together, as one is
 * that was stopped meanwhile: the server has done these, and waits for the rest without a limit.
 * The server must not ask for passwords.
 */
final class UnfinishedClient implements AutoCloseable {
  private static final int PROTOCOL = 196608;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /** A client of the database that a source names. */
  UnfinishedClient(PGSimpleDataSource source) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), source.getPortNumbers()[0]);
    socket.setSoTimeout(60_000);
    this.in = new DataInputStream(socket.getInputStream());
    this.out = new DataOutputStream(socket.getOutputStream());
    String words = "user\0" + source.getUser() + "\0database\0" + source.getDatabaseName() + "\0\0";
    byte[] start = words.getBytes(UTF_8);
    out.writeInt(Integer.BYTES * 2 + start.length);
    out.writeInt(PROTOCOL);
    out.write(start);
    readUntil('Z');
  }

  /** Has a statement done, and does not say that it was the last. */
  void execute(String sql) throws IOException {
    send('P', "\0" + sql + "\0\0\0");
    send('B', "\0\0\0\0\0\0\0\0");
    send('E', "\0\0\0\0\0");
    send('H', "");
    readUntil('C');
  }

  /** Has begun a transaction of an engine as all of them begin. */
  void holdEngine(String id) throws IOException {
    execute("BEGIN");
    execute("SELECT set_config('idle_in_transaction_session_timeout', '1000', TRUE)");
    execute("UPDATE jobs4j_engine SET last_commit = 1 WHERE id = '" + id + "'");
  }

  /** Says that the last statement was the last. */
  void finish() throws IOException {
    send('S', "");
    readUntil('Z');
  }

  private void send(char type, String content) throws IOException {
    byte[] bytes = content.getBytes(UTF_8);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(message);
    fields.writeByte(type);
    fields.writeInt(Integer.BYTES + bytes.length);
    fields.write(bytes);
    out.write(message.toByteArray());
  }

  private void readUntil(char type) throws IOException {
    while (true) {
      int found = in.readByte();
      byte[] content = new byte[in.readInt() - Integer.BYTES];
      in.readFully(content);
      if (found == 'E') {
        throw new EOFException(new String(content, UTF_8));
      }
      if (found == type) {
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
