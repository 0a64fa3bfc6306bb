package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private Execution start() throws Exception {
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
            host, new SshConnection(new SSHClient(config), List.of(), "h:22", settings), channel),
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
              if (method.equals("write")
                  && arguments[0] instanceof SSHPacket packet
                  && new SSHPacket(packet).readMessageID() == Message.CHANNEL_OPEN) {
                channel.handle(
                    Message.CHANNEL_OPEN_CONFIRMATION,
                    new SSHPacket().putUInt32(0).putUInt32(1 << 20).putUInt32(1 << 15));
              }
              return method.equals("getConfig") ? config : null;
            });
    return fake(
        Connection.class, (method, arguments) -> method.equals("getTransport") ? transport : null);
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
