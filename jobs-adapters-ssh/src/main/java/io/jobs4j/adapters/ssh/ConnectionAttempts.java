package io.jobs4j.adapters.ssh;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts to connect to one endpoint. After one that failed there is none for a while, which is
 * longer with each failure. One thread attempts at a time; any may ask when the next is due.
 */
final class ConnectionAttempts {
  private static final Logger log = LoggerFactory.getLogger(ConnectionAttempts.class);

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Endpoint endpoint;
  private final SshSettings settings;
  private final SshConnector connector;
  private final ScheduledExecutorService timer;

  private final AtomicInteger failures = new AtomicInteger();
  private final CircuitBreaker<SshConnection> circuit;

  /** What the attempts that are not made refer to. */
  private volatile @Nullable TransientAdapterException lastFailure;

  ConnectionAttempts(
      Endpoint endpoint,
      SshSettings settings,
      SshConnector connector,
      ScheduledExecutorService timer) {
    this.endpoint = endpoint;
    this.settings = settings;
    this.connector = connector;
    this.timer = timer;
    this.circuit =
        CircuitBreaker.<SshConnection>builder()
            .handle(TransientAdapterException.class)
            .withFailureThreshold(1)
            .withSuccessThreshold(1)
            .withDelayFn(context -> pause(context.getLastException()))
            .build();
  }

  /** Receives how an attempt ended: one of the two is {@code null}. */
  interface Outcome {
    void of(@Nullable SshConnection connection, @Nullable TransientAdapterException failure);
  }

  /** Whether an attempt would be made now. */
  boolean due() {
    return circuit.getRemainingDelay().isZero();
  }

  /** How long an attempt may take. */
  Duration limit() {
    return Duration.ofMillis(
        connector.credentialMillis(endpoint) + connector.limitMillis(endpoint) + GRACE.toMillis());
  }

  /** Makes an attempt if one is due. Whatever happens, the outcome is told once. */
  void connect(Outcome outcome) {
    SshConnection connection = null;
    TransientAdapterException failure = null;
    try {
      connection = Failsafe.with(circuit).get(this::open);
    } catch (CircuitBreakerOpenException e) {
      failure = notAgainYet();
    } catch (TransientAdapterException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure = SshFailures.connecting(endpoint.address(), e);
      log.error("Connecting to {} failed unexpectedly", endpoint.address(), e);
    } finally {
      remember(connection, failure);
      outcome.of(connection, failure);
    }
  }

  private void remember(
      @Nullable SshConnection connection, @Nullable TransientAdapterException failure) {
    TransientAdapterException last = lastFailure;
    if (connection != null) {
      failures.set(0);
      lastFailure = null;
    } else if (failure != null && (last == null || failure.getCause() != last)) {
      lastFailure = failure;
    }
  }

  private SshConnection open() throws InterruptedException {
    List<SshConnector.Hop> way = connector.way(endpoint);
    SshConnector.Attempt attempt = new SshConnector.Attempt();
    ScheduledFuture<?> limit =
        timer.schedule(attempt::abort, connector.limitMillis(endpoint), TimeUnit.MILLISECONDS);
    try {
      SshConnection connection = connector.open(endpoint, way, attempt);
      connection.watch(timer, settings.keepAlive().multipliedBy(SshConnector.UNANSWERED));
      return connection;
    } finally {
      limit.cancel(false);
    }
  }

  private Duration pause(@Nullable Throwable failure) {
    int before = failures.getAndIncrement();
    if (failure instanceof TransientAdapterException e
        && e.condition() == RecoveryCondition.SSH_AUTHENTICATION_FAILED) {
      // Hosts shut out whoever fails too often, and only a person can change anything.
      return LONGEST_PAUSE;
    }
    Duration pause = SHORTEST_PAUSE.multipliedBy(1L << Math.min(before, 10));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private TransientAdapterException notAgainYet() {
    TransientAdapterException last = lastFailure;
    long seconds = circuit.getRemainingDelay().toSeconds() + 1;
    return last == null
        ? new TransientAdapterException(
            RecoveryCondition.SSH_CONNECTION_FAILURE,
            "%s is tried again in %s s.".formatted(endpoint.address(), seconds),
            null)
        : new TransientAdapterException(
            last.condition(),
            "%s It is tried again in %s s.".formatted(last.getMessage(), seconds),
            last);
  }
}
