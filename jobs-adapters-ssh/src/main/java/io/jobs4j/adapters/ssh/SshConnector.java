package io.jobs4j.adapters.ssh;

import com.hierynomus.sshj.userauth.keyprovider.OpenSSHKeyFileUtil;
import io.jobs4j.core.model.ProxyAccess;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.io.StringReader;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import net.schmizz.keepalive.KeepAlive;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.keepalive.KeepAliveRunner;
import net.schmizz.sshj.Config;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.common.SSHRuntimeException;
import net.schmizz.sshj.connection.channel.direct.DirectConnection;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;
import net.schmizz.sshj.userauth.method.AuthKeyboardInteractive;
import net.schmizz.sshj.userauth.method.AuthMethod;
import net.schmizz.sshj.userauth.method.AuthPassword;
import net.schmizz.sshj.userauth.method.AuthPublickey;
import net.schmizz.sshj.userauth.method.PasswordResponseProvider;
import net.schmizz.sshj.userauth.password.PasswordFinder;
import net.schmizz.sshj.userauth.password.Resource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections and logs in. Safe for use by several threads. */
final class SshConnector {
  private static final Logger log = LoggerFactory.getLogger(SshConnector.class);

  /** Signs of life without an answer after which a connection is given up. */
  static final int UNANSWERED = 3;

  private static final int MOST_HOPS = 8;

  private final SshSettings settings;
  private @Nullable Config config; // guarded by this

  SshConnector(SshSettings settings) {
    this.settings = settings;
  }

  /** Made when it is needed: looking through all algorithms takes a while. */
  private synchronized Config config() {
    Config made = config;
    if (made == null) {
      made = new DefaultConfig();
      made.setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
      made.setLoggerFactory(new SshjLoggers());
      config = made;
    }
    return made;
  }

  /** The clients of a connection that is being opened, the nearest one first. */
  static final class Attempt {
    private final Deque<SSHClient> clients = new ArrayDeque<>();
    private Sending sending = new Sending();
    private boolean aborted;

    private synchronized void add(SSHClient client, Sending sending) throws IOException {
      if (aborted) {
        throw new SocketTimeoutException("it took too long");
      }
      clients.addLast(client);
      this.sending = sending;
    }

    /** Ends the attempt from another thread. What it waits for then fails. */
    synchronized void abort() {
      aborted = true;
      SSHClient first = clients.peekFirst();
      if (first != null && first.getSocket() != null) {
        try {
          first.getSocket().close();
        } catch (IOException e) {
          log.debug("Closing a socket failed", e);
        }
      }
    }

    private synchronized boolean aborted() {
      return aborted;
    }

    /** To the last one. */
    private synchronized Sending sending() {
      return sending;
    }

    private synchronized List<SSHClient> all() {
      return List.copyOf(clients);
    }
  }

  /** Longest that {@link #way} should take. */
  long credentialMillis(Endpoint endpoint) {
    return settings.credentials().limit().multipliedBy(hops(endpoint).size()).toMillis();
  }

  /** Longest that {@link #open} should take. */
  long limitMillis(Endpoint endpoint) {
    return settings
        .connectTimeout()
        .plus(settings.loginTimeout())
        .multipliedBy(hops(endpoint).size())
        .toMillis();
  }

  /** A host on the way, and what to log in with there. */
  record Hop(ProxyAccess access, Credentials.Login login) {}

  /**
   * Finds out what to log in with, on the way and at its end. All of it, before anything is opened
   * that would wait for it.
   *
   * @throws TransientAdapterException if there is nothing, or nobody says so in time
   */
  List<Hop> way(Endpoint endpoint) throws InterruptedException {
    List<Hop> way = new ArrayList<>();
    for (ProxyAccess hop : hops(endpoint)) {
      way.add(new Hop(hop, settings.credentials().find(hop.host(), hop.port(), endpoint.auth())));
    }
    return way;
  }

  /**
   * Opens a connection.
   *
   * @param way of {@link #way}
   * @throws TransientAdapterException if the host cannot be reached, is not the right one, or does
   *     not let us in
   */
  SshConnection open(Endpoint endpoint, List<Hop> way, Attempt attempt) {
    boolean opened = false;
    try {
      SSHClient via = null;
      String user = "";
      for (Hop hop : way) {
        user = hop.login().username();
        via = open(hop.access(), hop.login(), via, attempt);
      }
      SSHClient client = Objects.requireNonNull(via);
      if (attempt.aborted()) {
        throw timedOut(endpoint.address(), null);
      }
      keepAlive(attempt.all());
      opened = true;
      log.info("Connected to {} as {}", endpoint.address(), user);
      return new SshConnection(
          client, attempt.all(), attempt.sending(), endpoint.address(), settings);
    } catch (IOException | SSHRuntimeException | IllegalStateException e) {
      throw attempt.aborted()
          ? timedOut(endpoint.address(), e)
          : SshFailures.connecting(endpoint.address(), e);
    } finally {
      if (!opened) {
        close(attempt.all());
      }
    }
  }

  /** The hosts on the way and the endpoint itself. */
  private List<ProxyAccess> hops(Endpoint endpoint) {
    Deque<ProxyAccess> hops = new ArrayDeque<>();
    hops.addFirst(new ProxyAccess(endpoint.host(), endpoint.port()));
    ProxyAccess next =
        endpoint.proxy() == null ? settings.jumpHosts().get(endpoint.host()) : endpoint.proxy();
    while (next != null) {
      if (hops.size() == MOST_HOPS) {
        throw new TransientAdapterException(
            RecoveryCondition.SSH_CONNECTION_FAILURE,
            "There are more than %s jump hosts on the way to %s; they may lead in a circle."
                .formatted(MOST_HOPS - 1, endpoint.address()),
            null);
      }
      hops.addFirst(new ProxyAccess(next.host(), Endpoint.orUsual(next.port())));
      next = settings.jumpHosts().get(next.host());
    }
    return List.copyOf(hops);
  }

  private SSHClient open(
      ProxyAccess hop, Credentials.Login login, @Nullable SSHClient via, Attempt attempt)
      throws IOException {
    SSHClient client = new SSHClient(config());
    String address = Endpoint.address(hop.host(), hop.port());
    int loginMillis = Math.toIntExact(settings.loginTimeout().toMillis());
    client.setConnectTimeout(Math.toIntExact(settings.connectTimeout().toMillis()));
    // A server that says nothing at all is waited for in a plain read.
    client.setTimeout(loginMillis);
    client.getTransport().setTimeoutMs(loginMillis);
    HostKeys.Check check = settings.hostKeys().check();
    client.addHostKeyVerifier(check);
    Sending sending = new Sending();
    attempt.add(client, sending);
    try {
      if (via == null) {
        client.setSocketFactory(sending.sockets());
        client.connect(hop.host(), hop.port());
      } else {
        DirectConnection tunnel = sending.tunnel(via.getConnection(), hop.host(), hop.port());
        tunnel.open();
        client.connectVia(tunnel);
      }
    } catch (IOException | SSHRuntimeException e) {
      String refusal = check.refusal();
      if (refusal != null) {
        // It needs a person, who may put it right without harm to the job: so it blocks.
        throw new TransientAdapterException(
            RecoveryCondition.SSH_AUTHENTICATION_FAILED, refusal, null);
      }
      throw attempt.aborted() ? timedOut(address, e) : SshFailures.connecting(address, e);
    }
    logIn(client, login, address);
    return client;
  }

  private static void logIn(SSHClient client, Credentials.Login login, String address)
      throws IOException {
    List<AuthMethod> methods = new ArrayList<>();
    List<String> unusable = new ArrayList<>();
    for (Credential credential : login.credentials()) {
      if (credential instanceof Credential.Password password) {
        PasswordFinder finder = once(password.password());
        methods.add(new AuthPassword(finder));
        methods.add(new AuthKeyboardInteractive(new PasswordResponseProvider(finder)));
      } else if (credential instanceof Credential.PrivateKey key) {
        try {
          methods.add(new AuthPublickey(keyOf(client, key)));
        } catch (IOException | RuntimeException e) {
          unusable.add(
              "the private key %s cannot be used (%s)"
                  .formatted(key.file() == null ? "given as text" : key.file(), plain(e)));
        }
      }
    }
    String notes = unusable.isEmpty() ? "" : "; " + String.join("; ", unusable);
    if (methods.isEmpty()) {
      throw refused(address, login, notes, null);
    }
    try {
      client.auth(login.username(), methods);
    } catch (UserAuthException e) {
      if (SshFailures.isTimeout(e)) {
        throw timedOut(address, e);
      }
      throw refused(address, login, notes, e);
    }
  }

  private static TransientAdapterException refused(
      String address, Credentials.Login login, String notes, @Nullable Exception cause) {
    return new TransientAdapterException(
        RecoveryCondition.SSH_AUTHENTICATION_FAILED,
        "%s does not let %s in with %s%s."
            .formatted(address, login.username(), login.origin(), notes),
        cause);
  }

  private static KeyProvider keyOf(SSHClient client, Credential.PrivateKey key) throws IOException {
    String text = key.text();
    String certificate = key.certificate();
    Path file = key.file();
    if (file != null) {
      text = Files.readString(file);
      Path beside = file.resolveSibling(file.getFileName() + "-cert.pub");
      if (certificate == null && Files.isRegularFile(beside)) {
        certificate = Files.readString(beside);
      }
    }
    String passphrase = key.passphrase();
    KeyProvider provider =
        client.loadKeys(
            Objects.requireNonNull(text), null, passphrase == null ? null : once(passphrase));
    // Now, so that a wrong passphrase is told apart from a key that the host does not know.
    PrivateKey privateKey = provider.getPrivate();
    if (certificate == null) {
      PublicKey unused = provider.getPublic();
      return provider;
    }
    PublicKey certified = OpenSSHKeyFileUtil.initPubKey(new StringReader(certificate)).getPubKey();
    return new CertifiedKey(privateKey, certified);
  }

  /** A key that is shown with its certificate. */
  private record CertifiedKey(PrivateKey getPrivate, PublicKey getPublic) implements KeyProvider {
    @Override
    public KeyType getType() {
      return KeyType.fromKey(getPublic);
    }

    @Override
    public String toString() {
      return "CertifiedKey[" + getType() + "]";
    }
  }

  /** The reason without anything that could be part of the key. */
  private static String plain(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "it does not exist";
    }
    if (e instanceof AccessDeniedException) {
      return "access is denied";
    }
    return e.getClass().getSimpleName().contains("Decryption")
        ? "the passphrase is missing or wrong"
        : "it is not in a format of OpenSSH, or its passphrase is missing or wrong";
  }

  private static PasswordFinder once(String secret) {
    return new PasswordFinder() {
      @Override
      public char[] reqPassword(Resource<?> resource) {
        return secret.toCharArray();
      }

      @Override
      public boolean shouldRetry(Resource<?> resource) {
        return false;
      }
    };
  }

  /** After the login only: earlier, it would get in the way of the key exchange. */
  private void keepAlive(List<SSHClient> clients) throws IOException {
    int answerMillis = Math.toIntExact(settings.answerTimeout().toMillis());
    for (SSHClient client : clients) {
      client.getTransport().setTimeoutMs(answerMillis);
      client.getConnection().setTimeoutMs(answerMillis);
      if (client.getSocket() != null) {
        client.getSocket().setSoTimeout(0);
        client.getSocket().setTcpNoDelay(true);
      }
    }
    KeepAlive keepAlive = clients.get(clients.size() - 1).getConnection().getKeepAlive();
    keepAlive.setKeepAliveInterval(Math.toIntExact(settings.keepAlive().toSeconds()));
    if (keepAlive instanceof KeepAliveRunner runner) {
      runner.setMaxAliveCount(UNANSWERED);
    }
    if (!keepAlive.isAlive()) {
      keepAlive.start();
    }
  }

  private static TransientAdapterException timedOut(String address, @Nullable Exception cause) {
    return new TransientAdapterException(
        RecoveryCondition.SSH_CONNECTION_TIMEOUT,
        "%s did not complete the connection in time.".formatted(address),
        cause);
  }

  /** The last one first: the others carry it. */
  static void close(List<SSHClient> clients) {
    for (int i = clients.size() - 1; i >= 0; i--) {
      try {
        clients.get(i).disconnect();
      } catch (IOException | RuntimeException e) {
        log.debug("Closing a connection failed", e);
      }
    }
  }
}
