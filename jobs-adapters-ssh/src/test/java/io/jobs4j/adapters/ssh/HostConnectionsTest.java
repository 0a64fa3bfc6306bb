package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.spi.CredentialSource;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That a failure nobody thinks of is not waited for. No server is needed. */
@Timeout(60)
class HostConnectionsTest {
  @TempDir private Path directory;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void anErrorWhileConnectingFailsWhoWaits() {
    HostConnections host = host(threads);

    for (int i = 1; i <= 2; i++) {
      assertThatThrownBy(host::channel)
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageContaining("no class " + i);
    }
  }

  @Test
  void whereNoThreadCouldBeHadTheNextOneTriesAgain() {
    AtomicInteger tasks = new AtomicInteger();
    HostConnections host =
        host(
            new Forwarding(threads) {
              @Override
              public void execute(Runnable task) {
                if (tasks.incrementAndGet() == 1) {
                  throw new OutOfMemoryError("no thread");
                }
                super.execute(task);
              }
            });

    assertThatThrownBy(host::channel).hasStackTraceContaining("no thread");
    assertThatThrownBy(host::channel)
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("no class 1");
  }

  @Test
  void aSourceOfCredentialsThatDoesNotAnswerFailsWhoWaits() {
    CountDownLatch never = new CountDownLatch(1);
    HostConnections host =
        host(
            threads,
            target -> {
              never.await();
              return Optional.empty();
            },
            Duration.ofMillis(100));

    assertThatThrownBy(host::channel)
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("did not say within PT0.1S what to log in with at 127.0.0.1:1");
    never.countDown();
  }

  private HostConnections host(ExecutorService executor) {
    return host(
        executor,
        target -> {
          throw new NoClassDefFoundError("no class " + asked.incrementAndGet());
        },
        Duration.ofHours(1));
  }

  /** Its limits are longer than that of a test: who waits for them does not pass. */
  private HostConnections host(ExecutorService executor, CredentialSource source, Duration limit) {
    Duration hour = Duration.ofHours(1);
    SshSettings settings =
        new SshSettings(
            new Credentials(source, directory, "user", limit),
            new HostKeys(directory.resolve("known_hosts"), Map.of(), false),
            Map.of(),
            1,
            2,
            hour,
            hour,
            hour,
            hour,
            hour,
            hour,
            Clock.systemUTC());
    return new HostConnections(
        Endpoint.of("127.0.0.1", 1, null, null),
        settings,
        new SshConnector(settings),
        executor,
        timer);
  }

  private abstract static class Forwarding extends AbstractExecutorService {
    private final ExecutorService threads;

    Forwarding(ExecutorService threads) {
      this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
      threads.execute(task);
    }

    @Override
    public void shutdown() {
      threads.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
      return threads.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
      return threads.isShutdown();
    }

    @Override
    public boolean isTerminated() {
      return threads.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
      return threads.awaitTermination(timeout, unit);
    }
  }
}
