package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.ProxyAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testkit.SettableClock;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How connections are made, shared, lost and made again, with real servers. */
@RequiresServices(Service.SSHD)
@Timeout(120)
class SshConnectionsIT {
  @TempDir private Path directory;

  private SshServer server;

  @BeforeEach
  void find() {
    server = SshServer.running();
  }

  @Test
  void logsInWithAKeyFile() throws Exception {
    whoIs(adapters(Credential.PrivateKey.ofFile(server.key())), server.account());
  }

  @Test
  void logsInWithAKeyOfTheDefinition() throws Exception {
    SshAdapters adapters = SshAdapters.builder().knownHosts(server.knownHosts()).build();
    AccessAuth auth =
        new AccessAuth("SSHKEYS", server.account(), null, null, Files.readString(server.key()));

    assertThat(whoami(adapters, login(server.port(), auth))).isEqualTo(server.account());
  }

  @Test
  void logsInWithTheKeyFilesOfTheProcess() throws Exception {
    Files.copy(server.key(), directory.resolve("id_ed25519"));
    SshAdapters adapters =
        SshAdapters.builder().knownHosts(server.knownHosts()).keyDirectory(directory).build();

    assertThat(whoami(adapters, login(server.port(), AccessAuth.ofUser(server.account()))))
        .isEqualTo(server.account());
  }

  @Test
  void logsInWithALockedKey() throws Exception {
    whoIs(
        adapters(
            Credential.PrivateKey.ofFile(server.lockedKey()).encryptedWith(server.passphrase())),
        server.account());
    whoIs(
        adapters(
            Credential.PrivateKey.ofText(Files.readString(server.lockedKey()))
                .encryptedWith(server.passphrase())),
        server.account());

    for (Credential.PrivateKey key :
        List.of(
            Credential.PrivateKey.ofFile(server.lockedKey())
                .encryptedWith("not " + server.passphrase()),
            Credential.PrivateKey.ofFile(server.lockedKey()))) {
      assertRefused(() -> whoIs(adapters(key), server.account()))
          .hasMessageContaining("the private key " + server.lockedKey() + " cannot be used")
          .hasMessageContaining("passphrase is missing or wrong")
          .hasMessageNotContaining(server.passphrase());
    }
  }

  @Test
  void logsInWithACertificate() throws Exception {
    // Beside the key, and given.
    whoIs(adapters(Credential.PrivateKey.ofFile(server.certifiedKey())), server.account());
    whoIs(
        adapters(
            Credential.PrivateKey.ofText(Files.readString(server.certifiedKey()))
                .certifiedBy(Files.readString(server.certificate()))),
        server.account());

    Path alone = Files.copy(server.certifiedKey(), directory.resolve("alone"));
    assertRefused(() -> whoIs(adapters(Credential.PrivateKey.ofFile(alone)), server.account()));
  }

  @Test
  void logsInWithAPassword() throws Exception {
    whoIs(
        adapters(new Credential.Password(server.passwordAccount(), server.password())),
        server.passwordAccount());
    SshAdapters defined = SshAdapters.builder().knownHosts(server.knownHosts()).build();
    AccessAuth auth =
        new AccessAuth("PASSWORD", server.passwordAccount(), server.password(), null, null);
    assertThat(whoami(defined, login(server.port(), auth))).isEqualTo(server.passwordAccount());

    assertRefused(
            () ->
                whoIs(
                    adapters(new Credential.Password(server.passwordAccount(), "hunter2")),
                    "nobody"))
        .hasMessageContaining(
            "%s:%s does not let %s in with what the credential source gives"
                .formatted(server.host(), server.port(), server.passwordAccount()))
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aKeyThatTheHostDoesNotKnowBlocks() throws Exception {
    Path key = directory.resolve("key");
    local("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());

    assertRefused(() -> whoIs(adapters(Credential.PrivateKey.ofFile(key)), "nobody"));
    assertRefused(
            () ->
                whoIs(adapters(Credential.PrivateKey.ofFile(directory.resolve("none"))), "nobody"))
        .hasMessageContaining("it does not exist");
    assertRefused(() -> whoIs(adapters(Credential.PrivateKey.ofText("no key")), "nobody"))
        .hasMessageContaining("given as text cannot be used")
        .hasMessageNotContaining("no key");
  }

  @Test
  void goesThroughAJumpHost() throws Exception {
    LoginAccess behind =
        new LoginAccess(
            "SSH",
            server.host(),
            server.port(),
            AccessAuth.ofUser(server.account()),
            new ProxyAccess(server.host(), server.forwardingPort()));
    SshAdapters adapters = adapters(Credential.PrivateKey.ofFile(server.key()));
    try (CommandRunner runner = adapters.open(behind)) {
      CommandResult result = runner.run(Command.of("sh", "-c", "echo $SSH_CONNECTION"));

      assertThat(result.output()).endsWith(" " + server.port() + "\n");
      assertThat(runner.run(Command.of("cat").withInput("x".repeat(1 << 20))).output())
          .hasSize(1 << 20);
    }

    LoginAccess throughOneThatForwardsNothing =
        new LoginAccess(
            "SSH",
            server.host(),
            server.forwardingPort(),
            AccessAuth.ofUser(server.account()),
            new ProxyAccess(server.host(), server.port()));
    assertThatThrownBy(() -> whoami(adapters, throughOneThatForwardsNothing))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SSH_CONNECTION_FAILURE));
  }

  @Test
  void jumpHostsOfTheApplicationMayNotLeadInACircle() {
    SshAdapters adapters =
        SshAdapters.builder().jumpHost("a", "b", 0).jumpHost("b", "a", 0).build();

    assertThatThrownBy(() -> whoami(adapters, new LoginAccess("SSH", "a", 0)))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("circle");
  }

  @Test
  void aChangedHostKeyBlocksAndSaysWhatIsExpectedWhere() throws Exception {
    try (OwnSshd own = new OwnSshd(directory, server, List.of())) {
      String before = own.hostKey();
      Path known = directory.resolve("known_hosts");
      Files.writeString(known, "[127.0.0.1]:%s %s\n".formatted(own.port(), before));
      SshAdapters adapters =
          SshAdapters.builder()
              .knownHosts(known)
              .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
              .build();
      assertThat(whoami(adapters, login(own.port()))).isEqualTo(server.account());

      own.kill();
      own.newHostKey();
      own.start();

      assertRefused(() -> whoami(adapters, login(own.port())))
          .hasMessageContaining("The host key of 127.0.0.1:" + own.port() + " is not the right one")
          .hasMessageContaining(
              "it came with ssh-ed25519 " + HostKeys.pin(own.hostKey()).fingerprint())
          .hasMessageContaining(
              known + " says ssh-ed25519 " + HostKeys.pin(before).fingerprint() + " in line 1");
      Files.writeString(known, "[127.0.0.1]:%s %s\n".formatted(own.port(), own.hostKey()));
      SshAdapters afterwards =
          SshAdapters.builder()
              .knownHosts(known)
              .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
              .build();
      assertThat(whoami(afterwards, login(own.port()))).isEqualTo(server.account());
    }
  }

  @Test
  void anUnknownHostBlocksUnlessNewKeysAreAccepted() throws Exception {
    Path known = directory.resolve("known_hosts");
    SshAdapters.Builder builder =
        SshAdapters.builder()
            .knownHosts(known)
            .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())));

    assertRefused(() -> whoami(builder.build(), login(server.port())))
        .hasMessageContaining(known + " does not name it");
    assertThat(known).doesNotExist();

    assertThat(whoami(builder.acceptNewHostKeys().build(), login(server.port())))
        .isEqualTo(server.account());
    assertThat(Files.readString(known)).startsWith("[127.0.0.1]:" + server.port() + " ");
  }

  @Test
  void aPinnedKeyIsEnough() throws Exception {
    SshAdapters.Builder builder =
        SshAdapters.builder()
            .knownHosts(directory.resolve("none"))
            .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())));
    for (Path key : server.hostKeys()) {
      builder.pinnedHostKey(server.host(), server.port(), Files.readString(key));
    }

    assertThat(whoami(builder.build(), login(server.port()))).isEqualTo(server.account());
  }

  @Test
  void oneKeyOfAHostWithSeveralIsEnough() throws Exception {
    for (Path key : server.hostKeys()) {
      String line = Files.readString(key);
      SshAdapters pinned =
          SshAdapters.builder()
              .knownHosts(directory.resolve("none"))
              .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
              .pinnedHostKey(server.host(), server.port(), line)
              .build();
      assertThat(whoami(pinned, login(server.port()))).isEqualTo(server.account());

      Path known =
          Files.writeString(
              directory.resolve("known_hosts"),
              HostKeys.name(server.host(), server.port()) + " " + line);
      SshAdapters inFile =
          SshAdapters.builder()
              .knownHosts(known)
              .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
              .build();
      assertThat(whoami(inFile, login(server.port()))).isEqualTo(server.account());
    }
  }

  @Test
  void commandsAreEndedOverTheirOwnConnection() throws Exception {
    try (OwnSshd own = new OwnSshd(directory, server, List.of())) {
      ConnectionPool pool = pinned(own).limits(2, 2).build().pool();
      HostConnections host =
          pool.retain(
              Endpoint.of(server.host(), own.port(), AccessAuth.ofUser(server.account()), null));
      try (Channel channel = host.channel();
          Channel second = host.channel();
          Channel third = host.channel()) {
        assertThat(second.connection()).isSameAs(channel.connection());
        assertThat(third.connection()).isNotSameAs(channel.connection());
        // In use to the full and given up.
        channel.dropConnection();
        try (Channel another = host.channelToEndAnother(channel.connection())) {
          assertThat(another.connection()).isSameAs(channel.connection());
        }

        own.killConnections();
        await().until(() -> !channel.connection().alive());
        assertThatThrownBy(() -> host.channelToEndAnother(channel.connection()))
            .isInstanceOf(TransientAdapterException.class)
            .hasMessageContaining("that it was started on is gone");
      } finally {
        pool.release(host);
      }
    }
  }

  @Test
  void aHundredCommandsAtOnceNeedTwoConnections() throws Exception {
    try (OwnSshd own = new OwnSshd(directory, server, List.of("MaxStartups 4"));
        CommandRunner runner = pinned(own).build().open(login(own.port()))) {
      List<Callable<CommandResult>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String number = Integer.toString(i);
        calls.add(
            () ->
                runner.run(
                    Command.of(
                        "sh", "-c", "echo $1; echo $SSH_CONNECTION >&2; sleep 0.2", "sh", number)));
      }
      List<String> connections = new ArrayList<>();
      int number = 0;
      for (CommandResult result : atOnce(100, calls)) {
        assertThat(result.output()).isEqualTo(number++ + "\n");
        connections.add(result.error());
      }
      assertThat(connections.stream().distinct().count()).isLessThanOrEqualTo(2);
      assertThat(own.connections()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aServerThatTakesFewerChannelsGetsFewer() throws Exception {
    SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    try (OwnSshd own = new OwnSshd(directory, server, List.of("MaxSessions 2"));
        CommandRunner runner = pinned(own).clock(clock).build().open(login(own.port()))) {
      List<Callable<CommandResult>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        calls.add(() -> runner.run(Command.of("sleep", "0.1")));
      }
      // When more is tried in time, that is refused again, and costs nobody anything.
      for (int i = 0; i < 3; i++) {
        assertThat(atOnce(20, calls)).allSatisfy(result -> assertThat(result.succeeded()).isTrue());
        clock.advance(Duration.ofMinutes(2));
      }
    }
  }

  @Test
  void whoWaitsForAChannelHeedsAnInterruptAndALimit() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    SshAdapters adapters =
        SshAdapters.builder()
            .knownHosts(server.knownHosts())
            .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
            .limits(1, 2)
            .connectTimeout(Duration.ofMillis(500))
            .loginTimeout(Duration.ofSeconds(5))
            .channelWait(Duration.ofSeconds(1))
            .build();
    try (CommandRunner runner = adapters.open(login(server.port()))) {
      List<Future<CommandResult>> running = new ArrayList<>();
      List<Path> marks = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Path mark = Path.of(server.home(), "mark-" + i + "-" + System.nanoTime());
        Command command =
            Command.of("sh", "-c", "echo >\"$1\"; exec sleep 300", "sh", mark.toString())
                .within(Duration.ofMinutes(10));
        running.add(threads.submit(() -> runner.run(command)));
        marks.add(mark);
      }
      for (Path mark : marks) {
        await().until(() -> Files.exists(mark));
        Files.delete(mark);
      }

      assertThatThrownBy(() -> runner.run(Command.of("true")))
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SSH_CONNECTION_TIMEOUT))
          .hasMessageContaining("became free within PT1S");
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> runner.run(Command.of("true")))
          .isInstanceOf(InterruptedException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();

      running.get(0).cancel(true);
      assertThat(runner.run(Command.of("echo", "now")).output()).isEqualTo("now\n");
      // While there is a connection to kill it with.
      running.get(1).cancel(true);
      threads.shutdown();
      assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aCommandThatDoesNotTakeItsInputIsKilledAndGetsNoPartForTheWhole() throws Exception {
    Path id = Path.of(server.home(), "id-" + System.nanoTime());
    Path read = Path.of(server.home(), "read-" + System.nanoTime());
    try (OwnSshd own = new OwnSshd(directory, server, List.of());
        CommandRunner runner =
            pinned(own).answerTimeout(Duration.ofSeconds(2)).build().open(login(own.port()))) {
      Command command =
          Command.of(
                  "sh",
                  "-c",
                  "echo $$ >\"$1\"; sleep 600; cat >\"$2\"",
                  "sh",
                  id.toString(),
                  read.toString())
              .withInput("x".repeat(8 << 20))
              .within(Duration.ofHours(1));

      assertThatThrownBy(() -> runner.run(command))
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SYSTEM_NOT_AVAILABLE))
          .hasMessage("Command sh did not take its input within PT2S and was killed");

      long process = Long.parseLong(Files.readString(id).strip());
      await().until(() -> ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty());
      assertThat(read).doesNotExist();
      // A command that ends without what it is given has ended.
      assertThat(runner.run(Command.of("true").withInput("x".repeat(8 << 20))).succeeded())
          .isTrue();
    } finally {
      Files.deleteIfExists(id);
      Files.deleteIfExists(read);
    }
  }

  @Test
  void aHostWithACertificateOfAKnownAuthorityIsTrusted() throws Exception {
    Path authority = directory.resolve("authority");
    local("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", authority.toString());
    Path files = Files.createDirectory(directory.resolve("sshd"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (OwnSshd own =
        new OwnSshd(
            files, server, List.of("HostCertificate " + files.resolve("host_key-cert.pub")))) {
      local(
          "ssh-keygen",
          "-q",
          "-s",
          authority.toString(),
          "-h",
          "-I",
          "host",
          "-n",
          "127.0.0.1",
          files.resolve("host_key.pub").toString());
      own.kill();
      own.start();
      String line = Files.readString(directory.resolve("authority.pub")).strip();
      Path known = directory.resolve("known_hosts");
      SshAdapters.Builder builder =
          SshAdapters.builder()
              .knownHosts(known)
              .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())));

      Files.writeString(known, "@cert-authority [127.0.0.1]:%s %s\n".formatted(own.port(), line));
      assertThat(whoami(builder.build(), login(own.port()))).isEqualTo(server.account());

      Files.writeString(
          known, "@cert-authority [127.0.0.1]:%s %s\n".formatted(own.port(), own.hostKey()));
      assertRefused(() -> whoami(builder.build(), login(own.port())))
          .hasMessageContaining("is not the right one")
          .hasMessageContaining(
              "authority " + HostKeys.pin(own.hostKey()).fingerprint() + " in line 1");
    }
  }

  @Test
  void aServerThatWasRestartedIsConnectedToAgain() throws Exception {
    try (OwnSshd own = new OwnSshd(directory, server, List.of());
        CommandRunner runner = pinned(own).build().open(login(own.port()));
        FileStorage storage =
            pinned(own)
                .build()
                .open(
                    new StorageAccess(
                        "SFTP",
                        "127.0.0.1",
                        own.port(),
                        server.home(),
                        "/",
                        AccessAuth.ofUser(server.account()),
                        null))) {
      assertThat(runner.run(Command.of("echo", "1")).output()).isEqualTo("1\n");
      assertThat(storage.stat(StoragePath.ROOT)).isPresent();

      own.kill();
      own.start();

      // Not even the first call notices.
      assertThat(runner.run(Command.of("echo", "2")).output()).isEqualTo("2\n");
      assertThat(storage.stat(StoragePath.ROOT)).isPresent();
    }
  }

  @Test
  void whatRunsWhenTheServerDiesIsNotTakenForDone() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (OwnSshd own = new OwnSshd(directory, server, List.of());
        CommandRunner runner = pinned(own).build().open(login(own.port()))) {
      Path mark = Path.of(server.home(), "mark-" + System.nanoTime());
      Future<CommandResult> running =
          thread.submit(
              () ->
                  runner.run(
                      Command.of(
                          "sh", "-c", "echo >\"$1\"; exec sleep 300", "sh", mark.toString())));
      await().until(() -> Files.exists(mark));
      Files.delete(mark);

      own.killConnections();

      assertThatThrownBy(running::get)
          .cause()
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e ->
                  assertThat(e.condition())
                      .isIn(
                          RecoveryCondition.SSH_CONNECTION_FAILURE,
                          RecoveryCondition.TRANSMISSION_FAILURE))
          .hasMessageContaining("may or may not have run to its end");
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void aHostThatRefusesCostsOneAttemptAndNotOneForEachJob() throws Exception {
    try (ResettingServer resetting = new ResettingServer();
        CommandRunner runner =
            adapters(Credential.PrivateKey.ofFile(server.key())).open(login(resetting.port()))) {
      List<Callable<Throwable>> calls = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        calls.add(() -> catchThrowable(() -> runner.run(Command.of("true"))));
      }
      for (Throwable failure : atOnce(50, calls)) {
        assertThat(failure)
            .isInstanceOfSatisfying(
                TransientAdapterException.class,
                e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SSH_CONNECTION_FAILURE));
      }
      // Should all this take longer than the first pauses, there is one attempt after each.
      assertThat(resetting.accepted()).isBetween(1, 4);
    }
  }

  @Test
  void aClosedPortIsAConnectionFailure() throws Exception {
    int port = OwnSshd.freePort();

    assertThatThrownBy(
            () -> whoami(adapters(Credential.PrivateKey.ofFile(server.key())), login(port)))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SSH_CONNECTION_FAILURE))
        .hasMessageContaining("Cannot connect to 127.0.0.1:" + port + ": Connection refused");
  }

  @Test
  void aServerThatSaysNothingTimesOut() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      SshAdapters adapters =
          SshAdapters.builder()
              .knownHosts(server.knownHosts())
              .connectTimeout(Duration.ofMillis(500))
              .loginTimeout(Duration.ofMillis(500))
              .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
              .build();

      assertThatThrownBy(() -> whoami(adapters, login(silent.getLocalPort())))
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SSH_CONNECTION_TIMEOUT));
    }
  }

  @Test
  void systemsOfOneAccountShareConnectionsUntilTheLastIsClosed() throws Exception {
    SshAdapters adapters = adapters(Credential.PrivateKey.ofFile(server.key()));
    CommandRunner runner = adapters.open(login(server.port()));
    FileStorage storage =
        adapters.open(
            new StorageAccess(
                "SFTP",
                server.host(),
                server.port(),
                server.home(),
                "/",
                AccessAuth.ofUser(server.account()),
                null));
    HostConnections host =
        adapters
            .pool()
            .retain(
                Endpoint.of(
                    server.host(), server.port(), AccessAuth.ofUser(server.account()), null));
    runner.run(Command.of("true"));
    assertThat(storage.stat(StoragePath.ROOT)).isPresent();
    assertThat(host.open()).isEqualTo(1);

    runner.close();
    runner.close();
    storage.close();
    assertThat(host.open()).isEqualTo(1);
    adapters.pool().release(host);
    assertThat(host.open()).isZero();
  }

  @Test
  void connectionsThatNobodyUsesAreClosed() throws Exception {
    SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    try (OwnSshd own = new OwnSshd(directory, server, List.of())) {
      SshAdapters adapters = pinned(own).clock(clock).build();
      HostConnections host =
          adapters
              .pool()
              .retain(
                  Endpoint.of("127.0.0.1", own.port(), AccessAuth.ofUser(server.account()), null));
      try (CommandRunner runner = adapters.open(login(own.port()))) {
        runner.run(Command.of("true"));
        await().until(() -> host.open() == 1);
        clock.advance(Duration.ofMinutes(4));
        adapters.pool().sweep();
        assertThat(host.open()).isEqualTo(1);

        clock.advance(Duration.ofMinutes(2));
        await()
            .untilAsserted(
                () -> {
                  adapters.pool().sweep();
                  assertThat(host.open()).isZero();
                });
        await().until(() -> own.connections() == 0);
        assertThat(runner.run(Command.of("echo", "again")).output()).isEqualTo("again\n");
      } finally {
        adapters.pool().release(host);
      }
    }
  }

  private SshAdapters.Builder pinned(OwnSshd own) throws IOException {
    return SshAdapters.builder()
        .pinnedHostKey("127.0.0.1", own.port(), own.hostKey())
        .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())));
  }

  private SshAdapters adapters(Credential credential) {
    return SshAdapters.builder()
        .knownHosts(server.knownHosts())
        .credentials(target -> Optional.of(credential))
        .build();
  }

  private LoginAccess login(int port) {
    return login(port, AccessAuth.ofUser(server.account()));
  }

  private LoginAccess login(int port, AccessAuth auth) {
    return new LoginAccess("SSH", server.host(), port, auth, null);
  }

  private void whoIs(SshAdapters adapters, String account) throws InterruptedException {
    assertThat(whoami(adapters, login(server.port()))).isEqualTo(account);
  }

  private static String whoami(SshAdapters adapters, LoginAccess access)
      throws InterruptedException {
    try (CommandRunner runner = adapters.open(access)) {
      return runner.run(Command.of("whoami")).output().strip();
    }
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SSH_AUTHENTICATION_FAILED));
  }

  private static <T> List<T> atOnce(int threads, List<Callable<T>> calls) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> result : pool.invokeAll(calls)) {
        results.add(result.get());
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }

  private static void local(String... words) throws Exception {
    assertThat(new ProcessBuilder(words).start().waitFor()).isZero();
  }

  /** Accepts connections and resets them. */
  private static final class ResettingServer implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicInteger accepted = new AtomicInteger();
    private final Thread thread = new Thread(this::reset);

    ResettingServer() throws IOException {
      thread.start();
    }

    int port() {
      return socket.getLocalPort();
    }

    int accepted() {
      return accepted.get();
    }

    private void reset() {
      while (!socket.isClosed()) {
        try (Socket connection = socket.accept()) {
          accepted.incrementAndGet();
          connection.setSoLinger(true, 0);
        } catch (IOException e) {
          return;
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
