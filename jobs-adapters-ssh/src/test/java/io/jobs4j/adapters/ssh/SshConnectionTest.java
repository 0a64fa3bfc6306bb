package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.schmizz.sshj.SSHClient;
import org.junit.jupiter.api.Test;

class SshConnectionTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aServerThatRefusedAChannelIsAskedForMoreInTime() {
    SshConnection connection = connection(5);
    connection.take();
    connection.take();
    assertThat(connection.hasRoom(0, NOW)).isTrue();

    connection.full(NOW);

    assertThat(room(connection, NOW)).isEqualTo(2);
    assertThat(room(connection, NOW.plus(SshConnection.UNTIL_MORE).minusMillis(1))).isEqualTo(2);
    assertThat(room(connection, NOW.plus(SshConnection.UNTIL_MORE))).isEqualTo(3);
    assertThat(room(connection, NOW.plus(SshConnection.UNTIL_MORE.multipliedBy(2)))).isEqualTo(4);
    assertThat(room(connection, NOW.plusSeconds(3600))).isEqualTo(5);
  }

  @Test
  void aClockThatIsPutBackDoesNotPutThatOff() {
    SshConnection connection = connection(5);
    connection.full(NOW);
    Instant before = NOW.minusSeconds(3600);

    assertThat(room(connection, before)).isEqualTo(1);
    assertThat(room(connection, before.plus(SshConnection.UNTIL_MORE))).isEqualTo(2);
  }

  @Test
  void oneChannelIsTriedWhateverWasRefused() {
    SshConnection connection = connection(5);

    connection.full(NOW);

    assertThat(room(connection, NOW)).isEqualTo(1);
  }

  /** How many channels may be open at a time. */
  private static int room(SshConnection connection, Instant now) {
    int spare = -1;
    while (!connection.hasRoom(spare, now)) {
      spare++;
    }
    while (connection.hasRoom(spare, now)) {
      spare--;
    }
    return connection.inUse() - spare;
  }

  private static SshConnection connection(int channels) {
    Duration minute = Duration.ofMinutes(1);
    Path none = Path.of("none");
    return new SshConnection(
        new SSHClient(),
        List.of(),
        new Sending(),
        "h:22",
        new SshSettings(
            new Credentials(target -> Optional.empty(), none, "user", minute),
            new HostKeys(none, Map.of(), false),
            Map.of(),
            1,
            channels,
            minute,
            minute,
            minute,
            minute,
            minute,
            minute,
            Clock.systemUTC()));
  }
}
