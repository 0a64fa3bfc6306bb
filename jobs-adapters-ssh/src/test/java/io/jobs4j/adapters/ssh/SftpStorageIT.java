package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.jobs4j.core.local.LocalStorage;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testkit.SettableClock;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What LocalStorageTest asks of local files, of files over SFTP; root logs in, as in the test. */
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
  void aRootMustBeAbsolute() {
    assertThatThrownBy(() -> open("data", "root", own, adapters))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("rootDir \"data\"")
        .hasMessageContaining("absolute");
  }

  @Test
  void aRootThatIsNotThereCanComeBack() throws Exception {
    Path missing = temp.resolve("missing");
    try (FileStorage none = open(missing)) {
      assertThatThrownBy(() -> none.stat(path("a")))
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SYSTEM_NOT_AVAILABLE))
          .hasMessageContaining(missing.toString());
      assertThatThrownBy(() -> none.makeDirectories(path("a")))
          .isInstanceOf(TransientAdapterException.class);
      assertThat(missing).doesNotExist();
      Files.createDirectory(missing);
      assertThat(none.stat(path("a"))).isEmpty();
    }
    try (FileStorage file = open(outside.resolve("secret"))) {
      assertThatThrownBy(() -> file.stat(path("a"))).isInstanceOf(TransientAdapterException.class);
    }
  }

  @Test
  void hostPathsAreBelowTheRootAsItWasGiven() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("link"), root);
    try (FileStorage linked = open(link);
        FileStorage all = open("/", "root", own, adapters);
        FileStorage slash = open(root + "//", "root", own, adapters)) {
      assertThat(linked.hostPath(path("a b/c"))).isEqualTo(link + "/a b/c");
      assertThat(linked.hostPath(StoragePath.ROOT)).isEqualTo(link.toString());
      assertThat(all.hostPath(path("etc"))).isEqualTo("/etc");
      assertThat(all.hostPath(StoragePath.ROOT)).isEqualTo("/");
      assertThat(slash.hostPath(path("a"))).isEqualTo(root + "/a");
      assertThat(all.stat(path("etc")).orElseThrow().directory()).isTrue();
      assertThat(all.list(StoragePath.ROOT)).isNotEmpty();
      linked.write(path("a"), content("x"), LONG_AGO, false);
      assertThat(linked.list(StoragePath.ROOT)).hasSize(1);
      assertThat(root.resolve("a")).hasContent("x");
    }
  }

  @Test
  void writesWholeFilesWithTimeAndModeAndMakesTheirDirectories() throws Exception {
    storage.write(path("a/b/run.sh"), content("echo"), LONG_AGO, true);
    storage.write(path("a/b/data"), content(""), LONG_AGO.plusNanos(5_000), false);

    assertThat(storage.stat(path("a/b/run.sh")))
        .contains(new FileEntry(path("a/b/run.sh"), false, 4, LONG_AGO, true));
    // The protocol has whole seconds.
    assertThat(storage.stat(path("a/b/data")))
        .contains(new FileEntry(path("a/b/data"), false, 0, LONG_AGO, false));
    assertThat(storage.stat(path("a/b")).orElseThrow().directory()).isTrue();
    assertThat(storage.stat(StoragePath.ROOT).orElseThrow().directory()).isTrue();
    assertThat(storage.stat(path("a/none"))).isEmpty();
    assertThat(storage.stat(path("a/b/data/below"))).isEmpty();
  }

  @Test
  void largeContentArrivesWhole() throws Exception {
    byte[] large = new byte[10_000_019];
    new java.util.Random(1).nextBytes(large);
    storage.write(path("large"), new ByteArrayInputStream(large), LONG_AGO, false);
    assertThat(root.resolve("large")).hasBinaryContent(large);
    try (InputStream stream = storage.read(path("large"), 0)) {
      assertThat(stream.readAllBytes()).isEqualTo(large);
    }
    try (InputStream stream = storage.read(path("large"), 5_000_003)) {
      assertThat(stream.readAllBytes())
          .isEqualTo(Arrays.copyOfRange(large, 5_000_003, large.length));
    }
  }

  @Test
  void manyFilesAreReadAndWrittenAtOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(16);
    try {
      List<Future<byte[]>> read = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        byte[] bytes = new byte[500_000 + i];
        Arrays.fill(bytes, (byte) i);
        String name = "file-" + i;
        read.add(
            pool.submit(
                () -> {
                  storage.write(path(name), new ByteArrayInputStream(bytes), LONG_AGO, false);
                  try (InputStream in = storage.read(path(name), 0)) {
                    storage.write(path(name + "-copy"), in, LONG_AGO, false);
                  }
                  try (InputStream in = storage.read(path(name + "-copy"), 0)) {
                    return in.readAllBytes();
                  }
                }));
      }
      for (int i = 0; i < 16; i++) {
        byte value = (byte) i;
        assertThat(read.get(i).get()).hasSize(500_000 + i).containsOnly(value);
      }
    } finally {
      pool.shutdownNow();
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
  void writesInPlaceOfAFileAndOfALinkThatLeadsNowhere() throws Exception {
    write("file", "before, and longer");
    write("file", "after");
    assertThat(root.resolve("file")).hasContent("after");

    Files.createSymbolicLink(root.resolve("dangling"), outside.resolve("nothing"));
    write("dangling", "text");
    assertThat(root.resolve("dangling")).hasContent("text").isRegularFile();
    assertThat(outside.resolve("nothing")).doesNotExist();
  }

  @Test
  void refusesToWriteWhereAFileCannotBe() throws Exception {
    Files.createDirectory(root.resolve("directory"));
    write("file", "text");
    pipe("pipe");

    assertThatThrownBy(() -> write("directory", "x"))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage("Cannot write \"/directory\": it is a directory.");
    assertThatThrownBy(() -> write("file/below", "x"))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage("Cannot write \"/file/below\": there is a file where a directory should be.");
    assertThatThrownBy(() -> write("pipe", "x"))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("neither file nor directory");
    assertThatThrownBy(() -> storage.makeDirectories(path("file")))
        .isInstanceOf(PermanentAdapterException.class);
    assertThatThrownBy(() -> storage.read(path("pipe"), 0))
        .isInstanceOf(PermanentAdapterException.class);
    assertThatThrownBy(() -> write("n".repeat(256), "x"))
        .isInstanceOfSatisfying(
            PermanentAdapterException.class,
            e -> assertThat(e.code()).isEqualTo(ConditionCode.JOB_FILES_SERVICE_ERROR));
    assertThat(names(StoragePath.ROOT)).containsExactly("directory", "file");
  }

  @Test
  void leavesTheOldFileAndNothingElseIfTheContentBreaksOff() throws Exception {
    write("d/file", "before");
    InputStream broken =
        new Reads(
            round -> {
              if (round == 3) {
                throw new IOException("connection reset");
              }
              return 1000;
            });
    assertThatThrownBy(() -> storage.write(path("d/file"), broken, LONG_AGO, false))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.TRANSMISSION_FAILURE))
        .hasMessage("The content for \"/d/file\" broke off: connection reset");
    assertThat(root.resolve("d/file")).hasContent("before");
    assertThat(everythingIn(root.resolve("d"))).containsExactly("file");
  }

  @Test
  void anExceptionOfTheContentPassesThrough() throws Exception {
    IllegalStateException mine = new IllegalStateException("mine");
    InputStream failing =
        new Reads(
            round -> {
              throw mine;
            });
    assertThatThrownBy(() -> storage.write(path("file"), failing, LONG_AGO, false)).isSameAs(mine);
    assertThat(everythingIn(root)).isEmpty();
  }

  @Test
  void anInterruptEndsAWriteWithoutATrace() throws Exception {
    InputStream interrupting =
        new Reads(
            round -> {
              Thread.currentThread().interrupt();
              return 1000;
            });
    assertThatThrownBy(() -> storage.write(path("file"), interrupting, LONG_AGO, false))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(everythingIn(root)).isEmpty();
  }

  @Test
  void everyCallHeedsAnInterrupt() throws Exception {
    write("file", "text");
    List<Call> calls =
        List.of(
            () -> storage.stat(path("file")),
            () -> storage.list(StoragePath.ROOT),
            () -> storage.read(path("file"), 0).close(),
            () -> write("other", "x"),
            () -> storage.copy(path("file"), path("other")),
            () -> storage.move(path("file"), path("other")),
            () -> storage.makeDirectories(path("other")),
            () -> storage.deleteTree(path("file")));
    for (Call call : calls) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(call::run).isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
    assertThat(everythingIn(root)).containsExactly("file");
  }

  @Test
  void listsByNameWithoutWhatIsNoFile() throws Exception {
    write("d/b", "bb");
    write("d/a", "a");
    write("d/\u00fc \n'\"$(x)\u6f22", "odd");
    Files.createDirectory(root.resolve("d/c"));
    pipe("d/pipe");
    Files.createSymbolicLink(root.resolve("d/escaping"), outside);
    Files.createSymbolicLink(root.resolve("d/dangling"), Path.of("nothing"));
    Files.createSymbolicLink(root.resolve("d/loop"), Path.of("loop"));
    Files.createSymbolicLink(root.resolve("d/up"), root);
    Files.createSymbolicLink(root.resolve("d/inside"), Path.of("b"));
    Files.writeString(
        root.resolve("d/.jobs4j-01234567-89ab-cdef-0123-456789abcdef.part"), "left behind");

    assertThat(storage.list(path("d")))
        .extracting(entry -> entry.path().name(), FileEntry::directory, FileEntry::length)
        .containsExactly(
            tuple("a", false, 1L),
            tuple("b", false, 2L),
            tuple("c", true, 0L),
            tuple("inside", false, 2L),
            tuple("\u00fc \n'\"$(x)\u6f22", false, 3L));
    assertThatThrownBy(() -> storage.list(path("d/a")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageStartingWith("Cannot list \"/d/a\": ");
    assertThatThrownBy(() -> storage.list(path("nothing")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage("Cannot list \"/nothing\": it does not exist.");
  }

  @Test
  void aWalkOverLinksThatGoRoundEnds() throws Exception {
    Files.createDirectories(root.resolve("a"));
    Files.createDirectories(root.resolve("b"));
    Files.createSymbolicLink(root.resolve("a/x"), Path.of("../b"));
    Files.createSymbolicLink(root.resolve("b/y"), Path.of("../a"));
    List<String> found = new ArrayList<>();
    walk(StoragePath.ROOT, found);
    assertThat(found).containsExactly("/a", "/a/x", "/b", "/b/y");
  }

  @Test
  void readsFromAnOffset() throws Exception {
    write("file", "0123456789");
    assertThat(text(storage.read(path("file"), 0))).isEqualTo("0123456789");
    assertThat(text(storage.read(path("file"), 7))).isEqualTo("789");
    assertThat(text(storage.read(path("file"), 10))).isEmpty();
    assertThat(text(storage.read(path("file"), 1_000_000))).isEmpty();
    assertThatThrownBy(() -> storage.read(path("file"), -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> storage.read(path("missing"), 0))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage("Cannot read \"/missing\": it does not exist.");
    assertThatThrownBy(() -> storage.read(StoragePath.ROOT, 0))
        .isInstanceOf(PermanentAdapterException.class);
  }

  @Test
  void followsLinksThatStayInside() throws Exception {
    write("real/file", "text");
    Files.createSymbolicLink(root.resolve("relative"), Path.of("real"));
    Files.createSymbolicLink(root.resolve("absolute"), root.resolve("real"));
    for (String link : List.of("relative", "absolute")) {
      assertThat(text(storage.read(path(link + "/file"), 0))).isEqualTo("text");
      assertThat(storage.list(path(link)))
          .extracting(entry -> entry.path().toString())
          .containsExactly("/" + link + "/file");
      write(link + "/by-" + link, "x");
      assertThat(root.resolve("real/by-" + link)).hasContent("x");
      storage.deleteTree(path(link + "/by-" + link));
    }
    Files.createSymbolicLink(root.resolve("to-file"), Path.of("real/file"));
    write("to-file", "through the link");
    assertThat(root.resolve("to-file")).isSymbolicLink();
    assertThat(root.resolve("real/file")).hasContent("through the link");
  }

  @Test
  void refusesEveryWayOutOfTheRoot() throws Exception {
    write("file", "text");
    Files.createSymbolicLink(root.resolve("out"), outside);
    Files.createSymbolicLink(root.resolve("parent"), Path.of(".."));
    Files.createSymbolicLink(root.resolve("chain"), Path.of("out"));
    Files.createSymbolicLink(root.resolve("secret"), outside.resolve("secret"));
    // A name that begins like the root's is not below the root.
    Files.createSymbolicLink(
        root.resolve("sibling"), Files.createDirectory(temp.resolve("root-2")));

    List<Call> calls =
        List.of(
            () -> storage.stat(path("out")),
            () -> storage.stat(path("out/secret")),
            () -> storage.stat(path("out/not-there")),
            () -> storage.stat(path("secret")),
            () -> storage.stat(path("sibling")),
            () -> storage.list(path("out")),
            () -> storage.list(path("parent")),
            () -> storage.list(path("parent/root")),
            () -> storage.read(path("secret"), 0).close(),
            () -> storage.read(path("chain/secret"), 0).close(),
            () -> write("out/new", "x"),
            () -> write("secret", "x"),
            () -> write("out/a/b/c", "x"),
            () -> storage.makeDirectories(path("out/new")),
            () -> storage.makeDirectories(path("out")),
            () -> storage.deleteTree(path("out/secret")),
            () -> storage.deleteTree(path("parent/outside")),
            () -> storage.move(path("file"), path("out/file")),
            () -> storage.move(path("out/secret"), path("stolen")),
            () -> storage.move(path("secret"), path("stolen")),
            () -> storage.copy(path("file"), path("out/file")),
            () -> storage.copy(path("out/secret"), path("stolen")));
    for (int i = 0; i < calls.size(); i++) {
      assertThatThrownBy(calls.get(i)::run)
          .as("call %s", i)
          .isInstanceOf(PermanentAdapterException.class)
          .hasMessageContaining("is refused: the symbolic link")
          .hasMessageContaining("leads out of the storage");
    }
    assertThat(everythingIn(outside)).containsExactly("secret");
    assertThat(outside.resolve("secret")).hasContent("secret");
    assertThat(root.resolve("stolen")).doesNotExist();
  }

  @Test
  void deletesTreesWithoutFollowingLinks() throws Exception {
    write("tree/a/b/c", "x");
    write("tree/\u00fc/\n", "x");
    write("kept", "x");
    pipe("tree/pipe");
    Files.createSymbolicLink(root.resolve("tree/out"), outside);
    Files.createSymbolicLink(root.resolve("tree/a/kept"), root.resolve("kept"));
    Files.createSymbolicLink(root.resolve("tree/loop"), Path.of("."));
    Files.writeString(
        root.resolve("tree/.jobs4j-01234567-89ab-cdef-0123-456789abcdef.part"), "left behind");

    storage.deleteTree(path("tree"));
    assertThat(everythingIn(root)).containsExactly("kept");
    assertThat(outside.resolve("secret")).hasContent("secret");

    Files.createSymbolicLink(root.resolve("out"), outside);
    storage.deleteTree(path("out"));
    storage.deleteTree(path("not-there"));
    storage.deleteTree(path("not-there/either"));
    storage.deleteTree(path("kept/either"));
    storage.deleteTree(path("kept"));
    assertThat(everythingIn(root)).isEmpty();
    assertThat(outside.resolve("secret")).hasContent("secret");
    assertThatThrownBy(() -> storage.deleteTree(StoragePath.ROOT))
        .isInstanceOf(PermanentAdapterException.class);
  }

  @Test
  void movesToWhereNothingIs() throws Exception {
    write("a/file", "text");
    storage.move(path("a"), path("new/place"));
    assertThat(root.resolve("new/place/file")).hasContent("text");
    assertThat(root.resolve("a")).doesNotExist();

    write("other", "x");
    assertThatThrownBy(() -> storage.move(path("other"), path("new/place/file")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage("Cannot move \"/other\": \"/new/place/file\" is there already.");
    assertThatThrownBy(() -> storage.move(path("new"), path("new/place/deeper")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("is inside it");
    assertThatThrownBy(() -> storage.move(path("missing"), path("x")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage("Cannot move \"/missing\": it does not exist.");
    assertThatThrownBy(() -> storage.move(StoragePath.ROOT, path("x")))
        .isInstanceOf(PermanentAdapterException.class);
  }

  @Test
  void copiesContentTimeAndMode() throws Exception {
    byte[] large = new byte[3_000_001];
    Arrays.fill(large, (byte) 7);
    storage.write(path("large"), new ByteArrayInputStream(large), LONG_AGO, true);
    assertThat(storage.copy(path("large"), path("to/copy"))).isEqualTo(large.length);
    assertThat(root.resolve("to/copy")).hasBinaryContent(large);
    assertThat(storage.stat(path("to/copy")))
        .contains(new FileEntry(path("to/copy"), false, large.length, LONG_AGO, true));
    assertThat(storage.copy(path("large"), path("large"))).isEqualTo(large.length);
    assertThat(root.resolve("large")).hasBinaryContent(large);

    assertThatThrownBy(() -> storage.copy(path("to"), path("x")))
        .isInstanceOf(PermanentAdapterException.class);
    assertThatThrownBy(() -> storage.copy(path("missing"), path("x")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage("Cannot copy \"/missing\": it does not exist.");
    assertThat(names(StoragePath.ROOT)).containsExactly("large", "to");
  }

  @Test
  void executableFilesAreSoForWhoeverMayReadThem() throws Exception {
    storage.write(path("x"), content("x"), LONG_AGO, true);
    storage.write(path("y"), content("y"), LONG_AGO, false);
    String plain = PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("y")));
    String executable =
        PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("x")));
    StringBuilder expected = new StringBuilder(plain);
    for (int i = 0; i < 9; i += 3) {
      if (i == 0 || plain.charAt(i) == 'r') {
        expected.setCharAt(i + 2, 'x');
      }
    }
    assertThat(executable).isEqualTo(expected.toString());
  }

  @Test
  void writersAtTheSameTimeLeaveTheWholeFileOfOne() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String line = "writer " + i + "\n";
        writers.add(
            pool.submit(
                () -> {
                  for (int n = 0; n < 20; n++) {
                    write("d/file", line.repeat(10_000));
                  }
                  return null;
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      pool.shutdownNow();
    }
    List<String> lines = Files.readAllLines(root.resolve("d/file"));
    assertThat(lines).hasSize(10_000).containsOnly(lines.get(0));
    assertThat(everythingIn(root.resolve("d"))).containsExactly("file");
  }

  @Test
  void namesThatAreNoUnicodeAreRefused() {
    assertThatThrownBy(() -> write("lone \ud800 surrogate", "x"))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("File name")
        .hasMessageContaining("UTF-8");
  }

  @Test
  void syncsFilesThatAreThereAndInside() throws Exception {
    Files.createDirectories(root.resolve("a/b"));
    Files.writeString(root.resolve("a/b/file"), "content");
    Files.createSymbolicLink(root.resolve("leak"), outside.resolve("secret"));
    storage.sync(List.of(path("a/b/file")));
    assertThatThrownBy(() -> storage.sync(List.of(path("a/missing"))))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("a/missing");
    assertThatThrownBy(() -> storage.sync(List.of(path("leak"))))
        .isInstanceOf(PermanentAdapterException.class);
  }

  @Test
  void deletesDeepTrees() throws Exception {
    storage.makeDirectories(path("deep" + "/d".repeat(300)));
    storage.deleteTree(path("deep"));
    assertThat(everythingIn(root)).isEmpty();
  }

  private void walk(StoragePath directory, List<String> found) throws InterruptedException {
    for (FileEntry entry : storage.list(directory)) {
      found.add(entry.path().toString());
      if (entry.directory()) {
        walk(entry.path(), found);
      }
    }
  }

  private List<String> names(StoragePath directory) throws InterruptedException {
    return storage.list(directory).stream().map(entry -> entry.path().name()).toList();
  }

  private static List<String> everythingIn(Path directory) throws IOException {
    try (var children = Files.list(directory)) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    }
  }

  private void write(String file, String text) throws InterruptedException {
    storage.write(path(file), content(text), LONG_AGO, false);
  }

  private void pipe(String name) throws Exception {
    Process process = new ProcessBuilder("mkfifo", root.resolve(name).toString()).start();
    assertThat(process.waitFor()).isZero();
  }

  private static InputStream content(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(InputStream stream) throws IOException {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static StoragePath path(String path) {
    return StoragePath.parse(path);
  }

  /** A stream whose reads do what a test wants. */
  private static final class Reads extends InputStream {
    private final Read next;
    private int round;

    Reads(Read next) {
      this.next = next;
    }

    @Override
    public int read() {
      throw new AssertionError("a byte at a time is too slow");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return Math.min(length, next.count(round++));
    }
  }

  private interface Read {
    int count(int round) throws IOException;
  }

  private interface Call {
    void run() throws Exception;
  }
}
