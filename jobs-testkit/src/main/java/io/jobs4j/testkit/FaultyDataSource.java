package io.jobs4j.testkit;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections of another source that go wrong when a test says so: a commit fails, the answer to
 * one is lost, or the database is away. It also counts what is asked of the database.
 *
 * <p>A commit is a call of {@code commit()}, a {@code setAutoCommit(true)} that ends a transaction,
 * and, with automatic commits, every statement or batch that does not only read; what only reads is
 * told by its first word ({@code SELECT}, {@code VALUES}, {@code TABLE}, {@code SHOW}, {@code SET},
 * {@code EXPLAIN}, {@code LISTEN}, {@code UNLISTEN}). Each passes {@link CrashPoint} {@value
 * #BEFORE_COMMIT} before it reaches the database and {@value #AFTER_COMMIT} before it is answered.
 *
 * <p>Rows that were read before a connection broke may still be read. Put below a pool of
 * connections, the pool has to notice, as with a real database. Safe for use by several threads;
 * the connections are as safe as those of the other source.
 */
public final class FaultyDataSource implements DataSource {
  /** The crash point that is reached before each commit. */
  public static final String BEFORE_COMMIT = "commit";

  /** The crash point that is reached after each commit, before its caller knows. */
  public static final String AFTER_COMMIT = "committed";

  private static final Pattern READS =
      Pattern.compile(
          "(?is)(?:\\s|--[^\\n]*\\n|/\\*.*?\\*/|\\()*"
              + "(?:select|values|table|show|set|explain|listen|unlisten)\\b.*");

  private final DataSource real;
  private final AtomicLong statements = new AtomicLong();
  private final Map<Long, Fate> planned = new HashMap<>();
  private @Nullable Random random;
  private double failProbability;
  private double loseProbability;
  private long commits;
  private long failedCommits;
  private long lostAnswers;
  private long outages;
  private boolean down;

  private FaultyDataSource(DataSource real) {
    this.real = real;
  }

  /** A source that goes wrong in nothing until it is told to. */
  public static FaultyDataSource of(DataSource real) {
    return new FaultyDataSource(real);
  }

  /**
   * Lets a commit fail before it reaches the database: its transaction is rolled back, and {@link
   * SQLTransactionRollbackException} (SQLState 40001) is thrown. The connection stays usable.
   *
   * @param n which one from now on, the next being 1
   * @throws IllegalArgumentException if {@code n} is less than 1
   */
  public void failCommit(long n) {
    plan(n, Fate.FAIL);
  }

  /**
   * Lets the answer to a commit get lost: it is carried out, and then {@link
   * SQLTransientConnectionException} (SQLState 08006) is thrown. The connection is broken.
   *
   * @param n which one from now on, the next being 1
   * @throws IllegalArgumentException if {@code n} is less than 1
   */
  public void loseAnswer(long n) {
    plan(n, Fate.LOSE);
  }

  /**
   * Lets commits go wrong at random from now on, each either in the way of {@link #failCommit} or
   * in that of {@link #loseAnswer}. What happens to the n-th of them depends on the seed alone. Two
   * probabilities of 0 end it.
   *
   * @param fail how probable it is that a commit fails, from 0 to 1
   * @param lose how probable it is that its answer is lost, from 0 to 1
   * @throws IllegalArgumentException if one of them is not a probability, or both together are not
   */
  public synchronized void failAtRandom(long seed, double fail, double lose) {
    if (!(fail >= 0 && lose >= 0 && fail + lose <= 1)) {
      throw new IllegalArgumentException(
          "fail %s and lose %s are no probabilities: each is 0 or more, and their sum at most 1"
              .formatted(fail, lose));
    }
    random = new Random(seed);
    failProbability = fail;
    loseProbability = lose;
  }

  /**
   * Takes the database away. All connections break, and no new one is made: every use throws {@link
   * SQLTransientConnectionException} (SQLState 08006). What was not committed is rolled back, at
   * the latest when its connection is used or closed.
   */
  public synchronized void goDown() {
    down = true;
    outages++;
  }

  /** Brings the database back. New connections are made again; broken ones stay broken. */
  public synchronized void comeBack() {
    down = false;
  }

  /** How many commits were asked for, with those that went wrong. */
  public synchronized long commits() {
    return commits;
  }

  /** How many commits failed because they were told to. */
  public synchronized long failedCommits() {
    return failedCommits;
  }

  /** How many answers to commits were lost because they were told to. */
  public synchronized long lostAnswers() {
    return lostAnswers;
  }

  /** How many statements were executed; a batch counts as one. */
  public long statements() {
    return statements.get();
  }

  @Override
  public Connection getConnection() throws SQLException {
    long outage = requireUp();
    return faulty(real.getConnection(), outage);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    long outage = requireUp();
    return faulty(real.getConnection(user, password), outage);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return real.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    real.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    real.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return real.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return real.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(real) ? type.cast(real) : real.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(real) || real.isWrapperFor(type);
  }

  private synchronized void plan(long n, Fate fate) {
    if (n < 1) {
      throw new IllegalArgumentException("commits are counted from 1, which is the next; not " + n);
    }
    planned.put(commits + n, fate);
  }

  private synchronized Fate nextCommit() {
    commits++;
    Fate fate = planned.remove(commits);
    if (random != null) {
      double drawn = random.nextDouble();
      if (fate == null && drawn < failProbability + loseProbability) {
        fate = drawn < failProbability ? Fate.FAIL : Fate.LOSE;
      }
    }
    if (fate == Fate.FAIL) {
      failedCommits++;
    } else if (fate == Fate.LOSE) {
      lostAnswers++;
    }
    return fate == null ? Fate.GO_WELL : fate;
  }

  private synchronized long requireUp() throws SQLException {
    if (down) {
      throw broken("the database is away");
    }
    return outages;
  }

  private synchronized boolean wentDownSince(long outage) {
    return outages != outage;
  }

  private Connection faulty(Connection connection, long outage) {
    return proxy(Connection.class, new FaultyConnection(connection, outage));
  }

  private static SQLException broken(String why) {
    return new SQLTransientConnectionException(why, "08006");
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object call(
      Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private enum Fate {
    GO_WELL,
    FAIL,
    LOSE
  }

  private interface Step {
    @Nullable Object run() throws Throwable;
  }

  private final class FaultyConnection implements InvocationHandler {
    private final Connection connection;
    private final long outage;
    private boolean broken;

    /** Whether the transaction, if the application ends it itself, has done anything. */
    private boolean begun;

    FaultyConnection(Connection connection, long outage) {
      this.connection = connection;
      this.outage = outage;
    }

    @Override
    public @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      Object first = arguments == null ? null : arguments[0];
      boolean usable = noticeOutage();
      return switch (method.getName()) {
        case "equals" -> proxy == first;
        case "hashCode", "toString", "close", "abort", "isClosed", "isValid" ->
            call(connection, method, arguments);
        default -> {
          if (!usable) {
            throw broken("the connection is broken");
          }
          yield use(proxy, method, arguments, first);
        }
      };
    }

    private @Nullable Object use(
        Object proxy,
        Method method,
        @Nullable Object @Nullable [] arguments,
        @Nullable Object first)
        throws Throwable {
      Step step = () -> call(connection, method, arguments);
      return switch (method.getName()) {
        case "commit" -> commit(step);
        case "setAutoCommit" -> begun && Boolean.TRUE.equals(first) ? commit(step) : step.run();
        case "rollback" -> {
          // To a savepoint the transaction goes on.
          begun = begun && first != null;
          yield step.run();
        }
        case "createStatement" -> faulty(Statement.class, step.run(), null, proxy);
        case "prepareStatement" -> faulty(PreparedStatement.class, step.run(), first, proxy);
        case "prepareCall" -> faulty(CallableStatement.class, step.run(), first, proxy);
        default -> step.run();
      };
    }

    private <T extends Statement> T faulty(
        Class<T> type, @Nullable Object statement, @Nullable Object sql, Object connectionProxy) {
      T real = Objects.requireNonNull(type.cast(statement));
      return proxy(
          type,
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "equals" -> proxy == arguments[0];
                case "getConnection" -> connectionProxy;
                case "execute",
                    "executeQuery",
                    "executeUpdate",
                    "executeLargeUpdate",
                    "executeBatch",
                    "executeLargeBatch" ->
                    execute(
                        method.getName().endsWith("Batch")
                            ? null
                            : arguments == null ? sql : arguments[0],
                        () -> call(real, method, arguments));
                default -> call(real, method, arguments);
              });
    }

    /**
     * Executes a statement.
     *
     * @param sql {@code null} for a batch
     */
    private @Nullable Object execute(@Nullable Object sql, Step step) throws Throwable {
      if (!noticeOutage()) {
        throw broken("the connection is broken");
      }
      statements.incrementAndGet();
      if (!connection.getAutoCommit()) {
        begun = true;
        return step.run();
      }
      if (sql instanceof String text && READS.matcher(text).matches()) {
        return step.run();
      }
      return commit(step);
    }

    private @Nullable Object commit(Step step) throws Throwable {
      CrashPoint.reached(BEFORE_COMMIT);
      Fate fate = nextCommit();
      if (fate == Fate.FAIL) {
        if (!connection.getAutoCommit()) {
          connection.rollback();
        }
        begun = false;
        throw new SQLTransactionRollbackException("the commit failed as planned", "40001");
      }
      Object result = step.run();
      begun = false;
      CrashPoint.reached(AFTER_COMMIT);
      if (fate == Fate.LOSE) {
        breakOff();
        throw broken("the answer to the commit was lost as planned");
      }
      return result;
    }

    /**
     * Breaks the connection if the database was away since it was made.
     *
     * @return whether it can be used
     */
    private boolean noticeOutage() throws SQLException {
      if (!broken && wentDownSince(outage)) {
        breakOff();
      }
      return !broken;
    }

    private void breakOff() throws SQLException {
      broken = true;
      try (connection) {
        if (!connection.isClosed() && !connection.getAutoCommit()) {
          connection.rollback();
        }
      }
    }
  }
}
