package io.jobs4j.adapters.ssh;

import java.util.Set;
import net.schmizz.concurrent.Promise;
import net.schmizz.sshj.common.LoggerFactory;
import net.schmizz.sshj.connection.channel.direct.SessionChannel;
import net.schmizz.sshj.transport.TransportImpl;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/**
 * Loggers for sshj. There is none for the classes that log commands with all their words, and what
 * they write. Those that report as errors what is told once elsewhere, or is none, are silent
 * unless somebody wants to see everything. Stateless.
 */
final class SshjLoggers implements LoggerFactory {
  private static final Set<String> CHANNELS =
      Set.of(SessionChannel.class.getName(), ScriptChannel.class.getName());

  private static final Set<String> LOUD =
      Set.of(
          Promise.class.getName(),
          TransportImpl.class.getName(),
          "net.schmizz.sshj.transport.KeyExchanger");

  @Override
  public Logger getLogger(String name) {
    if (CHANNELS.contains(name)) {
      return NOPLogger.NOP_LOGGER;
    }
    Logger logger = org.slf4j.LoggerFactory.getLogger(name);
    return LOUD.contains(name) && !logger.isDebugEnabled() ? NOPLogger.NOP_LOGGER : logger;
  }

  @Override
  public Logger getLogger(Class<?> type) {
    return getLogger(type.getName());
  }
}
