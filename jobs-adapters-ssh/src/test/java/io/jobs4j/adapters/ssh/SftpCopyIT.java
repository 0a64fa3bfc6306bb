package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What interrupts make of a copy that a command of the host makes. */
@RequiresServices(Service.SSHD)
@Timeout(120)
class SftpCopyIT {
  private static final int LENGTH = 300_000;

  /** Much less than what the command would take. */
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path temp;
  private Path root;
  private Path pids;

  /** While it is there, the {@code cp} has yet to make its file. */
  private Path held;

  private OwnSshd sshd;
  private FileStorage files;

  /** Whether the thread was still interrupted when its call had ended. */
  private volatile boolean flag;

  private final FutureTask<Long> copy =
      new FutureTask<>(
          () -> {
            try {
              return files.copy(path("a"), path("b"));
            } finally {
              flag = Thread.currentThread().isInterrupted();
            }
          });
  private final Thread copying = new Thread(copy, "copying");

  /** Has a {@code cp} that copies a part, starts another process, and does not end by itself. */
  @BeforeEach
  void start() throws Exception {
    root = Files.createDirectory(temp.resolve("root"));
    pids = temp.resolve("pids");
    held = temp.resolve("held");
    Path bin = Files.createDirectory(temp.resolve("bin"));
    Path cp =
        Files.writeString(
            bin.resolve("cp"),
            """
            #!/bin/sh
            [ ! -e %1$s ] || exec /bin/cp "$@"
            sleep 600 &
            [ -e %2$s ] || head -c 1000 "$2" >"$3"
            echo $$ $! >%1$s.new
            mv %1$s.new %1$s
            while [ -e %2$s ]; do sleep 0.01; done
            head -c 1000 "$2" >"$3"
            wait
            """
                .formatted(pids, held));
    Files.setPosixFilePermissions(cp, PosixFilePermissions.fromString("rwxr-xr-x"));
    SshServer server = SshServer.running();
    sshd =
        new OwnSshd(
            Files.createDirectory(temp.resolve("sshd")),
            server,
            List.of("SetEnv PATH=" + bin + ":/usr/bin:/bin"));
    SshAdapters adapters =
        SshAdapters.builder()
            .pinnedHostKey("127.0.0.1", sshd.port(), sshd.hostKey())
            .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
            .answerTimeout(Duration.ofSeconds(5))
            .build();
    files =
        adapters.open(
            new StorageAccess(
                "SFTP",
                "127.0.0.1",
                sshd.port(),
                root.toString(),
                "/",
                AccessAuth.ofUser("root"),
                null));
    files.write(path("a"), new ByteArrayInputStream(new byte[LENGTH]), Instant.EPOCH, false);
  }

  @AfterEach
  void stop() throws Exception {
    files.close();
    sshd.close();
    // A test that has failed may leave them.
    processes().forEach(ProcessHandle::destroyForcibly);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void interruptsEndItWithoutATrace(int interrupts) throws Exception {
    begin();
    List<ProcessHandle> started = processes();
    assertThat(started).hasSize(2).allMatch(ProcessHandle::isAlive);

    for (int i = 0; i < interrupts; i++) {
      copying.interrupt();
    }

    copying.join(SOON.toMillis());
    assertThat(copying.isAlive()).isFalse();
    assertThatThrownBy(copy::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(flag).as("flag beside the exception").isFalse();
    assertThat(everythingIn(root)).containsExactly("a");
    await().atMost(SOON).until(() -> started.stream().noneMatch(ProcessHandle::isAlive));
    // What the killed command held open makes no file any more, and the next copy is made.
    assertThat(files.copy(path("a"), path("c"))).isEqualTo(LENGTH);
    assertThat(everythingIn(root)).containsExactly("a", "c");
  }

  /** Whoever is interrupted again does not put away what the command has yet to make. */
  @RepeatedTest(5)
  void aCopyThatHasYetToMakeItsFileMakesNone() throws Exception {
    Files.createFile(held);
    begin();
    List<ProcessHandle> started = processes();

    for (int i = 0; i < 5; i++) {
      copying.interrupt();
    }

    copying.join(SOON.toMillis());
    Files.delete(held);
    assertThatThrownBy(copy::get).hasCauseInstanceOf(InterruptedException.class);
    await().atMost(SOON).until(() -> started.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(everythingIn(root)).containsExactly("a");
  }

  @Test
  void aHostThatDoesNotAnswerMeanwhileIsNotWaitedForForLong() throws Exception {
    begin();
    sshd.pauseConnections();

    copying.interrupt();

    // For each of the command and the temporary file an answer is waited for.
    copying.join(Duration.ofMinutes(1).toMillis());
    assertThat(copying.isAlive()).isFalse();
    assertThatThrownBy(copy::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(flag).as("flag beside the exception").isFalse();
    assertThat(root.resolve("b")).doesNotExist();
  }

  private void begin() {
    copying.start();
    await().until(() -> Files.exists(pids));
  }

  private List<ProcessHandle> processes() throws IOException {
    if (!Files.exists(pids)) {
      return List.of();
    }
    return Stream.of(Files.readString(pids).strip().split(" "))
        .map(Long::parseLong)
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }

  private static List<String> everythingIn(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    }
  }

  private static StoragePath path(String path) {
    return StoragePath.parse(path);
  }
}
