package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.local.LocalStorageProvider;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose application writes, while the engine archives what it wrote. */
@Timeout(120)
abstract class OutputFixture {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  final ScriptedScheduler scheduler = new ScriptedScheduler();
  final Watched watched = new Watched();
  ArchiveComparison comparison = ArchiveComparison.LENGTHS;
  TestSystems systems;
  Path storage;
  Path app;

  @BeforeEach
  void define() {
    systems =
        TestSystems.in(directory)
            .app("hello", "wc ${text}", List.of(TestSystems.input("text")), List.of());
    storage = systems.storage();
    app = storage.resolve("apps/hello");
  }

  /** What became of a job. */
  record Finished(
      Path work, Map<String, String> archive, List<HistoryEvent> history, List<String> outputs) {
    String told(String status) {
      return history.stream()
          .filter(event -> String.valueOf(event.status()).equals(status))
          .map(HistoryEvent::description)
          .reduce("", (all, one) -> all + one + "\n");
    }
  }

  /** What a job does. */
  interface Script {
    void run(String id, Path work);
  }

  Finished run(String input, Consumer<Path> script) throws Exception {
    return run(input, (id, work) -> script.accept(work));
  }

  Finished run(String input, Script script) throws Exception {
    return run(input, script, null);
  }

  JobsEngine start() {
    return JobsEngine.builder()
        .inMemory()
        .catalog(systems.catalog())
        .archiveComparison(comparison)
        .recovery(
            RecoveryPolicies.defaults()
                .with(
                    RecoveryCondition.TRANSMISSION_FAILURE,
                    RecoveryPolicy.constant(Duration.ofSeconds(1), 0, null)))
        .adapter(scheduler)
        .adapter(watched)
        .adapter(new NoCommands())
        .start();
  }

  Finished run(String input, Script script, String archivePath) throws Exception {
    Path[] work = new Path[1];
    scheduler.onSubmit(
        spec -> {
          work[0] = Path.of(spec.attempt().workPath());
          String key = spec.attempt().key();
          script.run(key.substring(0, key.lastIndexOf('-')), work[0]);
          return RemoteStatus.exited(0, null, null);
        });
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      JobRequest.Builder request = JobRequest.builder("hello", "hello-1.0").archive(true);
      if (input != null) {
        request.input("text", input);
      }
      if (archivePath != null) {
        request.archivePath(archivePath);
      }
      Job done = client.await(client.submit(request.build()).id(), PATIENCE);
      assertThat(done.status()).as(done.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      return new Finished(
          work[0],
          tree(archivePath == null ? archive(done.id()) : storage.resolve(archivePath)),
          client.history(done.id()),
          client.outputs(done.id(), "").stream().map(file -> file.path()).toList());
    }
  }

  Path archive(String id) {
    return storage.resolve("alice/archive/jobs/job-" + id);
  }

  /** All files with their content, and with a slash at the end all empty directories. */
  static Map<String, String> tree(Path root) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(path -> !path.equals(root)).toList()) {
        String name = root.relativize(path).toString();
        if (!Files.isDirectory(path)) {
          found.put(name, Files.readString(path));
        } else if (path.toFile().list().length == 0) {
          found.put(name + "/", "");
        }
      }
    }
    return found;
  }

  static void put(Path file, String text) {
    attempt(
        () -> {
          Files.createDirectories(file.getParent());
          Files.writeString(file, text);
        });
  }

  static void append(Path file, String text) {
    attempt(
        () -> {
          Files.writeString(file, text, StandardOpenOption.APPEND);
          // A clock that stands still between two writes would hide the second.
          Files.setLastModifiedTime(
              file, FileTime.from(Files.getLastModifiedTime(file).toInstant().plusMillis(10)));
        });
  }

  /** Makes a file longer or shorter without writing. */
  static void extend(Path file, long length) {
    attempt(
        () -> {
          try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(length);
          }
        });
  }

  static void delete(Path path) {
    attempt(() -> Files.deleteIfExists(path));
  }

  static void attempt(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  interface Action {
    void run() throws Exception;
  }

  /** Local files, of which a test hears when they are read or written. */
  static final class Watched implements FileStorageProvider {
    private volatile Consumer<Path> onRead = file -> {};
    private volatile Consumer<Path> onList = listed -> {};
    private volatile Runnable afterRead = () -> {};
    private volatile Consumer<Path> onWrite = file -> {};
    private volatile Path unlisted = Path.of("");
    private volatile UnaryOperator<List<FileEntry>> onListing = entries -> entries;

    /** As if a name there could not be decoded. */
    void refuseToList(Path directory) {
      unlisted = directory;
    }

    /** Changes what listings of archives show. */
    void onListing(UnaryOperator<List<FileEntry>> change) {
      onListing = change;
    }

    void onRead(Consumer<Path> listener) {
      onRead = listener;
    }

    /** Is told when a file was written. */
    void onWrite(Consumer<Path> listener) {
      onWrite = listener;
    }

    void onList(Consumer<Path> listener) {
      onList = listener;
    }

    private static boolean isArchive(FileStorage storage, StoragePath directory) {
      return storage.hostPath(directory).contains("/alice/archive/");
    }

    /** Is run once, when the file that is being read has been copied. */
    void afterRead(Runnable action) {
      afterRead = action;
    }

    @Override
    public Set<String> protocols() {
      return Set.of("LOCAL");
    }

    @Override
    public FileStorage open(StorageAccess access) {
      FileStorage real = new LocalStorageProvider().open(access);
      return (FileStorage)
          Proxy.newProxyInstance(
              Watched.class.getClassLoader(),
              new Class<?>[] {FileStorage.class},
              (proxy, method, arguments) -> {
                String name = method.getName();
                if (name.equals("read")) {
                  onRead.accept(Path.of(real.hostPath((StoragePath) arguments[0])));
                } else if (name.equals("scan") || name.equals("list")) {
                  Path listed = Path.of(real.hostPath((StoragePath) arguments[0]));
                  if (name.equals("scan") && listed.equals(unlisted)) {
                    throw new PermanentAdapterException(
                        ConditionCode.JOB_FILES_SERVICE_ERROR, "A name cannot be read.");
                  }
                  onList.accept(listed);
                }
                Object result;
                try {
                  result = method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
                if (name.equals("write")) {
                  Runnable action = afterRead;
                  afterRead = () -> {};
                  action.run();
                  onWrite.accept(Path.of(real.hostPath((StoragePath) arguments[0])));
                }
                return name.equals("scan") && isArchive(real, (StoragePath) arguments[0])
                    ? new Listing(
                        onListing.apply(((Listing) result).entries()),
                        ((Listing) result).omissions())
                    : result;
              });
    }
  }
}
