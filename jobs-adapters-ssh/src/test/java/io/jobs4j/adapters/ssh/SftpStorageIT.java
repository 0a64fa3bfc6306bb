package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.local.LocalStorage;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TemporaryFile;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testkit.SettableClock;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.sftp.FileMode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the contract of storages does not ask; root logs in, as the test is root. */
@RequiresServices(Service.SSHD)
@Timeout(120)
class SftpStorageIT {
  /** What a server that answers at all does not need. */
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");

  @TempDir private static Path serverDirectory;
  private static SshServer server;
  private static OwnSshd own;
  private static SshAdapters adapters;

  @TempDir Path temp;
  private Path root;
  private Path outside;
  private FileStorage storage;

  @BeforeAll
  static void start() throws Exception {
    server = SshServer.running();
    own = new OwnSshd(serverDirectory, server, List.of());
    adapters =
        SshAdapters.builder()
            .pinnedHostKey("127.0.0.1", own.port(), own.hostKey())
            .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
            .build();
  }

  @AfterAll
  static void stop() {
    own.close();
  }

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
    outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    storage = open(root);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private static FileStorage open(Path directory) {
    return open(directory.toString(), "root", own, adapters);
  }

  private static FileStorage open(String rootDir, String account, OwnSshd sshd, SshAdapters with) {
    return with.open(
        new StorageAccess(
            "SFTP", "127.0.0.1", sshd.port(), rootDir, "/", AccessAuth.ofUser(account), null));
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    Files.createDirectory(root.resolve("directory"));
    Files.writeString(root.resolve("file"), "text");
    Files.createSymbolicLink(root.resolve("out"), outside);
    Map<String, Call> calls = new LinkedHashMap<>();
    calls.put("Cannot write \"/directory\": it is a directory.", () -> write("directory", "x"));
    calls.put(
        "Cannot write \"/file/below\": there is a file where a directory should be.",
        () -> write("file/below", "x"));
    calls.put("Cannot read \"/no\": it does not exist.", () -> storage.read(path("no"), 0));
    calls.put("Cannot list \"/no\": it does not exist.", () -> storage.list(path("no")));
    calls.put("Cannot copy \"/no\": it does not exist.", () -> storage.copy(path("no"), path("x")));
    calls.put("Cannot move \"/no\": it does not exist.", () -> storage.move(path("no"), path("x")));
    calls.put(
        "Cannot move \"/file\": \"/directory\" is there already.",
        () -> storage.move(path("file"), path("directory")));

    for (Map.Entry<String, Call> call : calls.entrySet()) {
      assertThatThrownBy(call.getValue()::run)
          .isInstanceOfSatisfying(
              PermanentAdapterException.class,
              e -> assertThat(e.code()).isEqualTo(ConditionCode.JOB_FILES_SERVICE_ERROR))
          .hasMessage(call.getKey());
    }
    assertThatThrownBy(() -> storage.stat(path("out/secret")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("is refused: the symbolic link")
        .hasMessageContaining("leads out of the storage");
  }

  @Test
  void whatAProcessLeftBehindIsNotListedAndDeletedWithItsDirectory() throws Exception {
    Files.createDirectory(root.resolve("d"));
    Files.writeString(
        root.resolve("d/.jobs4j-01234567-89ab-cdef-0123-456789abcdef.part"), "left behind");

    assertThat(storage.list(path("d"))).isEmpty();
    storage.deleteTree(path("d"));
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void aRootMustBeAbsolute() {
    assertThatThrownBy(() -> open("data", "root", own, adapters))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("rootDir \"data\"")
        .hasMessageContaining("absolute");
  }

  @Test
  void canHoldWhatTheHostRootHolds() throws Exception {
    try (FileStorage all = open("/", "root", own, adapters);
        FileStorage slash = open(root + "//", "root", own, adapters)) {
      assertThat(all.hostPath(path("etc"))).isEqualTo("/etc");
      assertThat(all.hostPath(StoragePath.ROOT)).isEqualTo("/");
      assertThat(slash.hostPath(path("a"))).isEqualTo(root + "/a");
      assertThat(all.stat(path("etc")).orElseThrow().directory()).isTrue();
      assertThat(all.list(StoragePath.ROOT)).isNotEmpty();
    }
  }

  @Test
  void anInterruptOfAReaderLeavesOthersAlone() throws Exception {
    byte[] large = new byte[5_000_000];
    storage.write(path("large"), new ByteArrayInputStream(large), LONG_AGO, false);
    InputStream mine = storage.read(path("large"), 0);
    try (InputStream theirs = storage.read(path("large"), 0)) {
      assertThat(mine.read()).isZero();
      assertThat(theirs.read()).isZero();
      Thread.currentThread().interrupt();
      assertThatThrownBy(mine::readAllBytes).isInstanceOf(java.io.InterruptedIOException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      mine.close();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(theirs.readAllBytes()).hasSize(4_999_999);
    }
  }

  @Test
  void aSilentSessionIsReplacedAndItsOtherUsersGoOn(@TempDir Path sshd) throws Exception {
    try (OwnSshd silent = new OwnSshd(sshd, server, List.of());
        FileStorage files =
            open(root.toString(), "root", silent, pinned(silent).answerTimeout(ANSWER).build())) {
      files.write(path("large"), new ByteArrayInputStream(new byte[5_000_000]), LONG_AGO, false);
      try (InputStream theirs = files.read(path("large"), 0)) {
        assertThat(theirs.read()).isZero();
        List<ProcessHandle> stopped = silent.filesServers();
        OwnSshd.signal("STOP", stopped);
        try {
          assertThat(files.stat(path("large"))).isPresent();
          assertThat(files.list(StoragePath.ROOT)).hasSize(1);
        } finally {
          OwnSshd.signal("CONT", stopped);
        }
        assertThat(theirs.readAllBytes()).hasSize(4_999_999);
      }
    }
  }

  @Test
  void whoIsInterruptedAgainAndAgainLeavesNoTemporaryFile(@TempDir Path sshd) throws Exception {
    try (OwnSshd slow = new OwnSshd(sshd, server, List.of());
        FileStorage files = open(root.toString(), "root", slow, pinned(slow).build())) {
      assertThat(files.list(StoragePath.ROOT)).isEmpty();
      List<ProcessHandle> stopped = slow.filesServers();
      InputStream content =
          new InputStream() {
            private boolean begun;

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
              if (begun) {
                try {
                  OwnSshd.signal("STOP", stopped);
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
                Thread.currentThread().interrupt();
              }
              begun = true;
              return length;
            }

            @Override
            public int read() {
              throw new UnsupportedOperationException("blocks are read");
            }
          };
      FutureTask<Void> write =
          new FutureTask<>(
              () -> {
                files.write(path("file"), content, LONG_AGO, false);
                return null;
              });
      Thread writer = new Thread(write);
      writer.start();
      try {
        for (int i = 0; i < 5; i++) {
          await()
              .until(
                  () ->
                      !writer.isAlive()
                          || (stopped.stream().allMatch(SftpStorageIT::isStopped)
                              && writer.getState() == Thread.State.TIMED_WAITING));
          writer.interrupt();
        }
      } finally {
        OwnSshd.signal("CONT", stopped);
      }

      writer.join();
      assertThatThrownBy(write::get).hasCauseInstanceOf(InterruptedException.class);
      await().until(() -> stopped.stream().noneMatch(ProcessHandle::isAlive));
      assertThat(root).isEmptyDirectory();
    }
  }

  private static boolean isStopped(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/stat")).contains(") T ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aServerThatStartsNoSessionIsNotWaitedForForEver(@TempDir Path sshd) throws Exception {
    try (OwnSshd silent = new OwnSshd(sshd, server, List.of("ForceCommand exec sleep 600"));
        FileStorage files =
            open(
                root.toString(),
                "root",
                silent,
                pinned(silent).answerTimeout(Duration.ofSeconds(2)).build())) {
      assertThatThrownBy(() -> files.stat(path("a")))
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SSH_CONNECTION_TIMEOUT))
          .hasMessage("127.0.0.1:%s did not open a session over SFTP within PT2S.", silent.port());
    }
  }

  @Test
  void whoUsesASessionThatOthersBeginNothingOverGoesOn() throws Exception {
    HostConnections host =
        adapters
            .pool()
            .retain(Endpoint.of("127.0.0.1", own.port(), AccessAuth.ofUser("root"), null));
    try {
      SftpSession session = host.sftp();
      session.retire();
      assertThat(session.retain()).isFalse();
      assertThat(session.keep()).isTrue();
      session.release();
      assertThat(session.engine().stat("/").getType()).isEqualTo(FileMode.Type.DIRECTORY);

      session.end();
      assertThat(session.keep()).isFalse();
      session.release();
    } finally {
      adapters.pool().release(host);
    }
  }

  @Test
  void copyingThereIsTriedAgainAWhileAfterItFailed(@TempDir Path sshd) throws Exception {
    Path bin = Files.createDirectory(temp.resolve("bin"));
    Path log = bin.resolve("log");
    Path full = Files.createFile(bin.resolve("full"));
    Path cp =
        Files.writeString(
            bin.resolve("cp"),
            "#!/bin/sh\necho >>%s\n[ -e %s ] && exit 1\nexec /bin/cp \"$@\"\n"
                .formatted(log, full));
    Files.setPosixFilePermissions(cp, PosixFilePermissions.fromString("rwxr-xr-x"));
    SettableClock clock = new SettableClock(LONG_AGO);
    byte[] bytes = new byte[300_000];
    try (OwnSshd own = new OwnSshd(sshd, server, List.of("SetEnv PATH=" + bin + ":/usr/bin:/bin"));
        FileStorage files = open(root.toString(), "root", own, pinned(own).clock(clock).build())) {
      files.write(path("a"), new ByteArrayInputStream(bytes), LONG_AGO, false);
      for (int i = 0; i < 2; i++) {
        assertThat(files.copy(path("a"), path("b" + i))).isEqualTo(bytes.length);
        assertThat(Files.readAllLines(log)).hasSize(1);
      }

      Files.delete(full);
      clock.advance(Duration.ofMinutes(10));
      for (int i = 2; i < 4; i++) {
        assertThat(files.copy(path("a"), path("b" + i))).isEqualTo(bytes.length);
        assertThat(Files.readAllLines(log)).hasSize(i);
        assertThat(root.resolve("b" + i)).hasBinaryContent(bytes);
      }
    }
  }

  private static SshAdapters.Builder pinned(OwnSshd sshd) throws IOException {
    return SshAdapters.builder()
        .pinnedHostKey("127.0.0.1", sshd.port(), sshd.hostKey())
        .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())));
  }

  @Test
  void anAccountForFilesAloneBelowARootOfItsOwn(@TempDir Path sshd) throws Exception {
    // sshd wants a place that nobody but root can write to on the whole way.
    Path jail = Files.createTempDirectory(Path.of("/run"), "jobs4j-jail");
    Files.setPosixFilePermissions(jail, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(jail.resolve("only/there"));
    try (OwnSshd jailed =
            new OwnSshd(
                sshd, server, List.of("ForceCommand internal-sftp", "ChrootDirectory " + jail));
        FileStorage files =
            open(
                "/only/there",
                "root",
                jailed,
                SshAdapters.builder()
                    .pinnedHostKey("127.0.0.1", jailed.port(), jailed.hostKey())
                    .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
                    .build())) {
      byte[] bytes = new byte[300_000];
      Arrays.fill(bytes, (byte) 3);
      files.write(path("a/b"), new ByteArrayInputStream(bytes), LONG_AGO, true);
      // Its account runs no commands, so this goes through the test.
      assertThat(files.copy(path("a/b"), path("c"))).isEqualTo(bytes.length);
      assertThat(files.copy(path("a/b"), path("d"))).isEqualTo(bytes.length);
      assertThat(files.stat(path("c")))
          .contains(new FileEntry(path("c"), false, bytes.length, LONG_AGO, true));
      assertThat(jail.resolve("only/there/d")).hasBinaryContent(bytes);
      assertThat(everythingIn(jail.resolve("only/there"))).containsExactly("a", "c", "d");
      // Nothing of that exists where the test is.
      assertThat(Path.of("/only")).doesNotExist();
    } finally {
      new LocalStorage(Path.of("/run")).deleteTree(path(jail.getFileName().toString()));
    }
  }

  @Test
  void whatTheAccountMayNotIsDenied() throws Exception {
    Files.createDirectories(root.resolve("theirs"));
    Files.writeString(root.resolve("theirs/file"), "x");
    Files.setPosixFilePermissions(
        root.resolve("theirs"), PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (FileStorage theirs = open(root.toString(), server.account(), own, adapters)) {
      for (Call call :
          List.<Call>of(
              () -> theirs.stat(path("theirs/file")),
              () -> theirs.list(path("theirs")),
              () -> theirs.read(path("theirs/file"), 0).close(),
              () -> theirs.write(path("new"), content("x"), LONG_AGO, false),
              () -> theirs.makeDirectories(path("new")),
              () -> theirs.deleteTree(path("theirs")))) {
        assertThatThrownBy(call::run)
            .isInstanceOf(PermanentAdapterException.class)
            .hasMessageEndingWith(": access is denied.");
      }
    }
  }

  @Test
  void directoriesThatTheirOwnerMayNotChangeAreDeleted() throws Exception {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createFile(outside.resolve("kept"));
    run("chmod", "555", outside.toString());
    for (String mode : List.of("555", "0", "300", "600", "444")) {
      Path directory = Files.createDirectories(root.resolve("tree/" + mode + "/a"));
      Files.createFile(directory.resolve("f"));
      Files.createDirectory(directory.resolve("empty"));
      Files.createSymbolicLink(directory.resolve("out"), outside);
      run("chmod", "-R", mode, root.resolve("tree/" + mode).toString());
    }
    run("chown", "-hR", server.account(), root.toString(), outside.toString());
    Files.createDirectories(root.resolve("theirs/b"));
    Files.createFile(root.resolve("theirs/b/f"));
    run("chown", server.account(), root.resolve("theirs").toString());
    try (FileStorage theirs = open(root.toString(), server.account(), own, adapters)) {
      theirs.deleteTree(path("tree"));
      assertThat(root.resolve("tree")).doesNotExist();

      assertThatThrownBy(() -> theirs.deleteTree(path("theirs")))
          .isInstanceOf(PermanentAdapterException.class)
          .hasMessage("Cannot delete \"/theirs/b/f\": access is denied.");
    }
    assertThat(everythingIn(outside)).containsExactly("kept", "secret");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(outside)))
        .isEqualTo("r-xr-xr-x");
  }

  @Test
  void aDirectoryThatMayNotBeEnteredIsNotTakenForEmpty() throws Exception {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(root.resolve("d"));
    Files.createFile(root.resolve("d/f"));
    run("chown", "-R", server.account(), root.toString());
    run("chmod", "600", root.resolve("d").toString());
    try (FileStorage theirs = open(root.toString(), server.account(), own, adapters)) {
      assertThatThrownBy(() -> theirs.list(path("d")))
          .isInstanceOf(PermanentAdapterException.class)
          .hasMessage("Cannot list \"/d\": access is denied.");
    }
  }

  @Test
  void aServerThatSetsNoTimesAndModesIsUsedWithout(@TempDir Path sshd) throws Exception {
    byte[] large = new byte[300_000];
    try (OwnSshd plain =
            new OwnSshd(sshd, server, List.of("Subsystem sftp internal-sftp -P setstat,fsetstat"));
        FileStorage files = open(root.toString(), "root", plain, pinned(plain).build())) {
      assertThat(files.capabilities()).contains(FileStorage.Capability.KEEP_MODIFIED_TIME);
      files.write(path("a/run.sh"), content("echo"), LONG_AGO, true);
      assertThat(files.capabilities()).doesNotContain(FileStorage.Capability.KEEP_MODIFIED_TIME);
      files.write(path("a/run.sh"), new ByteArrayInputStream(large), LONG_AGO, true);
      assertThat(files.copy(path("a/run.sh"), path("a/copy"))).isEqualTo(large.length);
      files.sync(List.of(path("a/run.sh"), path("a/copy")));

      for (String name : List.of("a/run.sh", "a/copy")) {
        assertThat(root.resolve(name)).hasBinaryContent(large).isExecutable();
      }
      assertThat(everythingIn(root.resolve("a"))).containsExactly("copy", "run.sh");
    }
  }

  @Test
  void aFileIsReplacedWithoutTheExtensionForIt(@TempDir Path sshd) throws Exception {
    try (OwnSshd plain =
            new OwnSshd(sshd, server, List.of("Subsystem sftp internal-sftp -P posix-rename"));
        FileStorage files = open(root.toString(), "root", plain, pinned(plain).build())) {
      files.write(path("file"), content("one"), LONG_AGO, false);
      assertThat(files.capabilities()).contains(FileStorage.Capability.ATOMIC_WRITE);
      files.write(path("file"), content("two"), LONG_AGO, false);
      assertThat(files.capabilities()).doesNotContain(FileStorage.Capability.ATOMIC_WRITE);
      assertThat(root.resolve("file")).hasContent("two");
      assertThat(everythingIn(root)).containsExactly("file");
    }
  }

  @Test
  void aServerThatRenamesNothingKeepsTheOldFile(@TempDir Path sshd) throws Exception {
    Files.writeString(root.resolve("file"), "old");
    try (OwnSshd plain =
            new OwnSshd(
                sshd, server, List.of("Subsystem sftp internal-sftp -P posix-rename,rename"));
        FileStorage files = open(root.toString(), "root", plain, pinned(plain).build())) {
      assertThatThrownBy(() -> files.write(path("file"), content("new"), LONG_AGO, false))
          .isInstanceOf(PermanentAdapterException.class)
          .hasMessage("Cannot write \"/file\": access is denied.");
      assertThat(root.resolve("file")).hasContent("old");
      assertThat(everythingIn(root)).containsExactly("file");
    }
  }

  @Test
  void movesWithTheExtensionWhereNothingElseRenames(@TempDir Path sshd) throws Exception {
    try (OwnSshd plain =
            new OwnSshd(sshd, server, List.of("Subsystem sftp internal-sftp -P rename"));
        FileStorage files = open(root.toString(), "root", plain, pinned(plain).build())) {
      files.write(path("a/file"), content("x"), LONG_AGO, false);
      files.move(path("a"), path("b"));
      assertThat(root.resolve("b/file")).hasContent("x");
    }
  }

  @Test
  void aMoveWithTheExtensionReplacesNothing(@TempDir Path sshd) throws Exception {
    try (OwnSshd plain =
            new OwnSshd(sshd, server, List.of("Subsystem sftp internal-sftp -P rename"));
        FileStorage files = open(root.toString(), "root", plain, pinned(plain).build())) {
      files.write(path("file"), content("one"), LONG_AGO, false, created(() -> {}));
      assertThat(root.resolve("file")).hasContent("one");
      // Somebody else's comes after it was looked for and before this one is put in its place.
      assertThatThrownBy(
              () ->
                  files.write(
                      path("late"),
                      content("two"),
                      LONG_AGO,
                      false,
                      created(() -> put("late", ""))))
          .isInstanceOf(TargetExistsException.class);
      assertThat(root.resolve("late")).isEmptyFile();
      // Without a source nothing is claimed.
      assertThatThrownBy(
              () ->
                  files.write(
                      path("gone"), content("x"), LONG_AGO, false, created(this::dropTemporary)))
          .isInstanceOf(JobsException.class);
      assertThat(everythingIn(root)).containsExactly("file", "late");
    }
  }

  @Test
  void ofTwoThatMoveToOnePlaceWithTheExtensionOneSucceeds(@TempDir Path sshd) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (OwnSshd plain =
            new OwnSshd(sshd, server, List.of("Subsystem sftp internal-sftp -P rename"));
        FileStorage one = open(root.toString(), "root", plain, pinned(plain).build());
        FileStorage other = open(root.toString(), "root", plain, pinned(plain).build())) {
      for (int round = 0; round < 20; round++) {
        String name = "file-" + round;
        CyclicBarrier both = new CyclicBarrier(2);
        Future<Boolean> others = thread.submit(() -> create(other, name, "other", both));
        boolean ones = create(one, name, "one", both);

        assertThat(ones).isNotEqualTo(others.get(30, TimeUnit.SECONDS));
        assertThat(root.resolve(name)).hasContent(ones ? "one" : "other");
      }
    } finally {
      thread.shutdownNow();
    }
  }

  /** Whether a new file was written; both have all content before one puts it in place. */
  private static boolean create(FileStorage files, String name, String text, CyclicBarrier both)
      throws InterruptedException {
    try {
      files.write(
          path(name),
          content(text),
          LONG_AGO,
          false,
          created(
              () -> {
                try {
                  both.await(30, TimeUnit.SECONDS);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }));
      return true;
    } catch (TargetExistsException e) {
      return false;
    }
  }

  @Test
  void aFileStaysWhenThatForItsPlaceIsGone(@TempDir Path sshd) throws Exception {
    put("file", "good");
    try (OwnSshd plain =
            new OwnSshd(sshd, server, List.of("Subsystem sftp internal-sftp -P posix-rename"));
        FileStorage files = open(root.toString(), "root", plain, pinned(plain).build())) {
      assertThatThrownBy(
              () ->
                  files.write(
                      path("file"),
                      content("late"),
                      LONG_AGO,
                      false,
                      replaced(
                          () -> {
                            dropTemporary();
                            setModified(root);
                          })))
          .isInstanceOf(JobsException.class);
      // The file never had another name, which would have changed the directory.
      assertThat(Files.getLastModifiedTime(root).toInstant()).isEqualTo(LONG_AGO);
      assertThat(root.resolve("file")).hasContent("good");
      assertThat(everythingIn(root)).containsExactly("file");
    }
  }

  @Test
  void whatALinkLeadsToKeepsItsRights() throws Exception {
    Path shared = Files.createDirectory(root.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(root.resolve("link"), shared);
    Files.createSymbolicLink(root.resolve("out"), outside);
    Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwxr-xr-x"));

    for (FileStorage files : List.of(storage, new LocalStorage(root))) {
      files.makePrivate(path("link"));
      files.makePrivate(path("out"));
      assertThat(files.capabilities()).containsExactlyInAnyOrder(FileStorage.Capability.values());
    }

    for (Path each : List.of(shared, outside)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
          .isEqualTo("rwxr-xr-x");
    }
    storage.makePrivate(path("shared"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)))
        .isEqualTo("rwx------");
  }

  @Test
  void aFullDiskBlocks() throws Exception {
    Path small = Files.createDirectory(temp.resolve("small"));
    assertThat(
            new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small.toString())
                .start()
                .waitFor())
        .isZero();
    try (FileStorage full = open(small)) {
      full.write(path("fits"), content("x"), LONG_AGO, false);
      assertThatThrownBy(
              () ->
                  full.write(
                      path("too-much"),
                      new ByteArrayInputStream(new byte[1 << 20]),
                      LONG_AGO,
                      false))
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.STORAGE_NOT_WRITABLE))
          .hasMessageStartingWith("Cannot write \"/too-much\": ");
      assertThat(everythingIn(small)).containsExactly("fits");
    } finally {
      assertThat(new ProcessBuilder("umount", small.toString()).start().waitFor()).isZero();
    }
  }

  @Test
  void anUnmountedFileSystemBlocks() throws Exception {
    Path mountPoint = Files.createDirectory(temp.resolve("mount-point"));
    // Somebody wrote there when nothing was mounted.
    Files.createFile(mountPoint.resolve("stray"));
    Path device = Files.createDirectory(temp.resolve("device"));
    Files.writeString(device.resolve(".mounted"), "");
    Path volume = Files.createDirectories(device.resolve("volume"));
    run("mount", "-t", "tmpfs", "tmpfs", mountPoint.toString());
    try (FileStorage local = new LocalStorage(mountPoint)) {
      local.write(path("file"), content("x"), LONG_AGO, false);
      run("umount", mountPoint.toString());
      assertNotMounted(local, "not mounted at " + mountPoint);
    } finally {
      run("sh", "-c", "! mountpoint -q \"$1\" || umount \"$1\"", "sh", mountPoint.toString());
    }

    Path bare = Files.createDirectory(temp.resolve("bare"));
    run("mount", "--bind", device.toString(), bare.toString());
    try (FileStorage local = new LocalStorage(bare);
        FileStorage marked =
            adapters.open(
                new StorageAccess(
                    "SFTP",
                    "127.0.0.1",
                    own.port(),
                    bare.toString(),
                    "/",
                    AccessAuth.ofUser("root"),
                    null,
                    ".mounted"))) {
      for (FileStorage files : List.of(local, marked)) {
        files.write(path("volume/file"), content("x"), LONG_AGO, false);
      }
      run("umount", bare.toString());
      for (FileStorage files : List.of(local, marked)) {
        assertNotMounted(files, "taken for not mounted");
      }
      assertThat(bare).isEmptyDirectory();
      run("mount", "--bind", device.toString(), bare.toString());
      for (FileStorage files : List.of(local, marked)) {
        assertThat(files.stat(path("volume/file"))).isPresent();
        assertThat(files.stat(path("absent"))).isEmpty();
      }
    } finally {
      run("sh", "-c", "! mountpoint -q \"$1\" || umount \"$1\"", "sh", bare.toString());
    }
    assertThat(everythingIn(volume)).containsExactly("file");
  }

  private static Publication created(Runnable beforePublish) {
    return new Publication("", StoragePath.ROOT, false, beforePublish);
  }

  private static Publication replaced(Runnable beforePublish) {
    return new Publication("", StoragePath.ROOT, true, beforePublish);
  }

  /** As somebody does who takes over the job. */
  private void dropTemporary() {
    try {
      for (String name : everythingIn(root)) {
        if (TemporaryFile.isOne(name)) {
          Files.delete(root.resolve(name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void put(String name, String text) {
    try {
      Files.writeString(root.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void setModified(Path directory) {
    try {
      Files.setLastModifiedTime(directory, FileTime.from(LONG_AGO));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertNotMounted(FileStorage files, String why) {
    for (Call call :
        List.<Call>of(
            () -> files.stat(path("file")),
            () -> files.write(path("new/file"), content("x"), LONG_AGO, false))) {
      assertThatThrownBy(call::run)
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SYSTEM_NOT_AVAILABLE))
          .hasMessageContaining(why);
    }
  }

  private static void run(String... words) throws Exception {
    assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
  }

  private static List<String> everythingIn(Path directory) throws IOException {
    try (var children = Files.list(directory)) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    }
  }

  private void write(String file, String text) throws InterruptedException {
    storage.write(path(file), content(text), LONG_AGO, false);
  }

  private static InputStream content(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static StoragePath path(String path) {
    return StoragePath.parse(path);
  }

  private interface Call {
    void run() throws Exception;
  }
}
