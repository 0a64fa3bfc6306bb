package io.jobs4j.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract of storages does not ask. */
class LocalStorageTest {
  private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");

  @TempDir Path temp;
  private Path root;
  private Path outside;
  private LocalStorage storage;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
    outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    storage = new LocalStorage(root);
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
  void anotherDirectoryWithNothingInItIsTakenForABareMountPoint() throws Exception {
    write("file", "text");
    Path away = Files.move(root, temp.resolve("away"));
    Files.createDirectory(root);

    for (Call call :
        List.<Call>of(
            () -> storage.stat(path("file")),
            () -> storage.list(StoragePath.ROOT),
            () -> write("a/b", "x"),
            () -> storage.makeDirectories(path("a")))) {
      assertThatThrownBy(call::run)
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SYSTEM_NOT_AVAILABLE))
          .hasMessage(
              "The root directory %s of the storage is empty and another one than before, so its"
                  + " file system is taken for not mounted; mount it, or, if it is the right one,"
                  + " put a file into it.",
              root);
    }
    assertThat(root).isEmptyDirectory();

    Files.delete(root);
    Files.move(away, root);
    assertThat(storage.stat(path("file"))).isPresent();
  }

  @Test
  void anotherDirectoryWithFilesIsTakenForTheOneThatWasThere() throws Exception {
    Files.move(root, temp.resolve("away"));
    Files.createDirectory(root);
    Files.writeString(root.resolve("mine"), "x");

    assertThat(storage.stat(path("mine"))).isPresent();
    Files.delete(root.resolve("mine"));
    assertThat(storage.stat(path("mine"))).isEmpty();
  }

  @Test
  void aFileSystemWithoutTimesAndSyncIsUsedWithout() throws Exception {
    Refusing refusing = new Refusing("Operation not permitted");
    try (LocalStorage plain = new LocalStorage(root, null, refusing)) {
      assertThat(plain.capabilities()).contains(FileStorage.Capability.KEEP_MODIFIED_TIME);
      for (String name : List.of("a/one", "a/two")) {
        plain.write(path(name), content("text"), LONG_AGO, true);
        assertThat(root.resolve(name)).hasContent("text").isExecutable();
      }
      assertThat(plain.copy(path("a/one"), path("a/three"))).isEqualTo(4);
      assertThat(plain.capabilities()).doesNotContain(FileStorage.Capability.KEEP_MODIFIED_TIME);
      assertThat(plain.stat(path("a/one")).orElseThrow().modified()).isNotEqualTo(LONG_AGO);
      assertThat(refusing.times).as("not asked again").isEqualTo(1);
      plain.sync(List.of(path("a/one")));
    }
  }

  @Test
  void anErrorOfTheDiskIsNotTakenForAMissingFeature() throws Exception {
    try (LocalStorage failing = new LocalStorage(root, null, new Refusing("Input/output error"))) {
      Files.writeString(root.resolve("there"), "text");
      for (Call call :
          List.<Call>of(
              () -> failing.sync(List.of(path("there"))),
              () -> failing.write(path("new"), content("text"), LONG_AGO, false))) {
        assertThatThrownBy(call::run)
            .isInstanceOfSatisfying(
                TransientAdapterException.class,
                e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.STORAGE_NOT_WRITABLE))
            .hasMessageEndingWith(": Input/output error.");
      }
      assertThat(root.resolve("new")).doesNotExist();
    }
  }

  /** A file system that can do nothing but keep names and contents. */
  private static final class Refusing implements SystemCalls {
    private final String reason;
    private int times;

    Refusing(String reason) {
      this.reason = reason;
    }

    @Override
    public void setModified(Path file, Instant time) throws IOException {
      times++;
      throw new FileSystemException(file.toString(), null, reason);
    }

    @Override
    public void force(FileChannel channel) throws IOException {
      throw new IOException(reason);
    }
  }

  @Test
  void isFoundByItsProtocol() {
    FileStorageProvider provider =
        ServiceLoader.load(FileStorageProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(candidate -> candidate.protocols().contains("LOCAL"))
            .findFirst()
            .orElseThrow();
    try (FileStorage found =
        provider.open(new StorageAccess("LOCAL", null, 0, root.toString(), "/"))) {
      assertThat(found.hostPath(path("a/b"))).isEqualTo(root + "/a/b");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"data", "", "./x"})
  void aRootMustBeAbsolute(String rootDir) {
    assertThatThrownBy(
            () ->
                new LocalStorageProvider().open(new StorageAccess("LOCAL", null, 0, rootDir, "/")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("rootDir \"" + rootDir + "\"")
        .hasMessageContaining("absolute");
  }

  @Test
  void canHoldWhatTheHostRootHolds() throws Exception {
    LocalStorage all = new LocalStorage(Path.of("/"));

    assertThat(all.list(StoragePath.ROOT)).isNotEmpty();
    assertThat(all.hostPath(path("etc"))).isEqualTo("/etc");
    assertThat(all.hostPath(StoragePath.ROOT)).isEqualTo("/");
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
