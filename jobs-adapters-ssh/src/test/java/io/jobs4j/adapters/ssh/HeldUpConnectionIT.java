package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A connection whose other end is there, and says things, but takes nothing any more. */
@RequiresServices(Service.SSHD)
@Timeout(120)
class HeldUpConnectionIT {
  /** All of a connection. What they may send ahead is together more than TCP holds. */
  private static final int CHANNELS = 8;

  @TempDir private Path directory;
  @TempDir private Path marks;

  @Test
  void isGivenUpAndAnotherTakesItsPlace() throws Exception {
    Path go = marks.resolve("go");
    ExecutorService threads = Executors.newCachedThreadPool();
    try (OwnSshd own = new OwnSshd(directory, SshServer.running(), List.of());
        Relay relay = new Relay(own.port());
        CommandRunner runner = runner(own, relay)) {
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
                .within(Duration.ofHours(1));
        running.add(threads.submit(() -> runner.run(command)));
        await().until(() -> Files.exists(mark));
      }
      relay.hold();
      // The server says for each that it takes more.
      Files.createFile(go);

      assertThat(runner.run(Command.of("echo", "1")).output()).isEqualTo("1\n");
      List<Throwable> failures = new ArrayList<>();
      for (Future<CommandResult> one : running) {
        failures.add(catchThrowable(one::get).getCause());
      }
      assertThat(failures)
          .hasOnlyElementsOfType(TransientAdapterException.class)
          .anySatisfy(
              e -> assertThat(e).hasMessageContaining("may or may not have run to its end"));
      assertThat(runner.run(Command.of("echo", "2")).output()).isEqualTo("2\n");
    } finally {
      threads.shutdownNow();
    }
  }

  private static CommandRunner runner(OwnSshd own, Relay relay) throws IOException {
    SshServer server = SshServer.running();
    return SshAdapters.builder()
        .pinnedHostKey("127.0.0.1", relay.port(), own.hostKey())
        .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
        .limits(2, CHANNELS)
        .answerTimeout(Duration.ofSeconds(10))
        .build()
        .open(new LoginAccess("SSH", "127.0.0.1", relay.port(), AccessAuth.ofUser("root"), null));
  }

  /** Hands on what clients and a server send to each other. */
  private static final class Relay implements AutoCloseable {
    private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Socket> held = new CopyOnWriteArrayList<>();
    private final int target;

    Relay(int target) throws IOException {
      this.target = target;
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
