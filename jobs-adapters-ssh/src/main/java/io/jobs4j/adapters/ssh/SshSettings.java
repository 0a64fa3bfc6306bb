package io.jobs4j.adapters.ssh;

import io.jobs4j.core.model.ProxyAccess;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/**
 * How connections are made and kept.
 *
 * @param credentials what to log in with
 * @param hostKeys whom to trust
 * @param jumpHosts the host on the way, by the name of the host behind it
 * @param connections most connections to an endpoint
 * @param channels most channels on a connection
 * @param connectTimeout for a TCP connection
 * @param loginTimeout for key exchange and login, for each host on the way
 * @param answerTimeout for a channel, and for each request over SFTP
 * @param channelWait for a channel while all are in use; longer while a connection is being opened,
 *     until that must have come or failed
 * @param idleTimeout after which a connection that nobody uses is closed
 * @param keepAlive between two signs of life
 * @param clock tells how long a connection has been idle
 */
record SshSettings(
    Credentials credentials,
    HostKeys hostKeys,
    Map<String, ProxyAccess> jumpHosts,
    int connections,
    int channels,
    Duration connectTimeout,
    Duration loginTimeout,
    Duration answerTimeout,
    Duration channelWait,
    Duration idleTimeout,
    Duration keepAlive,
    Clock clock) {
  SshSettings {
    jumpHosts = Map.copyOf(jumpHosts);
  }
}
