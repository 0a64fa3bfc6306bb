package io.jobs4j.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** A database in memory that can make a commit and lose the answer. */
final class ForgetfulSource {
  private final AtomicBoolean loseNext = new AtomicBoolean();
  private final AtomicInteger lost = new AtomicInteger();
  private final JdbcDataSource source = new JdbcDataSource();

  ForgetfulSource() {
    source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
  }

  void loseNextAnswer() {
    loseNext.set(true);
  }

  int lostAnswers() {
    return lost.get();
  }

  DataSource dataSource() {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              Object result = call(source, method, arguments);
              return result instanceof Connection connection ? forgetful(connection) : result;
            });
  }

  private Connection forgetful(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              Object result = call(connection, method, arguments);
              if (method.getName().equals("commit") && loseNext.compareAndSet(true, false)) {
                lost.incrementAndGet();
                throw new SQLException("the answer was lost");
              }
              return result;
            });
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
