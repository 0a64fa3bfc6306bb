package io.jobs4j.core.catalog;

import io.jobs4j.core.internal.definition.Accounts;
import io.jobs4j.core.internal.definition.Paths;
import io.jobs4j.core.internal.definition.Protocols;
import io.jobs4j.core.internal.definition.Texts;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.FieldProblems;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.ProxyAccess;
import io.jobs4j.core.model.StorageAccess;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads how the commands and files of systems are reached. */
final class AccessDefinitions {
  private static final Set<String> UNUSED_ACCESS =
      Set.of("zone", "resource", "container", "publicAppsDir", "mirror", "mirrorPermissions");
  private static final Set<String> UNUSED_PROXY = Set.of("name");
  private static final Set<String> UNUSED_AUTH =
      Set.of("internalUsername", "credential", "trustedCaLocation", "server", "default");

  private final Path directory;

  /**
   * @param directory against which relative root directories are resolved
   */
  AccessDefinitions(Path directory) {
    this.directory = directory;
  }

  /** How commands are run. */
  static LoginAccess login(DefinitionFields system) {
    DefinitionFields login = system.object("login");
    if (login == null) {
      if (!system.has("login")) {
        system.wrong("login", "must be an object with a protocol");
      }
      return LoginAccess.builder(DefinitionFields.TOLD).build();
    }
    String protocol = login.requiredWord("protocol", Protocols.LOGIN);
    LoginAccess.Builder access = LoginAccess.builder(protocol).host(host(login, protocol));
    login.integer("port", 1, 65535, access::port);
    DefinitionFields auth = login.object("auth");
    DefinitionFields proxy = proxyFields(login, protocol);
    access.auth(auth(auth, protocol)).proxy(proxy(proxy));
    login.refuseUnknown(UNUSED_ACCESS);
    return access.build(problems(login, auth, proxy));
  }

  /** How files are reached. */
  StorageAccess storage(DefinitionFields system) {
    DefinitionFields storage = system.object("storage");
    if (storage == null) {
      if (!system.has("storage")) {
        system.wrong("storage", "must be an object with a protocol and a rootDir");
      }
      return StorageAccess.builder(DefinitionFields.TOLD, "/").build();
    }
    String protocol = storage.requiredWord("protocol", Protocols.STORAGE);
    String homeDir = storage.text("homeDir");
    String host = host(storage, protocol);
    String rootDir = storage.required("rootDir");
    StorageAccess.Builder access =
        StorageAccess.builder(protocol, resolved(protocol, rootDir)).host(host);
    if (homeDir != null) {
      access.homeDir(homeDir);
    }
    storage.integer("port", 1, 65535, access::port);
    DefinitionFields auth = storage.object("auth");
    DefinitionFields proxy = proxyFields(storage, protocol);
    access.auth(auth(auth, protocol)).proxy(proxy(proxy)).markerFile(storage.text("markerFile"));
    storage.refuseUnknown(UNUSED_ACCESS);
    FieldProblems problems = problems(storage, auth, proxy);
    return access.build(
        (field, value, expected) -> {
          if (!field.equals("rootDir") || Paths.expectedRoot(rootDir) != null) {
            problems.add(field, value, expected);
          } else if (!protocol.equals(Protocols.LOCAL)) {
            problems.add(field, value, "must begin with a slash, except for the protocol LOCAL");
          }
          // Else it is the definitions directory, which is where it is, whatever it is called.
        });
  }

  /**
   * Values of accounts never show, because a secret may be in the wrong field.
   *
   * @param auth of these fields, if there
   * @param proxy of these fields, if there
   */
  private static FieldProblems problems(
      DefinitionFields access, @Nullable DefinitionFields auth, @Nullable DefinitionFields proxy) {
    FieldProblems problems = access.problems(UnaryOperator.identity());
    return (field, value, expected) -> {
      if (proxy != null && field.equals("proxy.host")) {
        proxy.wrong("host", expected);
      } else if (auth == null || !field.equals("auth.username") || !auth.has("username")) {
        // What is there and not as it must be has been told; an empty one means no account.
        problems.add(field, value, expected);
      }
    };
  }

  /** The root directory for the builder, which tells what is wrong with it. */
  private String resolved(String protocol, String rootDir) {
    if (rootDir.startsWith("/") || Paths.expectedRoot(rootDir) != null) {
      return rootDir;
    }
    if (protocol.equals(Protocols.LOCAL)) {
      return directory.resolve(rootDir).normalize().toString();
    }
    return rootDir.equals(DefinitionFields.TOLD) ? "/" : rootDir;
  }

  private static @Nullable String host(DefinitionFields access, String protocol) {
    if (protocol.equals(Protocols.LOCAL)) {
      access.line("host", Texts.LONGEST_HOST);
      return null;
    }
    return protocol.equals(DefinitionFields.TOLD) ? access.text("host") : access.required("host");
  }

  /** Its values never show, because a secret may be in the wrong field. */
  private static @Nullable AccessAuth auth(@Nullable DefinitionFields auth, String protocol) {
    if (auth == null) {
      return null;
    }
    String type = auth.secret("type", Accounts.LONGEST_TYPE);
    AccessAuth read =
        new AccessAuth(
            type == null ? null : type.toUpperCase(Locale.ROOT),
            username(auth),
            auth.secret("password", Accounts.LONGEST_PASSWORD),
            auth.secret("publicKey", Accounts.LONGEST_KEY),
            auth.secret("privateKey", Accounts.LONGEST_KEY));
    auth.refuseUnknown(UNUSED_AUTH);
    // On this host, everything is done as this process.
    return protocol.equals(Protocols.LOCAL) ? null : read;
  }

  private static @Nullable String username(DefinitionFields auth) {
    String username = auth.secret("username", Accounts.LONGEST_USERNAME);
    String expected = username == null ? null : Accounts.expectedUsername(username);
    if (expected != null) {
      auth.wrongSecret("username", expected);
      return null;
    }
    return username;
  }

  private static @Nullable DefinitionFields proxyFields(DefinitionFields access, String protocol) {
    if (!Protocols.isOverSsh(protocol)) {
      access.get("proxy"); // known, but not used for what is not SSH
      return null;
    }
    return access.object("proxy");
  }

  private static @Nullable ProxyAccess proxy(@Nullable DefinitionFields proxy) {
    if (proxy == null) {
      return null;
    }
    ProxyAccess read = new ProxyAccess(proxy.required("host"), proxy.portOrText("port"));
    proxy.refuseUnknown(UNUSED_PROXY);
    return read;
  }
}
