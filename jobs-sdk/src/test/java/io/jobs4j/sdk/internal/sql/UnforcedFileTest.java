package io.jobs4j.sdk.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.OutcomeUnknownException;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.store.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.h2.store.fs.async.FilePathAsync;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk to which a file cannot be forced once, as a full one behind a network says it. */
@Timeout(120)
class UnforcedFileTest {
  /** How many attempts fail from now on. */
  private static final AtomicInteger failures = new AtomicInteger();

  @TempDir Path directory;

  @BeforeEach
  void replace() {
    FilePath.register(new UnforcedFilePath());
  }

  @AfterEach
  void restore() {
    failures.set(0);
    FilePath.register(new FilePathAsync());
  }

  @Test
  void nobodyIsToldThatAChangeIsDurableAndTheEngineGoesOn() {
    Job doubtful = Stored.job();
    Job next = Stored.job();
    Database database = Database.inDirectory(directory, Durability.POWER);
    try (Store store = new Store(database, Clock.systemUTC())) {
      failures.set(1);
      assertThatThrownBy(() -> store.jobs().insert(doubtful, "{}"))
          .isInstanceOf(OutcomeUnknownException.class);
      assertThat(failures).hasValue(0);
      store.jobs().insert(next, "{}");
      assertThat(store.jobs().load(doubtful.id())).isPresent();
      assertThat(store.jobs().load(next.id())).isPresent();
    }
  }

  @Test
  void aDirectoryMayBeReachedByALink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
    try (Store store = new Store(Database.inDirectory(link, Durability.POWER), Clock.systemUTC())) {
      failures.set(1);
      assertThatThrownBy(() -> store.jobs().insert(Stored.job(), "{}"))
          .isInstanceOf(OutcomeUnknownException.class);
      store.jobs().insert(Stored.job(), "{}");
    }
  }

  /** H2's own asynchronous files, but for that. Public for H2, which makes them. */
  public static final class UnforcedFilePath extends FilePathWrapper {
    /** For H2. */
    public UnforcedFilePath() {}

    @Override
    public String getScheme() {
      return "async";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
      return new UnforcedFile(new FilePathAsync().getPath(name).open(mode));
    }
  }

  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // As reads and writes name their place.
  private static final class UnforcedFile extends FileBaseDefault {
    private final FileChannel file;

    UnforcedFile(FileChannel file) {
      this.file = file;
    }

    @Override
    public void force(boolean metaData) throws IOException {
      if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IOException("Disk quota exceeded");
      }
      file.force(metaData);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      return file.write(source, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    protected void implTruncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.tryLock(position, size, shared);
    }
  }
}
