package io.jobs4j.adapters.ssh;

import net.schmizz.sshj.common.LoggerFactory;
import net.schmizz.sshj.connection.channel.direct.SessionChannel;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** Loggers for sshj, but none for the class that logs commands with all their words. Stateless. */
final class SshjLoggers implements LoggerFactory {
  @Override
  public Logger getLogger(String name) {
    return name.equals(SessionChannel.class.getName())
        ? NOPLogger.NOP_LOGGER
        : org.slf4j.LoggerFactory.getLogger(name);
  }

  @Override
  public Logger getLogger(Class<?> type) {
    return getLogger(type.getName());
  }
}
