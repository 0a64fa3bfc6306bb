package io.jobs4j.testsupport;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The sshd of {@code dev/services} on the loopback address. It lets in an account of its own, whose
 * files no other user can read, with SFTP, at most ten sessions a connection, and the variable
 * {@code SLURM_CONF} of a {@link SlurmCluster}. Keys and passwords are files that only root reads.
 * {@link #restore} undoes what a test does to it; tests that do so must not run at once.
 */
public final class SshServer {
  private final DevServices services;
  private final Map<String, String> environment;

  private SshServer(DevServices services) {
    this.services = services;
    this.environment = services.environment();
  }

  /** The running server. Started if it does not run. */
  public static SshServer running() {
    DevServices services = DevServices.find();
    services.start(Service.SSHD);
    return new SshServer(services);
  }

  /** The address. */
  public String host() {
    return value("HOST");
  }

  /** The port for all but tunnels. Commands there find the cluster without accounting. */
  public int port() {
    return Integer.parseInt(value("PORT"));
  }

  /** The port of the jump host: it forwards TCP connections, which the others refuse. */
  public int forwardingPort() {
    return Integer.parseInt(value("FORWARDING_PORT"));
  }

  /** The port where commands find the cluster with accounting. */
  public int accountingPort() {
    return Integer.parseInt(value("ACCOUNTING_PORT"));
  }

  /** Who is let in with a key or a certificate. */
  public String account() {
    return Objects.requireNonNull(environment.get("JOBS4J_ACCOUNT"));
  }

  /** The home of {@link #account}. */
  public String home() {
    return Objects.requireNonNull(environment.get("JOBS4J_ACCOUNT_HOME"));
  }

  /** A private key that is let in; the public one is beside it with the ending {@code .pub}. */
  public Path key() {
    return Path.of(value("KEY"));
  }

  /** Another that is let in, encrypted with {@link #passphrase}. */
  public Path lockedKey() {
    return Path.of(value("LOCKED_KEY"));
  }

  /** What {@link #lockedKey} is encrypted with. */
  public String passphrase() {
    return value("PASSPHRASE");
  }

  /** A private key that is let in only with its {@link #certificate}. */
  public Path certifiedKey() {
    return Path.of(value("CERTIFIED_KEY"));
  }

  /** An OpenSSH user certificate by an authority that the server trusts. */
  public Path certificate() {
    return Path.of(value("CERTIFICATE"));
  }

  /** Who is let in with {@link #password} alone. */
  public String passwordAccount() {
    return value("PASSWORD_ACCOUNT");
  }

  /** The password of {@link #passwordAccount}. */
  public String password() {
    return value("PASSWORD");
  }

  /** A {@code known_hosts} file with the keys of all ports. */
  public Path knownHosts() {
    return Path.of(value("KNOWN_HOSTS"));
  }

  /** The public host keys: Ed25519 and RSA. */
  public List<Path> hostKeys() {
    return List.of(Path.of(value("HOST_KEY_ED25519")), Path.of(value("HOST_KEY_RSA")));
  }

  /** Kills the server and all its connections. What commands have launched goes on. */
  public void kill() {
    ServerProcess server = ServerProcess.of(Path.of(value("PID_FILE")), "sshd");
    // Stopped, it takes no more connections; killed, it would no longer be their parent.
    server.pause();
    server.descendants("sshd").forEach(ServerProcess::kill);
    server.kill();
  }

  /**
   * Starts the server if it does not run, and returns when it answers.
   *
   * @throws IllegalStateException with what {@code dev/services} said if it does not come up
   */
  public void start() {
    services.start(Service.SSHD);
  }

  /** Whether those that connect are greeted with 200 lines before they are let in. */
  public void banner(boolean on) {
    services.start(Service.SSHD, "--banner", on ? "on" : "off");
  }

  /** Whether the startup file of {@link #account} writes to standard output and errors. */
  public void chatty(boolean on) {
    services.start(Service.SSHD, "--chatty", on ? "on" : "off");
  }

  /** Makes all as it was. */
  public void restore() {
    services.start(Service.SSHD, "--banner", "off", "--chatty", "off");
  }

  private String value(String name) {
    return Objects.requireNonNull(environment.get("JOBS4J_SSHD_" + name), name);
  }
}
