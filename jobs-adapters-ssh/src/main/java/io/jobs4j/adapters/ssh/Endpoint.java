package io.jobs4j.adapters.ssh;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.ProxyAccess;
import org.jspecify.annotations.Nullable;

/**
 * What connections are shared by: a host, and all that a definition says of the login. Systems
 * whose secrets differ do not share connections, or whoever knows a host and a user name could use
 * the login of somebody who knows the password.
 *
 * @param host as the definition names it
 * @param port never 0
 * @param auth as whom; {@code null} if the definition does not say
 * @param proxy a host on the way; {@code null} for none
 */
record Endpoint(String host, int port, @Nullable AccessAuth auth, @Nullable ProxyAccess proxy) {
  private static final int SSH_PORT = 22;

  static Endpoint of(
      String host, int port, @Nullable AccessAuth auth, @Nullable ProxyAccess proxy) {
    return new Endpoint(host, orUsual(port), auth, proxy);
  }

  static int orUsual(int port) {
    return port == 0 ? SSH_PORT : port;
  }

  @Nullable String username() {
    return auth == null ? null : auth.username();
  }

  /** Host and port, for people. */
  String address() {
    return address(host, port);
  }

  static String address(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /** Without secrets. */
  @Override
  public String toString() {
    String user = username();
    return (user == null ? "" : user + "@") + address();
  }
}
