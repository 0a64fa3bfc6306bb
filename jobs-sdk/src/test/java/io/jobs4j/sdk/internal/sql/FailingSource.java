package io.jobs4j.sdk.internal.sql;

import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.mockito.invocation.InvocationOnMock;

/** Connections of another source, some of whose commits go wrong. */
public final class FailingSource {
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

  /** What an engine may be given instead of the other source. */
  public DataSource source() throws SQLException {
    DataSource source = mock(DataSource.class, withSettings().stubOnly());
    when(source.getConnection()).thenAnswer(call -> connect());
    return source;
  }

  private Connection connect() throws SQLException {
    connections.incrementAndGet();
    if (fault == Fault.UNREACHABLE) {
      throw new SQLException("unreachable", "08001");
    }
    Connection connection = real.getConnection();
    return mock(
        Connection.class,
        withSettings().stubOnly().defaultAnswer(call -> answer(call, connection)));
  }

  private @Nullable Object answer(InvocationOnMock call, Connection connection) throws Throwable {
    String name = call.getMethod().getName();
    if (fault == Fault.UNREACHABLE && !name.equals("close") && !name.equals("isClosed")) {
      if (name.equals("isValid")) {
        return false;
      }
      throw new SQLException("unreachable", "08006");
    }
    if (opaque && name.equals("unwrap")) {
      throw new SQLException("wraps nothing");
    }
    if (!name.equals("commit") || fault == Fault.NONE) {
      return delegatesTo(connection).answer(call);
    }
    if (fault == Fault.REFUSED) {
      connection.rollback();
    } else {
      connection.commit();
    }
    if (fault == Fault.ANSWER_LOST_THEN_UNREACHABLE) {
      fault = Fault.UNREACHABLE;
    }
    throw new SQLException("the commit went wrong");
  }
}
