package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.ProxyAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.StoragePath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads systems (Agave, "Storage systems" and "Execution Systems"). */
final class SystemDefinitions {
  static final List<String> EXECUTION_TYPES = List.of("HPC", "CONDOR", "CLI", "ATMOSPHERE");

  private static final List<String> SCHEDULERS =
      List.of(
          "FORK",
          "SLURM",
          "PBS",
          "TORQUE",
          "MOAB",
          "SGE",
          "GRIDENGINE",
          "LSF",
          "LOADLEVELER",
          "COBALT",
          "CONDOR",
          "UNKNOWN",
          "CUSTOM_SLURM",
          "CUSTOM_PBS",
          "CUSTOM_TORQUE",
          "CUSTOM_MOAB",
          "CUSTOM_SGE",
          "CUSTOM_GRIDENGINE",
          "CUSTOM_LSF",
          "CUSTOM_LOADLEVELER",
          "CUSTOM_COBALT",
          "CUSTOM_CONDOR");
  private static final List<String> WITH_LOGIN_ENVIRONMENT = List.of("SLURM", "CUSTOM_SLURM");
  private static final String LOCAL = "LOCAL";
  private static final List<String> LOGIN_PROTOCOLS = List.of(LOCAL, "SSH", "GSISSH", "API");
  private static final List<String> STORAGE_PROTOCOLS =
      List.of(
          LOCAL, "SFTP", "FTP", "IRODS", "IRODS4", "HTTP", "HTTPS", "GRIDFTP", "AZURE", "S3",
          "SWIFT");
  private static final List<String> STATUSES = List.of("UP", "DOWN", "MAINTENANCE", "UNKNOWN");

  private static final Set<String> UNUSED =
      Set.of(
          "name",
          "description",
          "site",
          "owner",
          "roles",
          "uuid",
          "revision",
          "created",
          "lastModified",
          "lastUpdated",
          "public",
          "globalDefault",
          "type",
          "_links");
  private static final Set<String> UNUSED_ACCESS =
      Set.of("zone", "resource", "container", "publicAppsDir", "mirror", "mirrorPermissions");
  private static final Set<String> UNUSED_PROXY = Set.of("name");
  private static final Set<String> UNUSED_AUTH =
      Set.of("internalUsername", "credential", "trustedCaLocation", "server", "default");
  private static final Set<String> OVER_SSH = Set.of("SSH", "SFTP");
  private static final int LONGEST_KEY = 65536;
  private static final Set<String> UNUSED_QUEUE = Set.of("description", "_links");

  private final Path directory;
  private final List<Defined<ExecutionSystem>> executionSystems = new ArrayList<>();
  private final List<Defined<StorageSystem>> storageSystems = new ArrayList<>();

  /**
   * @param directory against which relative root directories are resolved
   */
  SystemDefinitions(Path directory) {
    this.directory = directory;
  }

  List<Defined<ExecutionSystem>> executionSystems() {
    return executionSystems;
  }

  List<Defined<StorageSystem>> storageSystems() {
    return storageSystems;
  }

  void read(DefinitionFields system) {
    String type = system.requiredWord("type", List.of("EXECUTION", "STORAGE"));
    String id = system.requiredLine("id", 64);
    String tenantId = system.line("tenantId", 24);
    String status = system.word("status", STATUSES);
    boolean available = system.flag("available", true) && (status == null || status.equals("UP"));
    boolean isDefault = system.flag("default", false);
    StorageAccess storage = storage(system);
    if (type.equals("STORAGE")) {
      storageSystems.add(
          new Defined<>(
              system.file(), new StorageSystem(id, tenantId, available, isDefault, storage)));
    } else if (type.equals("EXECUTION")) {
      executionSystems.add(
          new Defined<>(system.file(), executionSystem(system, id, tenantId, available, storage)));
    } else {
      return; // which fields are known depends on the type
    }
    system.refuseUnknown(UNUSED);
  }

  /**
   * Refuses execution systems of whose commands and files one is here and the other is not. What is
   * reached over the network is never touched through a path that happens to exist here. Whether
   * two names are of one host is not known.
   */
  static void check(List<Defined<ExecutionSystem>> systems, DefinitionProblems problems) {
    for (Defined<ExecutionSystem> defined : systems) {
      String login = defined.value().login().protocol();
      String storage = defined.value().storage().protocol();
      if (!LOGIN_PROTOCOLS.contains(login) || !STORAGE_PROTOCOLS.contains(storage)) {
        continue; // told already, or of the program's own
      }
      boolean here = login.equals(LOCAL);
      if (here != storage.equals(LOCAL)) {
        problems.add(
            defined.source(),
            "storage.protocol",
            '"' + storage + '"',
            here
                ? "must be LOCAL for a login that is LOCAL: commands run on this host and need"
                    + " their files here"
                : "must be SFTP, or another that reaches the login's host, for a login that is "
                    + login
                    + ": LOCAL files are on this host, where no command runs");
      }
    }
  }

  private static ExecutionSystem executionSystem(
      DefinitionFields system,
      String id,
      @Nullable String tenantId,
      boolean available,
      StorageAccess storage) {
    system.word("executionType", EXECUTION_TYPES);
    String scheduler = system.requiredWord("scheduler", SCHEDULERS);
    return new ExecutionSystem(
        id,
        tenantId,
        available,
        scheduler,
        login(system),
        storage,
        system.path("workDir", 255),
        system.path("scratchDir", 255),
        startupScript(system),
        environment(system),
        loginEnvironment(system, scheduler),
        system.limit("maxSystemJobs"),
        system.limit("maxSystemJobsPerUser"),
        queues(system));
  }

  /** Only the account's own home directory is looked up, which {@code HOME} names for each job. */
  private static @Nullable String startupScript(DefinitionFields system) {
    String script = system.line("startupScript", 255);
    if (script != null
        && StoragePath.needsShell(script.startsWith("~/") ? script.substring(2) : script)) {
      system.wrong(
          "startupScript",
          "must be a path on the host that begins with \"/\", with \"~/\" for the account's home"
              + " directory, or with neither for the job's work directory; variables and the homes"
              + " of others are not expanded");
      return null;
    }
    return script;
  }

  private static boolean loginEnvironment(DefinitionFields system, String scheduler) {
    boolean wanted = system.flag("loginEnvironment", false);
    if (wanted && !WITH_LOGIN_ENVIRONMENT.contains(scheduler)) {
      system.wrong(
          "loginEnvironment",
          "must be false, because only %s can make it; a startupScript such as \"~/.profile\" sets"
                  .formatted(String.join(" and ", WITH_LOGIN_ENVIRONMENT))
              + " what jobs of other schedulers need");
    }
    return wanted;
  }

  private static LoginAccess login(DefinitionFields system) {
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

  private StorageAccess storage(DefinitionFields system) {
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

  /** Lines of text, or an array of them. */
  private static List<String> environment(DefinitionFields system) {
    JsonNode value = system.get("environment");
    List<String> lines =
        value != null && value.isTextual()
            ? value.textValue().lines().filter(line -> !line.isBlank()).toList()
            : system.lines("environment");
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).matches("[A-Za-z_][A-Za-z0-9_]*=[^\\x00-\\x1f\\x7f]*")) {
        system.wrongElement("environment", i, "must be NAME=value without control characters");
      }
    }
    return lines;
  }

  private static List<BatchQueue> queues(DefinitionFields system) {
    List<BatchQueue> queues = new ArrayList<>();
    Set<String> names = new HashSet<>();
    boolean defaultSeen = false;
    for (DefinitionFields fields : system.objects("queues")) {
      BatchQueue queue = queue(fields);
      if (!queue.name().equals("?") && !names.add(queue.name())) {
        fields.wrong("name", "must be different for each queue of the system");
      }
      if (queue.isDefault() && defaultSeen) {
        fields.wrong(fields.present("default", "isDefault"), "must be true for one queue at most");
      }
      defaultSeen |= queue.isDefault();
      queues.add(queue);
    }
    return queues;
  }

  private static BatchQueue queue(DefinitionFields queue) {
    int maxJobs = queue.limit("maxJobs");
    int maxUserJobs = queue.limit("maxUserJobs");
    if (maxJobs != -1 && maxUserJobs > maxJobs) {
      queue.wrong(
          "maxUserJobs",
          "must be less than the maxJobs for this queue, or equal to it: " + maxJobs);
    }
    Memory memory = queue.memoryLimit("maxMemoryPerNode");
    Duration time = queue.runTime("maxRequestedTime");
    BatchQueue read =
        new BatchQueue(
            queue.requiredLine("name", 128),
            queue.line("mappedName", 128),
            maxJobs,
            maxUserJobs,
            queue.limit("maxNodes"),
            queue.limit("maxProcessorsPerNode"),
            memory,
            time,
            queue.text("customDirectives", 16384),
            queue.flag(queue.present("default", "isDefault"), false));
    queue.refuseUnknown(UNUSED_QUEUE);
    return read;
  }
}
