package io.jobs4j.core.catalog;

import io.jobs4j.core.internal.definition.Paths;
import io.jobs4j.core.internal.definition.Protocols;
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
  private static final int LONGEST_KEY = 65536;

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
    access.auth(auth(login, protocol)).proxy(proxy(login, protocol));
    login.refuseUnknown(UNUSED_ACCESS);
    return access.build(problems(login));
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
    String homeDir = storage.path("homeDir", 255);
    String host = host(storage, protocol);
    StorageAccess.Builder access =
        StorageAccess.builder(protocol, rootDir(storage, protocol)).host(host);
    if (homeDir != null) {
      access.homeDir(homeDir);
    }
    storage.integer("port", 1, 65535, access::port);
    access
        .auth(auth(storage, protocol))
        .proxy(proxy(storage, protocol))
        .markerFile(storage.path("markerFile", 255));
    storage.refuseUnknown(UNUSED_ACCESS);
    return access.build(problems(storage));
  }

  /** Values of accounts never show, because a secret may be in the wrong field. */
  private static FieldProblems problems(DefinitionFields access) {
    FieldProblems problems = access.problems(UnaryOperator.identity());
    DefinitionFields auth = access.object("auth");
    return (field, value, expected) -> {
      boolean told =
          switch (field) {
            // What is there and not as it must be has been told; an empty one means no account.
            case "auth.username" -> auth != null && auth.has("username");
            // The definitions directory is where it is, whatever it is called.
            case "rootDir" -> !Paths.needsShell(access.requiredLine("rootDir", 4096));
            default -> false;
          };
      if (!told) {
        problems.add(field, value, expected);
      }
    };
  }

  private String rootDir(DefinitionFields storage, String protocol) {
    String rootDir = storage.requiredLine("rootDir", 4096);
    if (rootDir.startsWith("/") || Paths.needsShell(rootDir)) {
      return rootDir;
    }
    if (protocol.equals(Protocols.LOCAL)) {
      return directory.resolve(rootDir).normalize().toString();
    }
    if (!rootDir.equals(DefinitionFields.TOLD)) {
      storage.wrong("rootDir", "must begin with a slash, except for the protocol LOCAL");
    }
    return "/";
  }

  private static @Nullable String host(DefinitionFields access, String protocol) {
    if (protocol.equals(Protocols.LOCAL)) {
      access.line("host", 255);
      return null;
    }
    return protocol.equals(DefinitionFields.TOLD)
        ? access.line("host", 255)
        : access.requiredLine("host", 255);
  }

  /** Its values never show, because a secret may be in the wrong field. */
  private static @Nullable AccessAuth auth(DefinitionFields access, String protocol) {
    DefinitionFields auth = access.object("auth");
    if (auth == null) {
      return null;
    }
    String type = auth.secret("type", 64);
    AccessAuth read =
        new AccessAuth(
            type == null ? null : type.toUpperCase(Locale.ROOT),
            username(auth),
            auth.secret("password", 4096),
            auth.secret("publicKey", LONGEST_KEY),
            auth.secret("privateKey", LONGEST_KEY));
    auth.refuseUnknown(UNUSED_AUTH);
    // On this host, everything is done as this process.
    return protocol.equals(Protocols.LOCAL) ? null : read;
  }

  private static @Nullable String username(DefinitionFields auth) {
    String username = auth.secret("username", 255);
    if (username != null
        && (username.isBlank() || username.chars().anyMatch(Character::isISOControl))) {
      auth.wrongSecret("username", "must not be blank and have no control characters");
      return null;
    }
    return username;
  }

  private static @Nullable ProxyAccess proxy(DefinitionFields access, String protocol) {
    if (!Protocols.isOverSsh(protocol)) {
      access.get("proxy"); // known, but not used for what is not SSH
      return null;
    }
    DefinitionFields proxy = access.object("proxy");
    if (proxy == null) {
      return null;
    }
    ProxyAccess read = new ProxyAccess(proxy.requiredLine("host", 255), proxy.portOrText("port"));
    proxy.refuseUnknown(UNUSED_PROXY);
    return read;
  }
}
