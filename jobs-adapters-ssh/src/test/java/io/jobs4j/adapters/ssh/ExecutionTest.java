package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.Message;
import net.schmizz.sshj.common.SSHPacket;
import net.schmizz.sshj.connection.Connection;
import net.schmizz.sshj.connection.ConnectionException;
import net.schmizz.sshj.transport.Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What servers may answer that sshd never does. What is sent goes nowhere. */
@Timeout(60)
class ExecutionTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch sendable = new CountDownLatch(1);
  private final List<Message> sent = new CopyOnWriteArrayList<>();
  private final DefaultConfig config = new DefaultConfig();
  private final ScriptChannel channel = new ScriptChannel(connection());

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void aServerThatRefusesToExecuteHasRunNothing() throws Exception {
    Execution execution = start();
    assertThat(execution.refused()).isFalse();

    channel.handle(Message.CHANNEL_FAILURE, new SSHPacket());

    assertThat(execution.awaitOutput(TimeUnit.MINUTES.toNanos(10))).isTrue();
    assertThat(execution.refused()).isTrue();
  }

  @Test
  void aConnectionThatBreaksIsNoRefusal() throws Exception {
    Execution execution = start();

    channel.notifyError(new ConnectionException("gone"));

    assertThatThrownBy(() -> execution.awaitOutput(TimeUnit.MINUTES.toNanos(10)))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("gone");
    assertThat(execution.refused()).isFalse();
  }

  @Test
  void nobodyWaitsForWhatCannotBeSent() throws Exception {
    Execution execution = begin();
    asked.await();

    assertThat(execution.awaitOutput(TimeUnit.MILLISECONDS.toNanos(100))).isFalse();
    execution.close();
    assertThat(sent).isEmpty();

    sendable.countDown();
    await().until(() -> sent.contains(Message.CHANNEL_CLOSE));
    assertThat(sent).containsSubsequence(Message.CHANNEL_REQUEST, Message.CHANNEL_CLOSE);
  }

  @Test
  void nothingIsSentForAChannelThatIsClosed() throws Exception {
    channel.open();
    channel.handle(Message.CHANNEL_CLOSE, new SSHPacket());
    channel.close();

    assertThatThrownBy(() -> channel.start("script")).hasMessageContaining("was closed before");
    assertThat(sent).doesNotContain(Message.CHANNEL_REQUEST);
  }

  private Execution start() throws Exception {
    sendable.countDown();
    Execution execution = begin();
    asked.await();
    return execution;
  }

  private Execution begin() throws Exception {
    Duration hour = Duration.ofHours(1);
    Path none = Path.of("none");
    SshSettings settings =
        new SshSettings(
            new Credentials(target -> Optional.empty(), none, "user", hour),
            new HostKeys(none, Map.of(), false),
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
    HostConnections host =
        new HostConnections(
            Endpoint.of("127.0.0.1", 1, null, null),
            settings,
            new SshConnector(settings),
            threads,
            timer);
    channel.open();
    return Execution.start(
        host,
        new Channel(
            host,
            new SshConnection(new SSHClient(config), List.of(), new Sending(), "h:22", settings),
            channel),
        "script",
        new byte[0],
        new Frame("token", 100),
        new Frame("token", 100),
        frame -> frame.end() != null);
  }

  private Connection connection() {
    Transport transport =
        fake(
            Transport.class,
            (method, arguments) -> {
              if (method.equals("write") && arguments[0] instanceof SSHPacket packet) {
                write(new SSHPacket(packet).readMessageID());
              }
              return method.equals("getConfig") ? config : null;
            });
    return fake(
        Connection.class, (method, arguments) -> method.equals("getTransport") ? transport : null);
  }

  private void write(Message message) throws Exception {
    if (message == Message.CHANNEL_OPEN) {
      channel.handle(
          Message.CHANNEL_OPEN_CONFIRMATION,
          new SSHPacket().putUInt32(0).putUInt32(1 << 20).putUInt32(1 << 15));
      return;
    }
    if (message == Message.CHANNEL_REQUEST) {
      asked.countDown();
      sendable.await();
    }
    sent.add(message);
  }

  /** One that returns the same number wherever one is wanted. */
  private static <T> T fake(Class<T> type, Calls calls) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object result = calls.call(method.getName(), arguments);
              Class<?> returned = method.getReturnType();
              if (result != null || !returned.isPrimitive() || returned == void.class) {
                return result;
              }
              if (returned == boolean.class) {
                return true;
              }
              if (returned == long.class) {
                return 32768L;
              }
              return 32768;
            }));
  }

  private interface Calls {
    Object call(String method, Object[] arguments) throws Exception;
  }
}
