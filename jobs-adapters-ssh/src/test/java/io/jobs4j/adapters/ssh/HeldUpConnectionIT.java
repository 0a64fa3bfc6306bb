package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.ProxyAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections whose other end takes nothing any more. */
@RequiresServices(Service.SSHD)
@Timeout(180)
class HeldUpConnectionIT {
  /** All of a connection. What they may send ahead is together more than TCP holds. */
  private static final int CHANNELS = 8;

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path directory;
  @TempDir private Path marks;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private OwnSshd own;
  private Relay relay;

  @BeforeEach
  void start() throws Exception {
    own = new OwnSshd(directory, SshServer.running(), List.of());
    relay = new Relay(own.port());
  }

  @AfterEach
  void stop() throws IOException {
    threads.shutdownNow();
    relay.close();
    own.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isGivenUpAndAnotherTakesItsPlace(boolean jump) throws Exception {
    ProxyAccess proxy = jump ? new ProxyAccess("127.0.0.1", own.port()) : null;
    try (CommandRunner runner = adapters(Duration.ofSeconds(2)).open(login(relay.port(), proxy))) {
      List<Future<CommandResult>> running = holdUp(runner, HOUR);

      awaitAnswer(runner);
      assertThat(failures(running))
          .allSatisfy(
              e ->
                  assertThat(e)
                      .isInstanceOf(TransientAdapterException.class)
                      .hasMessageContaining("may or may not have run to its end"));
      awaitAnswer(runner);
    }
  }

  /** On a machine with much to do a connection that is well may be given up too. */
  private static void awaitAnswer(CommandRunner runner) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(TransientAdapterException.class)
        .until(() -> runner.run(Command.of("echo", "1")).output().equals("1\n"));
  }

  /** With signs of life so rare that nobody gives the connection up. */
  @Test
  void keepsNobodyLongerThanTheirOwnLimit() throws Exception {
    CommandRunner runner = adapters(HOUR).open(login(relay.port(), null));
    List<Future<CommandResult>> running = holdUp(runner, Duration.ofSeconds(30));
    await().during(Duration.ofSeconds(1)).until(HeldUpConnectionIT::somebodySends);

    assertThat(runner.run(Command.of("echo", "1")).output()).isEqualTo("1\n");
    assertThat(failures(running))
        .allSatisfy(
            e ->
                assertThat(e)
                    .isInstanceOf(TransientAdapterException.class)
                    .hasMessageContaining("did not end within PT30S"));
    runner.close();
    await().until(() -> !somebodySends());
  }

  private static boolean somebodySends() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .anyMatch(frame -> frame.getClassName().startsWith(Sending.class.getName()));
  }

  @Test
  void ofAStoppedServerFailsWhatIsUnderWay() throws Exception {
    SshAdapters adapters = adapters(Duration.ofSeconds(1));
    CountDownLatch flowing = new CountDownLatch(1);
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            flowing.countDown();
            return length;
          }
        };
    try (CommandRunner runner = adapters.open(login(own.port(), null));
        FileStorage storage =
            adapters.open(
                new StorageAccess(
                    "SFTP",
                    "127.0.0.1",
                    own.port(),
                    marks.toString(),
                    "/",
                    AccessAuth.ofUser("root"),
                    null))) {
      Future<?> upload =
          threads.submit(
              () -> {
                storage.write(StoragePath.parse("file"), endless, Instant.EPOCH, false);
                return null;
              });
      Path mark = marks.resolve("mark");
      Command command =
          Command.of("sh", "-c", "echo >\"$1\"; cat >/dev/null; exec sleep 300", "sh", "" + mark)
              .withInput("x".repeat(64 << 20))
              .within(HOUR);
      Future<CommandResult> running = threads.submit(() -> runner.run(command));
      flowing.await();
      await().until(() -> Files.exists(mark));

      own.pauseConnections();

      assertThat(failures(List.of(upload, running)))
          .hasOnlyElementsOfType(TransientAdapterException.class);
      assertThat(runner.run(Command.of("echo", "1")).output()).isEqualTo("1\n");
      assertThat(storage.stat(StoragePath.parse("mark"))).isPresent();
    }
  }

  /** Fills a connection with commands whose input is not taken any more. */
  private List<Future<CommandResult>> holdUp(CommandRunner runner, Duration limit)
      throws IOException {
    Path go = marks.resolve("go");
    List<Future<CommandResult>> running = new ArrayList<>();
    for (int i = 0; i < CHANNELS; i++) {
      Path mark = marks.resolve("mark-" + i);
      Command command =
          Command.of(
                  "sh",
                  "-c",
                  "echo >\"$1\"; while [ ! -e \"$2\" ]; do sleep 0.1; done; cat >/dev/null",
                  "sh",
                  mark.toString(),
                  go.toString())
              .withInput("x".repeat(16 << 20))
              .within(limit);
      running.add(threads.submit(() -> runner.run(command)));
      await().until(() -> Files.exists(mark));
    }
    relay.hold();
    // The server says for each that it takes more.
    Files.createFile(go);
    return running;
  }

  private static List<Throwable> failures(List<? extends Future<?>> running) {
    return running.stream().map(one -> catchThrowable(one::get).getCause()).toList();
  }

  private SshAdapters adapters(Duration keepAlive) throws IOException {
    return SshAdapters.builder()
        .pinnedHostKey("127.0.0.1", own.port(), own.hostKey())
        .pinnedHostKey("127.0.0.1", relay.port(), own.hostKey())
        .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(SshServer.running().key())))
        .limits(2, CHANNELS)
        .keepAlive(keepAlive)
        .build();
  }

  private static LoginAccess login(int port, @Nullable ProxyAccess proxy) {
    return new LoginAccess("SSH", "127.0.0.1", port, AccessAuth.ofUser("root"), proxy);
  }

  /** Hands on what clients and a server send to each other. */
  private static final class Relay implements AutoCloseable {
    private final ServerSocket entrance = new ServerSocket();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Socket> held = new CopyOnWriteArrayList<>();
    private final int target;

    Relay(int target) throws IOException {
      this.target = target;
      // Or the system keeps ever more for who is slow.
      entrance.setReceiveBufferSize(1 << 16);
      entrance.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      threads.execute(this::accept);
    }

    int port() {
      return entrance.getLocalPort();
    }

    /** Takes nothing more from the clients that are connected. */
    void hold() {
      held.addAll(sockets);
    }

    private void accept() {
      try {
        while (true) {
          Socket client = entrance.accept();
          Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
          sockets.add(client);
          threads.execute(() -> copy(client, server));
          threads.execute(() -> copy(server, client));
        }
      } catch (IOException e) {
        // It is closed.
      }
    }

    private void copy(Socket from, Socket to) {
      byte[] buffer = new byte[8192];
      try (from;
          to) {
        for (int n = from.getInputStream().read(buffer);
            n >= 0;
            n = from.getInputStream().read(buffer)) {
          to.getOutputStream().write(buffer, 0, n);
          if (held.contains(from)) {
            closed.await();
          }
        }
      } catch (IOException | InterruptedException e) {
        // The other end has closed it, or all of it is closed.
      }
    }

    @Override
    public void close() throws IOException {
      closed.countDown();
      threads.shutdownNow();
      entrance.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
