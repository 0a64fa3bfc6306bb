package io.jobs4j.adapters.ssh;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.testsupport.SshServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * An sshd with a configuration that a test wants, for the account of {@link SshServer}. Only root
 * can start one.
 */
final class OwnSshd implements AutoCloseable {
  private final Path directory;
  private final int port;
  private final List<String> lines;
  private Process process;

  /**
   * @param directory where it keeps its files
   * @param lines of its configuration, beside what it needs to let the account in by its key
   */
  OwnSshd(Path directory, SshServer server, List<String> lines) throws Exception {
    this.directory = directory;
    this.port = freePort();
    this.lines =
        new ArrayList<>(
            List.of(
                "ListenAddress 127.0.0.1",
                "Port " + port,
                "PidFile " + directory.resolve("pid"),
                "HostKey " + directory.resolve("host_key"),
                "AuthorizedKeysFile " + directory.resolve("authorized_keys"),
                "AllowUsers root " + server.account(),
                "PermitRootLogin prohibit-password",
                "StrictModes no",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "UsePAM no",
                "UseDNS no"));
    this.lines.addAll(lines);
    if (lines.stream().noneMatch(line -> line.startsWith("Subsystem "))) {
      this.lines.add("Subsystem sftp internal-sftp");
    }
    // The server reads the keys as the account.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.copy(
        server.key().resolveSibling(server.key().getFileName() + ".pub"),
        directory.resolve("authorized_keys"));
    Files.setPosixFilePermissions(
        directory.resolve("authorized_keys"), PosixFilePermissions.fromString("rw-r--r--"));
    newHostKey();
    start();
  }

  int port() {
    return port;
  }

  /** The public host key as a line. */
  String hostKey() throws IOException {
    return Files.readString(directory.resolve("host_key.pub")).strip();
  }

  void newHostKey() throws Exception {
    Files.deleteIfExists(directory.resolve("host_key"));
    Files.deleteIfExists(directory.resolve("host_key.pub"));
    run(
        "ssh-keygen",
        "-q",
        "-t",
        "ed25519",
        "-N",
        "",
        "-f",
        directory.resolve("host_key").toString());
  }

  void start() throws IOException {
    Files.write(directory.resolve("config"), lines);
    Files.createDirectories(Path.of("/run/sshd"));
    process =
        new ProcessBuilder(
                "/usr/sbin/sshd",
                "-D",
                "-f",
                directory.resolve("config").toString(),
                "-E",
                directory.resolve("log").toString())
            .inheritIO()
            .start();
    Awaitility.await().ignoreExceptions().until(this::answers);
  }

  /** Kills it, and with it all connections. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  /** Kills the connections and not the server. */
  void killConnections() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /** Stops the connections, so that nothing on them is answered any more. */
  void pauseConnections() throws InterruptedException {
    for (ProcessHandle child : process.descendants().toList()) {
      run("kill", "-s", "STOP", Long.toString(child.pid()));
    }
  }

  /** The processes that serve files, if no command runs. */
  List<ProcessHandle> filesServers() {
    return process.descendants().filter(child -> child.children().findAny().isEmpty()).toList();
  }

  static void signal(String signal, List<ProcessHandle> to) throws InterruptedException {
    for (ProcessHandle one : to) {
      run("kill", "-s", signal, Long.toString(one.pid()));
    }
  }

  /** How many are connected. */
  long connections() {
    return process.children().filter(ProcessHandle::isAlive).count();
  }

  private boolean answers() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return socket.getInputStream().read() == 'S';
    }
  }

  @Override
  public void close() {
    kill();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void run(String... words) throws InterruptedException {
    try (LocalCommandRunner runner = new LocalCommandRunner()) {
      CommandResult result = runner.run(Command.of(words));
      if (!result.succeeded()) {
        throw new IllegalStateException(result.toString());
      }
    }
  }
}
