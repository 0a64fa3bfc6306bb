package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the contract of command runners does not ask, because only hosts far away do it. */
@RequiresServices(Service.SSHD)
@Timeout(120)
class SshCommandRunnerIT {
  @TempDir private Path directory;

  private SshServer server;

  @BeforeEach
  void find() {
    server = SshServer.running();
  }

  @Test
  void isFoundByItsProtocol() {
    assertThat(ServiceLoader.load(CommandRunnerProvider.class))
        .anySatisfy(found -> assertThat(found.protocols()).contains("SSH"));
    assertThat(ServiceLoader.load(FileStorageProvider.class))
        .anySatisfy(found -> assertThat(found.protocols()).contains("SFTP"));
  }

  @Test
  void greetingsAndStartupFilesAreNotInResults() throws Exception {
    server.banner(true);
    server.chatty(true);
    try (CommandRunner runner = open(adapters(), server.port())) {
      assertThat(runner.run(Command.of("sh", "-c", "echo out; echo err >&2; exit 4")))
          .isEqualTo(new CommandResult(4, "out\n", "err\n", false));
      assertThat(runner.launchAndListen(Command.of("echo", "line")).firstLine()).isEqualTo("line");
      assertThatThrownBy(() -> runner.run(Command.of("no-such-program")))
          .isInstanceOf(PermanentAdapterException.class);
    } finally {
      server.restore();
    }
  }

  @Test
  void startupFilesThatReadTheInputAreNamed() throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    Files.writeString(home.resolve(".bashrc"), "read -r -p 'Which project? ' project\n");
    Path mark = Path.of(server.home(), "mark-" + System.nanoTime());
    Command command =
        Command.of("sh", "-c", "echo >\"$1\"", "sh", mark.toString()).withInput("one\ntwo\n");
    try (OwnSshd own = new OwnSshd(directory, server, List.of("SetEnv HOME=" + home));
        CommandRunner runner = open(pinned(own).build(), own.port())) {
      // The file is one that the shell reads.
      assertThat(runner.run(Command.of("sh", "-c", "echo $HOME")).output()).isEqualTo(home + "\n");
      for (Call call :
          List.<Call>of(
              () -> runner.run(command),
              () -> runner.launch(command),
              () -> runner.launchAndListen(command))) {
        assertThatThrownBy(call::run)
            .isInstanceOfSatisfying(
                TransientAdapterException.class,
                e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SYSTEM_NOT_AVAILABLE))
            .hasMessage(
                "127.0.0.1:%s did not run command sh, because its input did not arrive whole. The"
                        .formatted(own.port())
                    + " startup files of the account (.bashrc, .profile, .cshrc and the like) read"
                    + " from standard input; they must do so only in interactive shells.");
      }
      assertThat(mark).doesNotExist();
      assertThat(runner.launchAndListen(Command.of("echo", "no input")).firstLine())
          .isEqualTo("no input");

      Files.writeString(home.resolve(".bashrc"), "case $- in *i*) read -r project ;; esac\n");
      assertThat(runner.launchAndListen(Command.of("cat").withInput("one\ntwo\n")).firstLine())
          .isEqualTo("one");
    }
  }

  @Test
  void anAccountThatRunsNoCommandsBlocks() throws Exception {
    try (OwnSshd own =
            new OwnSshd(directory, server, List.of("ForceCommand echo not today; exit 7"));
        CommandRunner runner = open(pinned(own).build(), own.port())) {
      assertThatThrownBy(() -> runner.run(Command.of("true", "secret")))
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SYSTEM_NOT_AVAILABLE))
          .hasMessage(
              "The login shell on 127.0.0.1:%s did not run command true and returned 7, saying: not today."
                  .formatted(own.port()));
      assertThatThrownBy(() -> runner.launch(Command.of("true")))
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageContaining("not today");
    }
  }

  @Test
  void withoutSetsidTheCommandAloneIsKilled() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    for (String program : List.of("sh", "sleep", "env", "printf")) {
      Files.createSymbolicLink(bin.resolve(program), Path.of("/usr/bin", program));
    }
    try (OwnSshd own =
            new OwnSshd(
                directory,
                server,
                List.of(
                    "ForceCommand PATH="
                        + bin
                        + "; export PATH; (eval \"$SSH_ORIGINAL_COMMAND\"); exit"));
        CommandRunner runner = open(pinned(own).build(), own.port());
        CommandRunner other = open(adapters(), server.port())) {
      String home = server.home();
      String name = "alone-" + System.nanoTime();
      Command command =
          Command.of(
                  "sh",
                  "-c",
                  "sleep 300 & echo \"$$ $!\" >\"$1\"; while :; do sleep 1; done",
                  "sh",
                  name)
              .in(home)
              .within(Duration.ofSeconds(5));

      assertThatThrownBy(() -> runner.run(command))
          .isInstanceOf(TransientAdapterException.class)
          .hasMessage(
              "Command sh did not end within PT5S and was killed, but not what it had started: the"
                  + " host has no setsid");

      Path written = Path.of(home, name);
      String[] ids = Files.readString(written).strip().split(" ", -1);
      await().until(() -> !isAlive(ids[0]));
      assertThat(isAlive(ids[1])).isTrue();
      other.run(Command.of("kill", ids[1]));
      Files.delete(written);
    }
  }

  @Test
  void aConnectionThatHangsIsGivenUp() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (OwnSshd own = new OwnSshd(directory, server, List.of());
        CommandRunner runner =
            open(pinned(own).keepAlive(Duration.ofSeconds(1)).build(), own.port())) {
      assertThat(runner.run(Command.of("echo", "1")).output()).isEqualTo("1\n");
      Path mark = Path.of(server.home(), "mark-" + System.nanoTime());
      Command command =
          Command.of("sh", "-c", "echo >\"$1\"; exec sleep 300", "sh", mark.toString())
              .within(Duration.ofHours(1));
      Future<CommandResult> running = thread.submit(() -> runner.run(command));
      await().until(() -> Files.exists(mark));
      Files.delete(mark);

      own.pauseConnections();
      try {
        assertThatThrownBy(running::get).cause().isInstanceOf(TransientAdapterException.class);
        assertThat(runner.run(Command.of("echo", "2")).output()).isEqualTo("2\n");
      } finally {
        own.killConnections();
      }
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void refusesWhatNoCommandLineHolds() throws Exception {
    try (CommandRunner runner = open(adapters(), server.port())) {
      for (Command command :
          List.of(
              Command.of("echo", "a\0b"),
              Command.of("echo", "x".repeat(200_000)),
              Command.of(""),
              Command.of("true").in("a\0b"))) {
        assertThatThrownBy(() -> runner.run(command))
            .isInstanceOf(PermanentAdapterException.class)
            .hasMessageStartingWith("Command " + command.words().get(0) + " cannot be started: ")
            .hasMessageNotContaining("xxx");
      }
    }
  }

  private interface Call {
    Object run() throws Exception;
  }

  private static boolean isAlive(String pid) {
    return ProcessHandle.of(Long.parseLong(pid)).isPresent();
  }

  private SshAdapters adapters() {
    return SshAdapters.builder()
        .knownHosts(server.knownHosts())
        .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
        .build();
  }

  private SshAdapters.Builder pinned(OwnSshd own) throws IOException {
    return SshAdapters.builder()
        .pinnedHostKey("127.0.0.1", own.port(), own.hostKey())
        .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())));
  }

  private CommandRunner open(SshAdapters adapters, int port) {
    return adapters.open(
        new LoginAccess("SSH", server.host(), port, AccessAuth.ofUser(server.account()), null));
  }
}
