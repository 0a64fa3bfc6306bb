package io.jobs4j.core.model;

import io.jobs4j.core.internal.definition.Protocols;
import org.jspecify.annotations.Nullable;

/** What logins and storages of systems have in common. Stateless. */
final class AccessRules {
  private AccessRules() {}

  static void check(
      DefinitionCheck check,
      String protocol,
      @Nullable String host,
      int port,
      @Nullable AccessAuth auth,
      @Nullable ProxyAccess proxy) {
    check.required("protocol", protocol);
    if (protocol.equals(Protocols.LOCAL)) {
      String nothing = "must be missing for the protocol LOCAL, which is this host and account";
      if (host != null) {
        check.wrong("host", host, nothing);
      }
      if (auth != null) {
        check.wrong("auth", null, nothing);
      }
      if (proxy != null) {
        check.wrong("proxy", null, nothing);
      }
    } else if (host == null && Protocols.needsHost(protocol)) {
      check.wrong("host", null, "must be the host that is reached by the protocol " + protocol);
    }
    if (port < 0 || port > 65535) {
      check.wrong("port", port, "must be a whole number from 1 to 65535, or 0 for the usual one");
    }
    if (auth != null && Protocols.isOverSsh(protocol)) {
      checkAccount(check, auth);
    }
  }

  /** What a login over SSH would stumble over whatever the host says. */
  private static void checkAccount(DefinitionCheck check, AccessAuth auth) {
    if (auth.username() == null && (auth.password() != null || auth.privateKey() != null)) {
      check.wrong("auth.username", null, "must name the account that the password or key is for");
    }
    if (auth.publicKey() != null && auth.privateKey() == null) {
      check.wrong("auth.privateKey", null, "must be there if there is a publicKey");
    }
    if ("PASSWORD".equals(auth.type()) && auth.password() == null && auth.privateKey() != null) {
      check.wrong("auth.type", null, "must be SSHKEYS for a privateKey");
    }
    if ("SSHKEYS".equals(auth.type()) && auth.privateKey() == null && auth.password() != null) {
      check.wrong("auth.type", null, "must be PASSWORD for a password without a privateKey");
    }
  }
}
