package io.jobs4j.sdk.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.local.LocalStorage;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.StoragePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transfers between two storages on local directories. */
@Timeout(60)
abstract class TransferFixture {
  static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06.789Z");

  @TempDir Path temp;
  Path from;
  Path to;
  FileStorage source;
  FileStorage target;
  ExecutorService pool;

  @BeforeEach
  void open() throws IOException {
    from = Files.createDirectory(temp.resolve("from"));
    to = Files.createDirectory(temp.resolve("to"));
    source = new LocalStorage(from);
    target = new LocalStorage(to);
    pool = Executors.newFixedThreadPool(4);
  }

  @AfterEach
  void close() throws InterruptedException {
    pool.shutdown();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).as("the pool is idle").isTrue();
  }

  Transfers transfers(int parallelFiles) {
    return new Transfers(pool, parallelFiles, Clock.fixed(LONG_AGO, ZoneOffset.UTC));
  }

  TransferPlan plan(String sourceRoot, String targetRoot) throws InterruptedException {
    return TransferPlan.of(
        source,
        List.of(new TransferPlan.Root(path(sourceRoot), path(targetRoot))),
        TransferPlan.Exclusion.NONE);
  }

  void put(String file, String text) throws InterruptedException {
    source.write(path(file), content(text), LONG_AGO, false);
  }

  /** All that is in a directory: relative path to content, or to a mark for a directory. */
  static Map<String, String> tree(Path directory) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(path -> !path.equals(directory)).toList()) {
        found.put(
            directory.relativize(path).toString(),
            Files.isDirectory(path) ? "(directory)" : Files.readString(path));
      }
    }
    return found;
  }

  List<String> temporaryFiles() throws IOException {
    return tree(to).keySet().stream().filter(name -> name.contains(".jobs4j-")).toList();
  }

  static InputStream zeros(long length, AtomicLong reads) {
    return new InputStream() {
      private long left = length;

      @Override
      public int read() {
        throw new AssertionError("a byte at a time is too slow");
      }

      @Override
      public int read(byte[] bytes, int offset, int count) {
        reads.incrementAndGet();
        int given = (int) Math.min(left, count);
        left -= given;
        return given == 0 ? -1 : given;
      }
    };
  }

  static void nobody(TransferProgress progress) {}

  static boolean never() {
    return false;
  }

  static InputStream content(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  static StoragePath path(String path) {
    return StoragePath.parse(path);
  }
}
