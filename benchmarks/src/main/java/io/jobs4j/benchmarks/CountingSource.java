package io.jobs4j.benchmarks;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A data source that counts the statements that are executed. Safe for use by several threads. */
final class CountingSource implements DataSource {
  private final DataSource source;
  private final AtomicLong executed = new AtomicLong();

  CountingSource(DataSource source) {
    this.source = source;
  }

  /** How often a statement, or a batch of them, was executed. */
  long executed() {
    return executed.get();
  }

  @Override
  public Connection getConnection() throws SQLException {
    return counted(Connection.class, source.getConnection());
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return counted(Connection.class, source.getConnection(user, password));
  }

  private <T> T counted(Class<T> type, T target) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (target instanceof Statement && method.getName().startsWith("execute")) {
            executed.incrementAndGet();
          }
          Object result;
          try {
            result = method.invoke(target, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
          if (target instanceof Connection) {
            if (result instanceof CallableStatement call) {
              return counted(CallableStatement.class, call);
            } else if (result instanceof PreparedStatement prepared) {
              return counted(PreparedStatement.class, prepared);
            } else if (result instanceof Statement statement) {
              return counted(Statement.class, statement);
            }
          }
          return result;
        };
    return type.cast(
        Proxy.newProxyInstance(
            CountingSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return source.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    source.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    source.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return source.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return source.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return source.isWrapperFor(type);
  }
}
