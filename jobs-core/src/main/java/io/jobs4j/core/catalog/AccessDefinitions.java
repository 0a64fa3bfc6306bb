package io.jobs4j.core.catalog;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.ProxyAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.StoragePath;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads how the commands and files of systems are reached. */
final class AccessDefinitions {
  static final String LOCAL = "LOCAL";
  static final List<String> LOGIN_PROTOCOLS = List.of(LOCAL, "SSH", "GSISSH", "API");
  static final List<String> STORAGE_PROTOCOLS =
      List.of(
          LOCAL, "SFTP", "FTP", "IRODS", "IRODS4", "HTTP", "HTTPS", "GRIDFTP", "AZURE", "S3",
          "SWIFT");
  private static final Set<String> UNUSED_ACCESS =
      Set.of("zone", "resource", "container", "publicAppsDir", "mirror", "mirrorPermissions");
  private static final Set<String> UNUSED_PROXY = Set.of("name");
  private static final Set<String> UNUSED_AUTH =
      Set.of("internalUsername", "credential", "trustedCaLocation", "server", "default");
  private static final Set<String> OVER_SSH = Set.of("SSH", "SFTP");
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
      return new LoginAccess("?", null, 0);
    }
    String protocol = login.requiredWord("protocol", LOGIN_PROTOCOLS);
    LoginAccess access =
        new LoginAccess(
            protocol,
            host(login, protocol),
            port(login),
            auth(login, protocol),
            proxy(login, protocol));
    login.refuseUnknown(UNUSED_ACCESS);
    return access;
  }

  /** How files are reached. */
  StorageAccess storage(DefinitionFields system) {
    DefinitionFields storage = system.object("storage");
    if (storage == null) {
      if (!system.has("storage")) {
        system.wrong("storage", "must be an object with a protocol and a rootDir");
      }
      return new StorageAccess("?", null, 0, "/", "/");
    }
    String protocol = storage.requiredWord("protocol", STORAGE_PROTOCOLS);
    String homeDir = storage.path("homeDir", 255);
    StorageAccess access =
        new StorageAccess(
            protocol,
            host(storage, protocol),
            port(storage),
            rootDir(storage, protocol),
            homeDir == null ? "/" : homeDir,
            auth(storage, protocol),
            proxy(storage, protocol),
            markerFile(storage));
    storage.refuseUnknown(UNUSED_ACCESS);
    return access;
  }

  private String rootDir(DefinitionFields storage, String protocol) {
    String rootDir = storage.requiredLine("rootDir", 4096);
    if (StoragePath.needsShell(rootDir)) {
      storage.wrong(
          "rootDir",
          "must be the path itself, since no shell expands \"~\" or variables in it, such as"
              + " \"/home/alice\"");
      return "/";
    }
    if (rootDir.startsWith("/")) {
      return rootDir;
    }
    if (protocol.equals(LOCAL)) {
      return directory.resolve(rootDir).normalize().toString();
    }
    if (!rootDir.equals("?")) {
      storage.wrong("rootDir", "must begin with a slash, except for the protocol LOCAL");
    }
    return "/";
  }

  /** Named from the root, as the file is to be on the file system that is mounted there. */
  private static @Nullable String markerFile(DefinitionFields storage) {
    String markerFile = storage.path("markerFile", 255);
    if (markerFile != null && StoragePath.parse(markerFile).segments().isEmpty()) {
      storage.wrong(
          "markerFile",
          "must name a file below the rootDir, such as \".mounted\", not the rootDir");
      return null;
    }
    return markerFile;
  }

  private static @Nullable String host(DefinitionFields access, String protocol) {
    if (protocol.equals(LOCAL)) {
      access.line("host", 255);
      return null;
    }
    return protocol.equals("?") ? access.line("host", 255) : access.requiredLine("host", 255);
  }

  private static int port(DefinitionFields access) {
    return access.integer("port", 0, 1, 65535);
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
    if (OVER_SSH.contains(protocol)) {
      requireSense(auth, read);
    }
    auth.refuseUnknown(UNUSED_AUTH);
    return protocol.equals(LOCAL) ? null : read; // here, everything is done as this process
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

  /** What a login over SSH would stumble over whatever the host says. */
  private static void requireSense(DefinitionFields auth, AccessAuth read) {
    if (!auth.has("username") && (read.password() != null || read.privateKey() != null)) {
      auth.wrongSecret("username", "must name the account that the password or key is for");
    }
    if (read.publicKey() != null && read.privateKey() == null) {
      auth.wrongSecret("privateKey", "must be there if there is a publicKey");
    }
    if ("PASSWORD".equals(read.type()) && read.password() == null && read.privateKey() != null) {
      auth.wrongSecret("type", "must be SSHKEYS for a privateKey");
    }
    if ("SSHKEYS".equals(read.type()) && read.privateKey() == null && read.password() != null) {
      auth.wrongSecret("type", "must be PASSWORD for a password without a privateKey");
    }
  }

  private static @Nullable ProxyAccess proxy(DefinitionFields access, String protocol) {
    if (!OVER_SSH.contains(protocol)) {
      access.get("proxy"); // known, but not used for what is not SSH
      return null;
    }
    DefinitionFields proxy = access.object("proxy");
    if (proxy == null) {
      return null;
    }
    ProxyAccess read = new ProxyAccess(proxy.requiredLine("host", 255), proxy.port("port"));
    proxy.refuseUnknown(UNUSED_PROXY);
    return read;
  }
}
