package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.direct.SessionChannel;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

class SshjLoggersTest {
  @Test
  void channelsOfCommandsAndFilesLogNothing() {
    SshjLoggers loggers = new SshjLoggers();

    assertThat(loggers.getLogger(SessionChannel.class)).isSameAs(NOPLogger.NOP_LOGGER);
    assertThat(loggers.getLogger(ScriptChannel.class)).isSameAs(NOPLogger.NOP_LOGGER);
    assertThat(loggers.getLogger(SSHClient.class)).isNotSameAs(NOPLogger.NOP_LOGGER);
  }
}
