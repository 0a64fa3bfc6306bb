package io.jobs4j.sdk.internal.sql;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections of another source, some of whose commits go wrong. */
public final class FailingSource implements DataSource {
  /** How a commit goes wrong. */
  public enum Fault {
    NONE,
    /** It fails and nothing was committed. */
    REFUSED,
    /** It fails though all was committed. */
    ANSWER_LOST,
    /** It fails though all was committed, and then the database is away. */
    ANSWER_LOST_THEN_UNREACHABLE,
    /** No connection can be made, and those that were are broken. */
    UNREACHABLE
  }

  private final DataSource real;
  public final AtomicInteger connections = new AtomicInteger();
  public volatile Fault fault = Fault.NONE;

  /** Whether connections show nothing of what they wrap. */
  public volatile boolean opaque;

  public FailingSource(DataSource real) {
    this.real = real;
  }

  @Override
  public Connection getConnection() throws SQLException {
    connections.incrementAndGet();
    if (fault == Fault.UNREACHABLE) {
      throw new SQLException("unreachable", "08001");
    }
    Connection connection = real.getConnection();
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          String name = method.getName();
          if (fault == Fault.UNREACHABLE && !name.equals("close") && !name.equals("isClosed")) {
            if (name.equals("isValid")) {
              return false;
            }
            throw new SQLException("unreachable", "08006");
          }
          if (opaque && name.equals("unwrap")) {
            throw new SQLException("wraps nothing");
          }
          try {
            if (!method.getName().equals("commit") || fault == Fault.NONE) {
              return method.invoke(connection, arguments);
            }
            if (fault == Fault.ANSWER_LOST) {
              method.invoke(connection, arguments);
            } else if (fault == Fault.ANSWER_LOST_THEN_UNREACHABLE) {
              method.invoke(connection, arguments);
              fault = Fault.UNREACHABLE;
            } else {
              connection.rollback();
            }
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          throw new SQLException("the commit went wrong");
        };
    return (Connection)
        Proxy.newProxyInstance(
            FailingSource.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
  }

  @Override
  public Connection getConnection(String user, String password) {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
