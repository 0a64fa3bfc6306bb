package io.jobs4j.sdk.internal.sql;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections of another source that do not commit by themselves. */
public final class ManualSource implements DataSource {
  /** What a connection is like. */
  public record State(boolean autoCommit, int networkTimeout) {}

  public static final State FOUND = new State(false, 0);

  private final DataSource real;
  private final AtomicInteger open = new AtomicInteger();
  private final List<State> givenBack = new CopyOnWriteArrayList<>();

  public ManualSource(DataSource real) {
    this.real = real;
  }

  public int open() {
    return open.get();
  }

  /** What connections were like when they were closed. */
  public List<State> givenBack() {
    return givenBack;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = real.getConnection();
    connection.setAutoCommit(false);
    open.incrementAndGet();
    return (Connection)
        Proxy.newProxyInstance(
            ManualSource.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close") && !connection.isClosed()) {
                open.decrementAndGet();
                givenBack.add(new State(connection.getAutoCommit(), timeout(connection)));
                if (!connection.getAutoCommit()) {
                  connection.rollback();
                }
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static int timeout(Connection connection) throws SQLException {
    try {
      return connection.getNetworkTimeout();
    } catch (java.sql.SQLFeatureNotSupportedException e) {
      return 0;
    }
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
