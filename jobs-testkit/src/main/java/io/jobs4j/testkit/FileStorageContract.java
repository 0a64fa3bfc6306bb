package io.jobs4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorage.Capability;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.Omission;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TemporaryFile;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link FileStorage} has to keep to. The test of a storage extends this class and says
 * how one is opened:
 *
 * <pre>{@code
 * class MyStorageContractTest extends FileStorageContract {
 *   @Override
 *   protected FileStorage open(Path root, String markerFile) {
 *     return new MyStorage("localhost", root, markerFile);
 *   }
 * }
 * }</pre>
 *
 * <p>The files are in directories of this machine, a Linux, where the kit puts what the storage is
 * to find and looks at what it left; so the server of the storage runs here and may do what the
 * tests may. What a storage {@linkplain FileStorage#capabilities() cannot do} is not asked of it.
 * The Java of the test must run in a locale with UTF-8, such as C.UTF-8.
 */
@Timeout(
    value = 5,
    unit = TimeUnit.MINUTES,
    threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // ends also what heeds no interrupt
public abstract class FileStorageContract {
  private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");
  private static final Duration MICROS = Duration.ofNanos(5_000);
  private static final String ODD = "\u00fc \n'\"$(x)\u6f22";

  @TempDir private Path temp;
  private Path root;
  private Path outside;
  private FileStorage storage;
  private ServerFiles server = new ServerFiles();

  /** For subclasses. */
  protected FileStorageContract() {}

  /**
   * A new storage with this root, which need not be a directory or exist. The kit closes it.
   *
   * @param markerFile a path below the root of what is there if its file system is mounted; {@code
   *     null} for none
   * @throws TransientAdapterException if the root is no directory and the storage finds that out
   *     now, and not with the first call
   */
  protected abstract FileStorage open(Path rootDirectory, @Nullable String markerFile);

  /** Whether times have fractions of seconds, to a microsecond. By default they do. */
  protected boolean keepsFractionsOfSeconds() {
    return true;
  }

  /** The files of the server. By default they are those of this machine. */
  protected ServerFiles server() {
    return new ServerFiles();
  }

  @BeforeEach
  final void prepare() throws IOException {
    server = server();
    root = server.createDirectory(temp.resolve("root"));
    outside = server.createDirectory(temp.resolve("outside"));
    server.writeString(outside.resolve("secret"), "secret");
    storage = open(root, null);
  }

  @AfterEach
  final void cleanUp() {
    storage.close();
  }

  @Test
  void aRootThatIsNotThereCanComeBack() throws Exception {
    Path missing = temp.resolve("missing");
    for (Path none : List.of(missing, outside.resolve("secret"))) {
      TransientAdapterException refusal =
          assertThrows(
              TransientAdapterException.class,
              () -> {
                try (FileStorage opened = open(none, null)) {
                  opened.stat(path("a"));
                }
              });
      assertEquals(RecoveryCondition.SYSTEM_NOT_AVAILABLE, refusal.condition());
      assertNames(refusal, none.toString());
    }

    Path away = server.move(root, temp.resolve("away"));
    assertThrows(TransientAdapterException.class, () -> storage.stat(path("a")));
    if (can(Capability.WRITE)) {
      assertThrows(TransientAdapterException.class, () -> write("a", "text"));
      assertThrows(TransientAdapterException.class, () -> storage.makeDirectories(path("a")));
    }
    assertFalse(server.exists(root));
    server.move(away, root);
    assertEquals(Optional.empty(), storage.stat(path("a")));
  }

  @Test
  void aRootWithoutItsMarkerIsNotMounted() throws Exception {
    server.createDirectory(root.resolve("etc"));
    server.createFile(root.resolve("etc/.mounted"));
    put("file", "text");
    Path away = temp.resolve("away");
    try (FileStorage marked = open(root, "/etc/.mounted")) {
      assertTrue(marked.stat(path("file")).isPresent());
      server.move(root, away);
      // What is below a mount point shows when nothing is mounted, locked up as it should be or
      // not.
      server.createDirectory(root);
      List<String> bare = everythingIn(root);
      for (String mode : List.of("rwxr-xr-x", "---------")) {
        server.setPosixFilePermissions(root, PosixFilePermissions.fromString(mode));
        assertNotMounted(marked, "file");
        try (FileStorage late = open(root, "etc/.mounted")) {
          assertNotMounted(late, "file");
        } catch (TransientAdapterException e) {
          assertNames(e, root.toString()); // it may refuse to open
        }
      }
      server.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
      assertEquals(bare, everythingIn(root));

      server.delete(root);
      server.move(away, root);
      assertTrue(marked.stat(path("file")).isPresent());
      assertEquals(Optional.empty(), marked.stat(path("absent")));
      if (can(Capability.WRITE)) {
        marked.write(path("new/file"), content("x"), LONG_AGO, false);
        assertEquals("x", server.readString(root.resolve("new/file")));
      }
    }
  }

  private void assertNotMounted(FileStorage marked, String file) {
    List<Call> calls =
        new ArrayList<>(
            List.of(
                () -> marked.stat(StoragePath.ROOT),
                () -> marked.stat(path(file)),
                () -> marked.list(StoragePath.ROOT),
                () -> marked.list(path("directory")),
                () -> marked.read(path(file), 0).close()));
    if (can(Capability.WRITE)) {
      calls.add(() -> marked.write(path("a/b"), content("x"), LONG_AGO, false));
      calls.add(() -> marked.makeDirectories(path("a")));
      calls.add(() -> marked.deleteTree(path(file)));
      calls.add(() -> marked.copy(path(file), path("a/b")));
      calls.add(() -> marked.sync(List.of(path(file))));
    }
    if (can(Capability.MOVE)) {
      calls.add(() -> marked.move(path(file), path("a/b")));
    }
    for (int i = 0; i < calls.size(); i++) {
      TransientAdapterException refusal =
          assertThrows(TransientAdapterException.class, calls.get(i)::run, "call " + i);
      assertEquals(RecoveryCondition.SYSTEM_NOT_AVAILABLE, refusal.condition());
      assertNames(refusal, root.toString());
      assertNames(refusal, root + "/etc/.mounted");
    }
  }

  @Test
  void hostPathsAreBelowTheRootAsItWasGiven() throws Exception {
    put("a b/c", "text");
    Path link = server.createSymbolicLink(temp.resolve("link"), root);
    try (FileStorage linked = open(link, null)) {
      assertEquals(link + "/a b/c", linked.hostPath(path("a b/c")));
      assertEquals(link.toString(), linked.hostPath(StoragePath.ROOT));
      assertEquals("text", text(linked.read(path("a b/c"), 0)));
      assertEquals(1, linked.list(StoragePath.ROOT).size());
    }
  }

  @Test
  void tellsWhatIsThere() throws Exception {
    put("a/file", "text");
    server.setLastModifiedTime(root.resolve("a/file"), FileTime.from(LONG_AGO));

    assertEquals(Optional.of(entry("a/file", 4, LONG_AGO, false)), storage.stat(path("a/file")));
    assertTrue(storage.stat(path("a")).orElseThrow().directory());
    assertTrue(storage.stat(StoragePath.ROOT).orElseThrow().directory());
    assertEquals(Optional.empty(), storage.stat(path("a/none")));
    assertEquals(Optional.empty(), storage.stat(path("a/file/below")));
  }

  @Test
  void writesWholeFilesWithTimeAndModeAndMakesTheirDirectories() throws Exception {
    needs(Capability.WRITE);
    Instant fraction = LONG_AGO.plus(MICROS);
    storage.write(path("a/b/run.sh"), content("echo"), LONG_AGO, true);
    storage.write(path("a/b/data"), content(""), fraction, false);

    assertEquals("echo", server.readString(root.resolve("a/b/run.sh")));
    FileEntry script = storage.stat(path("a/b/run.sh")).orElseThrow();
    FileEntry data = storage.stat(path("a/b/data")).orElseThrow();
    assertEquals(4, script.length());
    assertTrue(script.executable());
    assertEquals(0, data.length());
    assertFalse(data.executable());
    if (can(Capability.KEEP_MODIFIED_TIME)) {
      assertEquals(LONG_AGO, script.modified());
      assertEquals(keepsFractionsOfSeconds() ? fraction : LONG_AGO, data.modified());
    }
    assertTrue(storage.stat(path("a/b")).orElseThrow().directory());
  }

  @Test
  void aFileShowsOnlyWhenComplete() throws Exception {
    needs(Capability.WRITE, Capability.ATOMIC_WRITE);
    put("d/old", "before");
    List<Object> seen = new ArrayList<>();
    for (String name : List.of("old", "new")) {
      InputStream looking =
          new Reads(
              round -> {
                try {
                  seen.add(names("d"));
                  seen.add(storage.stat(path("d/" + name)).map(FileEntry::length).orElse(-1L));
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
                return round < 3 ? 100_000 : -1;
              });
      storage.write(path("d/" + name), looking, LONG_AGO, false);
      assertEquals(
          server.size(root.resolve("d/" + name)),
          storage.stat(path("d/" + name)).orElseThrow().length());
    }

    for (int i = 0; i < seen.size(); i += 2) {
      assertEquals(List.of("old"), seen.get(i));
    }
    assertEquals(6L, seen.get(1));
    assertEquals(-1L, seen.get(seen.size() - 1));
    assertEquals(List.of("new", "old"), names("d"));
  }

  @Test
  void largeContentArrivesWhole() throws Exception {
    byte[] large = new byte[10_000_019];
    new Random(1).nextBytes(large);
    if (can(Capability.WRITE)) {
      storage.write(path("large"), new ByteArrayInputStream(large), LONG_AGO, false);
      assertArrayEquals(large, server.readAllBytes(root.resolve("large")));
    } else {
      server.write(root.resolve("large"), large);
    }
    try (InputStream stream = storage.read(path("large"), 0)) {
      assertArrayEquals(large, stream.readAllBytes());
    }
    try (InputStream stream = storage.read(path("large"), 5_000_003)) {
      assertArrayEquals(Arrays.copyOfRange(large, 5_000_003, large.length), stream.readAllBytes());
    }
  }

  @Test
  void manyFilesAreReadAndWrittenAtOnce() throws Exception {
    needs(Capability.WRITE);
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<byte[]>> read = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        byte[] bytes = new byte[500_000 + i];
        Arrays.fill(bytes, (byte) i);
        String name = "file-" + i;
        read.add(
            threads.submit(
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
        byte[] expected = new byte[500_000 + i];
        Arrays.fill(expected, (byte) i);
        assertArrayEquals(expected, read.get(i).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void writesInPlaceOfAFileAndOfALinkThatLeadsNowhere() throws Exception {
    needs(Capability.WRITE);
    write("file", "before, and longer");
    write("file", "after");
    assertEquals("after", server.readString(root.resolve("file")));

    server.createSymbolicLink(root.resolve("dangling"), outside.resolve("nothing"));
    write("dangling", "text");
    assertEquals("text", server.readString(root.resolve("dangling")));
    assertFalse(server.isSymbolicLink(root.resolve("dangling")));
    assertFalse(server.exists(outside.resolve("nothing")));
  }

  @Test
  void refusesToWriteWhereAFileCannotBe() throws Exception {
    needs(Capability.WRITE);
    server.createDirectory(root.resolve("directory"));
    put("file", "text");
    pipe("pipe");

    for (String name : List.of("directory", "file/below", "pipe", "n".repeat(256))) {
      assertNames(
          assertThrows(PermanentAdapterException.class, () -> write(name, "x")), "\"/" + name);
    }
    assertThrows(PermanentAdapterException.class, () -> storage.makeDirectories(path("file")));
    assertThrows(PermanentAdapterException.class, () -> storage.read(path("pipe"), 0));
    assertEquals(List.of("directory", "file"), names("/"));
    assertEquals("text", server.readString(root.resolve("file")));
  }

  @Test
  void leavesTheOldFileAndNothingElseIfTheContentBreaksOff() throws Exception {
    needs(Capability.WRITE, Capability.ATOMIC_WRITE);
    write("d/file", "before");
    InputStream broken =
        new Reads(
            round -> {
              if (round == 3) {
                throw new IOException("connection reset");
              }
              return 1000;
            });

    TransientAdapterException failure =
        assertThrows(
            TransientAdapterException.class,
            () -> storage.write(path("d/file"), broken, LONG_AGO, false));

    assertEquals(RecoveryCondition.TRANSMISSION_FAILURE, failure.condition());
    assertNames(failure, "/d/file");
    assertNames(failure, "connection reset");
    assertEquals("before", server.readString(root.resolve("d/file")));
    assertEquals(List.of("file"), everythingIn(root.resolve("d")));
  }

  @Test
  void anExceptionOfTheContentPassesThrough() throws Exception {
    needs(Capability.WRITE);
    IllegalStateException mine = new IllegalStateException("mine");
    InputStream failing =
        new Reads(
            round -> {
              throw mine;
            });

    assertSame(
        mine,
        assertThrows(
            IllegalStateException.class,
            () -> storage.write(path("file"), failing, LONG_AGO, false)));
    assertEquals(List.of(), everythingIn(root));
  }

  @Test
  void anInterruptEndsAWriteWithoutATrace() throws Exception {
    needs(Capability.WRITE);
    InputStream interrupting =
        new Reads(
            round -> {
              Thread.currentThread().interrupt();
              return 1000;
            });

    assertThrows(
        InterruptedException.class,
        () -> storage.write(path("file"), interrupting, LONG_AGO, false));
    assertFalse(Thread.currentThread().isInterrupted());
    assertEquals(List.of(), everythingIn(root));
  }

  @Test
  void interruptsOfSeveralWritersAndReadersLeaveNothingBehind() throws Exception {
    needs(Capability.WRITE, Capability.ATOMIC_WRITE);
    Random random = new Random(1);
    for (int round = 0; round < 100; round++) {
      List<Throwable> wrong = Collections.synchronizedList(new ArrayList<>());
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String name = "d/" + round + "-" + i + "-";
        Thread writer = new Thread(() -> workUntilInterrupted(name), "writer " + i);
        writer.setUncaughtExceptionHandler((thread, error) -> wrong.add(error));
        writers.add(writer);
      }
      writers.forEach(Thread::start);
      LockSupport.parkNanos(random.nextInt(20_000_000));
      while (writers.stream().anyMatch(Thread::isAlive)) {
        writers.forEach(Thread::interrupt);
        writers.get(random.nextInt(writers.size())).join(1);
      }

      assertEquals(List.of(), wrong);
      if (server.exists(root.resolve("d"))) {
        assertEquals(
            List.of(),
            everythingIn(root.resolve("d")).stream().filter(TemporaryFile::isOne).toList(),
            "round " + round);
      }
    }
  }

  private void workUntilInterrupted(String name) {
    try {
      for (int i = 0; ; i++) {
        write(name + i, "text");
        try (InputStream content = storage.read(path(name + i), 0)) {
          assertEquals("text", new String(content.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      if (!(e instanceof InterruptedIOException) && !Thread.interrupted()) {
        throw new UncheckedIOException(e);
      }
    } catch (InterruptedException e) {
      // As it should be.
    }
  }

  @Test
  void everyCallHeedsAnInterrupt() throws Exception {
    put("file", "text");
    List<Call> calls =
        new ArrayList<>(
            List.of(
                () -> storage.stat(path("file")),
                () -> storage.list(StoragePath.ROOT),
                () -> storage.read(path("file"), 0).close()));
    if (can(Capability.WRITE)) {
      calls.add(() -> write("other", "x"));
      calls.add(() -> storage.copy(path("file"), path("other")));
      calls.add(() -> storage.makeDirectories(path("other")));
      calls.add(() -> storage.deleteTree(path("file")));
      calls.add(() -> storage.deleteIfEmpty(path("file")));
      calls.add(() -> storage.sync(List.of(path("file"))));
    }
    if (can(Capability.MOVE)) {
      calls.add(() -> storage.move(path("file"), path("other")));
    }
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      Thread.currentThread().interrupt();
      try {
        assertThrows(InterruptedException.class, call::run, "call " + i);
      } finally {
        assertFalse(Thread.interrupted(), "call " + i + " leaves the flag up");
      }
    }
    assertEquals(List.of("file"), everythingIn(root));
  }

  @Test
  void listsByNameWithoutWhatIsNoFile() throws Exception {
    put("d/b", "bb");
    put("d/a", "a");
    put("d/" + ODD, "odd");
    server.createDirectory(root.resolve("d/c"));
    pipe("d/pipe");
    server.createSymbolicLink(root.resolve("d/escaping"), outside);
    server.createSymbolicLink(root.resolve("d/dangling"), Path.of("nothing"));
    server.createSymbolicLink(root.resolve("d/loop"), Path.of("loop"));
    server.createSymbolicLink(root.resolve("d/up"), root);
    server.createSymbolicLink(root.resolve("d/inside"), Path.of("b"));

    assertEquals(
        List.of("a 1", "b 2", "c/", "inside 2", ODD + " 3"),
        storage.list(path("d")).stream()
            .map(e -> e.path().name() + (e.directory() ? "/" : " " + e.length()))
            .toList());
    assertEquals(path("d/a"), storage.list(path("d")).get(0).path());
    assertNames(
        assertThrows(PermanentAdapterException.class, () -> storage.list(path("d/a"))), "/d/a");
    assertNames(
        assertThrows(PermanentAdapterException.class, () -> storage.list(path("nothing"))),
        "/nothing");
  }

  @Test
  void aWalkOverLinksThatGoRoundEnds() throws Exception {
    server.createDirectories(root.resolve("a"));
    server.createDirectories(root.resolve("b"));
    server.createSymbolicLink(root.resolve("a/x"), Path.of("../b"));
    server.createSymbolicLink(root.resolve("b/y"), Path.of("../a"));
    List<String> found = new ArrayList<>();

    walk(StoragePath.ROOT, found);

    assertEquals(List.of("/a", "/a/x", "/b", "/b/y"), found);
  }

  @Test
  void readsFromAnOffset() throws Exception {
    put("file", "0123456789");

    assertEquals("0123456789", text(storage.read(path("file"), 0)));
    assertEquals("789", text(storage.read(path("file"), 7)));
    assertEquals("", text(storage.read(path("file"), 10)));
    assertEquals("", text(storage.read(path("file"), 1_000_000)));
    assertThrows(IllegalArgumentException.class, () -> storage.read(path("file"), -1));
    assertNames(
        assertThrows(PermanentAdapterException.class, () -> storage.read(path("missing"), 0)),
        "/missing");
    assertThrows(PermanentAdapterException.class, () -> storage.read(StoragePath.ROOT, 0));
  }

  @Test
  void followsLinksThatStayInside() throws Exception {
    put("real/file", "text");
    server.createSymbolicLink(root.resolve("relative"), Path.of("real"));
    server.createSymbolicLink(root.resolve("absolute"), root.resolve("real"));
    server.createSymbolicLink(root.resolve("to-file"), Path.of("real/file"));
    for (String link : List.of("relative", "absolute")) {
      assertEquals("text", text(storage.read(path(link + "/file"), 0)));
      assertEquals(List.of(path(link + "/file")), paths(link));
    }
    assertEquals("text", text(storage.read(path("to-file"), 0)));

    if (can(Capability.WRITE)) {
      for (String link : List.of("relative", "absolute")) {
        write(link + "/by-" + link, "x");
        assertEquals("x", server.readString(root.resolve("real/by-" + link)));
        storage.deleteTree(path(link + "/by-" + link));
        assertFalse(server.exists(root.resolve("real/by-" + link)));
      }
      write("to-file", "through the link");
      assertTrue(server.isSymbolicLink(root.resolve("to-file")));
      assertEquals("through the link", server.readString(root.resolve("real/file")));
    }
  }

  @Test
  void refusesEveryWayOutOfTheRoot() throws Exception {
    put("file", "text");
    server.createSymbolicLink(root.resolve("out"), outside);
    server.createSymbolicLink(root.resolve("parent"), Path.of(".."));
    server.createSymbolicLink(root.resolve("chain"), Path.of("out"));
    server.createSymbolicLink(root.resolve("secret"), outside.resolve("secret"));
    // A name that begins like the root's is not below the root.
    server.createSymbolicLink(
        root.resolve("sibling"), server.createDirectory(temp.resolve("root-2")));
    List<Call> calls =
        new ArrayList<>(
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
                () -> storage.read(path("chain/secret"), 0).close()));
    if (can(Capability.WRITE)) {
      calls.addAll(
          List.of(
              () -> write("out/new", "x"),
              () -> write("secret", "x"),
              () -> write("out/a/b/c", "x"),
              () -> storage.makeDirectories(path("out/new")),
              () -> storage.makeDirectories(path("out")),
              () -> storage.deleteTree(path("out/secret")),
              () -> storage.deleteTree(path("parent/outside")),
              () -> storage.copy(path("file"), path("out/file")),
              () -> storage.copy(path("out/secret"), path("stolen")),
              () -> storage.sync(List.of(path("secret")))));
    }
    if (can(Capability.MOVE)) {
      calls.addAll(
          List.of(
              () -> storage.move(path("file"), path("out/file")),
              () -> storage.move(path("out/secret"), path("stolen")),
              () -> storage.move(path("secret"), path("stolen"))));
    }

    for (int i = 0; i < calls.size(); i++) {
      assertThrows(PermanentAdapterException.class, calls.get(i)::run, "call " + i);
    }
    assertEquals(List.of("secret"), everythingIn(outside));
    assertEquals("secret", server.readString(outside.resolve("secret")));
    assertFalse(server.exists(root.resolve("stolen")));
  }

  @Test
  void deletesTreesWithoutFollowingLinks() throws Exception {
    needs(Capability.WRITE);
    put("tree/a/b/c", "x");
    put("tree/\u00fc/\n", "x");
    put("kept", "x");
    pipe("tree/pipe");
    server.createSymbolicLink(root.resolve("tree/out"), outside);
    server.createSymbolicLink(root.resolve("tree/a/kept"), root.resolve("kept"));
    server.createSymbolicLink(root.resolve("tree/loop"), Path.of("."));

    storage.deleteTree(path("tree"));

    assertEquals(List.of("kept"), everythingIn(root));
    server.createSymbolicLink(root.resolve("out"), outside);
    storage.deleteTree(path("out"));
    storage.deleteTree(path("not-there"));
    storage.deleteTree(path("not-there/either"));
    storage.deleteTree(path("kept/either"));
    storage.deleteTree(path("kept"));
    assertEquals(List.of(), everythingIn(root));
    assertEquals("secret", server.readString(outside.resolve("secret")));
    assertThrows(PermanentAdapterException.class, () -> storage.deleteTree(StoragePath.ROOT));
  }

  @Test
  void makesAndDeletesDeepTrees() throws Exception {
    needs(Capability.WRITE);
    StoragePath deep = path("deep" + "/d".repeat(300));
    storage.makeDirectories(deep);
    storage.makeDirectories(deep);
    assertTrue(storage.stat(deep).orElseThrow().directory());

    storage.deleteTree(path("deep"));

    assertEquals(List.of(), everythingIn(root));
  }

  @Test
  void movesToWhereNothingIs() throws Exception {
    needs(Capability.MOVE);
    put("a/file", "text");
    storage.move(path("a"), path("new/place"));
    assertEquals("text", server.readString(root.resolve("new/place/file")));
    assertFalse(server.exists(root.resolve("a")));

    put("other", "x");
    assertNames(
        assertThrows(
            PermanentAdapterException.class,
            () -> storage.move(path("other"), path("new/place/file"))),
        "/new/place/file");
    assertEquals("text", server.readString(root.resolve("new/place/file")));
    assertThrows(
        PermanentAdapterException.class, () -> storage.move(path("new"), path("new/place/deeper")));
    assertNames(
        assertThrows(
            PermanentAdapterException.class, () -> storage.move(path("missing"), path("x"))),
        "/missing");
    assertThrows(PermanentAdapterException.class, () -> storage.move(StoragePath.ROOT, path("x")));
    assertEquals(List.of("new", "other"), everythingIn(root));
  }

  @Test
  void copiesContentTimeAndMode() throws Exception {
    needs(Capability.WRITE);
    byte[] large = new byte[3_000_001];
    Arrays.fill(large, (byte) 7);
    storage.write(path("large"), new ByteArrayInputStream(large), LONG_AGO, true);

    assertEquals(large.length, storage.copy(path("large"), path("to/copy")));

    assertArrayEquals(large, server.readAllBytes(root.resolve("to/copy")));
    FileEntry copy = storage.stat(path("to/copy")).orElseThrow();
    assertTrue(copy.executable());
    if (can(Capability.KEEP_MODIFIED_TIME)) {
      assertEquals(LONG_AGO, copy.modified());
    }
    assertEquals(large.length, storage.copy(path("large"), path("large")));
    assertArrayEquals(large, server.readAllBytes(root.resolve("large")));
    assertThrows(PermanentAdapterException.class, () -> storage.copy(path("to"), path("x")));
    assertNames(
        assertThrows(
            PermanentAdapterException.class, () -> storage.copy(path("missing"), path("x"))),
        "/missing");
    assertEquals(List.of("large", "to"), everythingIn(root));
    assertEquals(List.of("copy"), everythingIn(root.resolve("to")));
  }

  @Test
  void executableFilesAreSoForWhoeverMayReadThem() throws Exception {
    needs(Capability.WRITE);
    storage.write(path("x"), content("x"), LONG_AGO, true);
    storage.write(path("y"), content("y"), LONG_AGO, false);

    StringBuilder expected = new StringBuilder(mode("y"));
    for (int i = 0; i < 9; i += 3) {
      if (i == 0 || expected.charAt(i) == 'r') {
        expected.setCharAt(i + 2, 'x');
      }
    }
    assertEquals(expected.toString(), mode("x"));
  }

  @Test
  void writersAtTheSameTimeLeaveTheWholeFileOfOne() throws Exception {
    needs(Capability.WRITE, Capability.ATOMIC_WRITE);
    write("d/file", "before\n".repeat(10_000));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String line = "writer " + i + "\n";
        writers.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < 20; n++) {
                    write("d/file", line.repeat(10_000));
                  }
                  return null;
                }));
      }
      do {
        assertOfOneWriter(text(storage.read(path("d/file"), 0)));
      } while (!writers.stream().allMatch(Future::isDone));
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertOfOneWriter(server.readString(root.resolve("d/file")));
    assertEquals(List.of("file"), everythingIn(root.resolve("d")));
  }

  private static void assertOfOneWriter(String text) {
    assertEquals(10_000, text.lines().count());
    assertEquals(1, text.lines().distinct().count());
  }

  @Test
  void namesThatAreNoUnicodeAreRefused() {
    needs(Capability.WRITE);
    PermanentAdapterException refusal =
        assertThrows(PermanentAdapterException.class, () -> write("lone \ud800 surrogate", "x"));

    assertNames(refusal, "UTF-8");
  }

  @Test
  void syncsFilesThatAreThere() throws Exception {
    needs(Capability.WRITE);
    put("a/b/file", "content");

    storage.sync(List.of(path("a/b/file")));

    assertNames(
        assertThrows(
            PermanentAdapterException.class, () -> storage.sync(List.of(path("a/missing")))),
        "a/missing");
  }

  @Test
  void doesNotReplaceWhatAppearsMeanwhile() throws Exception {
    needs(Capability.WRITE, Capability.ATOMIC_WRITE);
    put("source", "x".repeat(100_000));
    for (boolean copied : List.of(false, true)) {
      Publication careful =
          new Publication("job-1.2", path("d"), false, () -> putUnchecked("d/file", "theirs"));
      server.createDirectories(root.resolve("d"));
      assertNames(
          assertThrows(
              TargetExistsException.class,
              () -> {
                if (copied) {
                  storage.copy(path("source"), path("d/file"), careful);
                } else {
                  storage.write(path("d/file"), content("mine"), LONG_AGO, false, careful);
                }
              }),
          "/d/file");
      assertEquals("theirs", server.readString(root.resolve("d/file")));
      assertEquals(List.of("file"), everythingIn(root.resolve("d")));

      Publication plain = new Publication("", path("d"), false, () -> {});
      assertThrows(
          TargetExistsException.class,
          () -> storage.write(path("d/file"), content("mine"), LONG_AGO, false, plain));
      storage.write(path("d/sub/new"), content("mine"), LONG_AGO, false, plain);
      assertEquals("mine", server.readString(root.resolve("d/sub/new")));
      storage.deleteTree(path("d"));
    }
  }

  @Test
  void nothingShowsOfWhatIsNotToBePublished() throws Exception {
    needs(Capability.WRITE, Capability.ATOMIC_WRITE);
    put("source", "x".repeat(100_000));
    put("d/file", "before");
    IllegalStateException late = new IllegalStateException("too late");
    Publication refused =
        new Publication(
            "",
            StoragePath.ROOT,
            true,
            () -> {
              throw late;
            });

    assertSame(
        late,
        assertThrows(
            IllegalStateException.class,
            () -> storage.write(path("d/file"), content("after"), LONG_AGO, false, refused)));
    assertSame(
        late,
        assertThrows(
            IllegalStateException.class,
            () -> storage.copy(path("source"), path("d/file"), refused)));

    assertEquals("before", server.readString(root.resolve("d/file")));
    assertEquals(List.of("file"), everythingIn(root.resolve("d")));
  }

  @Test
  void aTemporaryFileThatSomebodyDeletedIsNotPublished() throws Exception {
    needs(Capability.WRITE, Capability.ATOMIC_WRITE);
    put("d/file", "before");
    Publication deleted =
        new Publication("job-1.2", path("d"), true, () -> deleteUnchecked("d", "job-1.2"));

    assertThrows(
        JobsException.class,
        () -> storage.write(path("d/file"), content("after"), LONG_AGO, false, deleted));

    assertEquals("before", server.readString(root.resolve("d/file")));
    assertEquals(List.of("file"), everythingIn(root.resolve("d")));
  }

  @Test
  void temporaryFilesAreFoundByTheirTag() throws Exception {
    needs(Capability.WRITE, Capability.ATOMIC_WRITE);
    server.createDirectory(root.resolve("d"));
    List<Omission> seen = new ArrayList<>();
    Publication looking =
        new Publication(
            "job-1.2",
            path("d"),
            false,
            () -> {
              try {
                seen.addAll(storage.scan(path("d")).omissions());
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    storage.write(path("d/file"), content("text"), LONG_AGO, false, looking);

    assertEquals(1, seen.size());
    assertEquals(Omission.Reason.TEMPORARY, seen.get(0).reason());
    assertEquals(Optional.of("job-1.2"), TemporaryFile.tag(seen.get(0).path().name()));
    assertEquals(List.of(), storage.scan(path("d")).omissions());
    put("d/" + TemporaryFile.name("job-1.1"), "left behind");
    StoragePath left = storage.scan(path("d")).omissions().get(0).path();
    storage.deleteTree(left);
    assertEquals(List.of("file"), everythingIn(root.resolve("d")));
  }

  @Test
  void saysWhatItDoesNotList() throws Exception {
    put("d/file", "x");
    pipe("d/pipe");
    put("d/" + TemporaryFile.name(""), "x");
    server.createSymbolicLink(root.resolve("d/escaping"), outside);
    server.createSymbolicLink(root.resolve("d/dangling"), Path.of("nothing"));
    server.createSymbolicLink(root.resolve("d/loop"), Path.of("loop"));
    server.createSymbolicLink(root.resolve("d/up"), root);
    server.createSymbolicLink(root.resolve("d/to-pipe"), Path.of("pipe"));

    Listing listing = storage.scan(path("d"));

    assertEquals(storage.list(path("d")), listing.entries());
    assertEquals(
        List.of(
            "dangling LINK_NOWHERE",
            "escaping LINK_OUT",
            "loop LINK_NOWHERE",
            "pipe SPECIAL",
            "to-pipe SPECIAL",
            "up LINK_BACK"),
        listing.omissions().stream()
            .filter(omission -> omission.reason() != Omission.Reason.TEMPORARY)
            .map(omission -> omission.path().relativeTo(path("d")) + " " + omission.reason())
            .sorted()
            .toList());
    assertEquals(7, listing.omissions().size());
  }

  @Test
  void makesDirectoriesOnlyWithinOneThatIsThere() throws Exception {
    needs(Capability.WRITE);
    put("d/file", "x");
    Publication within = new Publication("", path("gone"), true, () -> {});

    for (String base : List.of("gone", "gone/deeper", "d/file")) {
      assertNames(
          assertThrows(
              PermanentAdapterException.class,
              () -> storage.makeDirectories(path(base + "/a/b"), path(base))),
          base);
    }
    assertThrows(
        PermanentAdapterException.class,
        () -> storage.write(path("gone/file"), content("x"), LONG_AGO, false, within));
    put("source", "x".repeat(100_000));
    assertThrows(
        PermanentAdapterException.class,
        () -> storage.copy(path("source"), path("gone/a/file"), within));
    assertEquals(List.of("d", "source"), everythingIn(root));

    storage.makeDirectories(path("d/a/b"), path("d"));
    assertTrue(server.isDirectory(root.resolve("d/a/b")));
  }

  @Test
  void deletesADirectoryOnlyIfItIsEmpty() throws Exception {
    needs(Capability.WRITE);
    server.createDirectories(root.resolve("empty/too"));
    put("full/file", "x");
    server.createSymbolicLink(root.resolve("link"), Path.of("empty/too"));

    assertFalse(storage.deleteIfEmpty(path("empty")));
    assertFalse(storage.deleteIfEmpty(path("full")));
    assertFalse(storage.deleteIfEmpty(path("full/file")));
    assertFalse(storage.deleteIfEmpty(path("link")));
    assertFalse(storage.deleteIfEmpty(path("nothing/here")));
    assertEquals(List.of("empty", "full", "link"), everythingIn(root));
    assertEquals(List.of("file"), everythingIn(root.resolve("full")));

    assertTrue(storage.deleteIfEmpty(path("empty/too")));
    assertTrue(storage.deleteIfEmpty(path("empty")));
    assertEquals(List.of("full", "link"), everythingIn(root));
  }

  private boolean can(Capability capability) {
    return storage.capabilities().contains(capability);
  }

  private void needs(Capability... capabilities) {
    for (Capability capability : capabilities) {
      assumeTrue(can(capability), "the storage cannot do this: " + capability);
    }
  }

  private void walk(StoragePath directory, List<String> found) throws InterruptedException {
    for (FileEntry entry : storage.list(directory)) {
      found.add(entry.path().toString());
      if (entry.directory()) {
        walk(entry.path(), found);
      }
    }
  }

  private List<StoragePath> paths(String directory) throws InterruptedException {
    return storage.list(path(directory)).stream().map(FileEntry::path).toList();
  }

  private List<String> names(String directory) throws InterruptedException {
    return paths(directory).stream().map(StoragePath::name).toList();
  }

  private String mode(String file) throws IOException {
    return PosixFilePermissions.toString(server.getPosixFilePermissions(root.resolve(file)));
  }

  private void write(String file, String text) throws InterruptedException {
    storage.write(path(file), content(text), LONG_AGO, false);
  }

  /** Beside the storage. */
  private void put(String file, String text) throws IOException {
    Path target = root.resolve(file);
    server.createDirectories(target.resolve("..").normalize());
    server.writeString(target, text);
  }

  private void putUnchecked(String file, String text) {
    try {
      put(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes the temporary files with this tag, beside the storage. */
  private void deleteUnchecked(String directory, String tag) {
    try {
      for (String name : everythingIn(root.resolve(directory))) {
        if (TemporaryFile.tag(name).equals(Optional.of(tag))) {
          server.delete(root.resolve(directory).resolve(name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pipe(String name) throws IOException, InterruptedException {
    server.pipe(root.resolve(name));
  }

  private List<String> everythingIn(Path directory) throws IOException {
    return server.list(directory).stream()
        .map(child -> child.getFileName().toString())
        .sorted()
        .toList();
  }

  private static FileEntry entry(String path, long length, Instant time, boolean executable) {
    return new FileEntry(path(path), false, length, time, executable);
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

  private static void assertNames(RuntimeException failure, String what) {
    String message = String.valueOf(failure.getMessage());
    assertTrue(message.contains(what), message);
  }

  /** A stream whose reads do what a test wants. It ends also for who heeds nothing. */
  private static final class Reads extends InputStream {
    private static final int MOST = 10_000;

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
      return round == MOST ? -1 : Math.min(length, next.count(round++));
    }
  }

  private interface Read {
    int count(int round) throws IOException;
  }

  private interface Call {
    void run() throws Exception;
  }
}
