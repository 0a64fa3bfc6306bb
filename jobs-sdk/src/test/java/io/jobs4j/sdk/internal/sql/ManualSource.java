package io.jobs4j.sdk.internal.sql;

import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Connections of another source that do not commit by themselves. */
public final class ManualSource {
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

  /** What an engine may be given instead of the other source. */
  public DataSource source() throws SQLException {
    DataSource source = mock(DataSource.class, withSettings().stubOnly());
    when(source.getConnection()).thenAnswer(call -> connect());
    return source;
  }

  private Connection connect() throws SQLException {
    Connection connection = real.getConnection();
    connection.setAutoCommit(false);
    open.incrementAndGet();
    return mock(
        Connection.class,
        withSettings()
            .stubOnly()
            .defaultAnswer(
                call -> {
                  if (call.getMethod().getName().equals("close") && !connection.isClosed()) {
                    giveBack(connection);
                  }
                  return delegatesTo(connection).answer(call);
                }));
  }

  private void giveBack(Connection connection) throws SQLException {
    open.decrementAndGet();
    givenBack.add(new State(connection.getAutoCommit(), timeout(connection)));
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
  }

  private static int timeout(Connection connection) throws SQLException {
    try {
      return connection.getNetworkTimeout();
    } catch (SQLFeatureNotSupportedException e) {
      return 0;
    }
  }
}
