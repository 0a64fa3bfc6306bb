package io.jobs4j.core.model;

import io.jobs4j.core.internal.definition.Accounts;
import io.jobs4j.core.internal.definition.Protocols;
import io.jobs4j.core.internal.definition.Texts;
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
    check.requiredLine("protocol", protocol, 64);
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
    } else {
      checkHost(check, protocol, host);
      if (proxy != null) {
        check.requiredLine("proxy.host", proxy.host(), Texts.LONGEST_HOST);
        checkPort(check, "proxy.port", proxy.port());
      }
      if (auth != null) {
        checkTexts(check, auth);
      }
    }
    checkPort(check, "port", port);
    if (auth != null && Protocols.isOverSsh(protocol)) {
      checkAccount(check, auth);
    }
  }

  private static void checkHost(DefinitionCheck check, String protocol, @Nullable String host) {
    if (host != null) {
      check.requiredLine("host", host, Texts.LONGEST_HOST);
    } else if (Protocols.needsHost(protocol)) {
      check.wrong("host", null, "must be the host that is reached by the protocol " + protocol);
    }
  }

  private static void checkPort(DefinitionCheck check, String field, int port) {
    if (port < 0 || port > 65535) {
      check.wrong(field, port, "must be a whole number from 1 to 65535, or 0 for the usual one");
    }
  }

  private static void checkTexts(DefinitionCheck check, AccessAuth auth) {
    checkSecret(check, "auth.type", auth.type(), Accounts.LONGEST_TYPE);
    String expected = auth.username() == null ? null : Accounts.expectedUsername(auth.username());
    if (expected != null) {
      check.wrong("auth.username", null, expected);
    }
    checkSecret(check, "auth.password", auth.password(), Accounts.LONGEST_PASSWORD);
    checkSecret(check, "auth.publicKey", auth.publicKey(), Accounts.LONGEST_KEY);
    checkSecret(check, "auth.privateKey", auth.privateKey(), Accounts.LONGEST_KEY);
  }

  private static void checkSecret(
      DefinitionCheck check, String field, @Nullable String value, int longest) {
    if (value != null && !Accounts.isSecret(value, longest)) {
      check.wrong(field, null, Accounts.expectedSecret(longest));
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
