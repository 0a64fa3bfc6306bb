package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The storage of a system. A storage may be that of several systems and knows none of them; what it
 * throws is told of this one here, so that jobs wait for the system that failed. Two are equal if
 * they stand for the same storage. Safe for use by several threads.
 */
public final class SystemStorage implements FileStorage {
  private final String systemId;
  private final FileStorage storage;

  private SystemStorage(String systemId, FileStorage storage) {
    this.systemId = systemId;
    this.storage = storage;
  }

  /**
   * Opens the storage of a system.
   *
   * @param systemId which system
   * @param open opens it
   * @throws TransientAdapterException if it cannot be opened at present
   */
  public static SystemStorage open(String systemId, Supplier<FileStorage> open) {
    try {
      return new SystemStorage(systemId, open.get());
    } catch (TransientAdapterException e) {
      throw about(systemId, e);
    }
  }

  /** The system of a storage; {@code null} if it is not known. */
  static @Nullable String systemOf(FileStorage storage) {
    return storage instanceof SystemStorage known ? known.systemId : null;
  }

  private interface Call<T> {
    T run() throws InterruptedException;
  }

  private <T> T call(Call<T> call) throws InterruptedException {
    try {
      return call.run();
    } catch (TransientAdapterException e) {
      throw about(systemId, e);
    }
  }

  private interface Act {
    void run() throws InterruptedException;
  }

  private void act(Act act) throws InterruptedException {
    try {
      act.run();
    } catch (TransientAdapterException e) {
      throw about(systemId, e);
    }
  }

  /** What has a subject keeps it: it may come of the content that is written here. */
  private static TransientAdapterException about(String systemId, TransientAdapterException e) {
    return e.subject() != null
        ? e
        : new TransientAdapterException(
            e.condition(), systemId, Objects.requireNonNullElse(e.getMessage(), ""), e);
  }

  @Override
  public Set<Capability> capabilities() {
    return storage.capabilities();
  }

  @Override
  public Optional<FileEntry> stat(StoragePath path) throws InterruptedException {
    return call(() -> storage.stat(path));
  }

  @Override
  public Listing scan(StoragePath directory) throws InterruptedException {
    return call(() -> storage.scan(directory));
  }

  @Override
  public List<FileEntry> list(StoragePath directory) throws InterruptedException {
    return call(() -> storage.list(directory));
  }

  @Override
  public InputStream read(StoragePath file, long offset) throws InterruptedException {
    return new Content(call(() -> storage.read(file, offset)));
  }

  @Override
  public void write(
      StoragePath file,
      InputStream content,
      Instant modified,
      boolean executable,
      Publication publication)
      throws InterruptedException {
    act(() -> storage.write(file, content, modified, executable, publication));
  }

  @Override
  public void makeDirectories(StoragePath directory, StoragePath within)
      throws InterruptedException {
    act(() -> storage.makeDirectories(directory, within));
  }

  @Override
  public boolean deleteIfEmpty(StoragePath directory) throws InterruptedException {
    return call(() -> storage.deleteIfEmpty(directory));
  }

  @Override
  public void makePrivate(StoragePath path) throws InterruptedException {
    act(() -> storage.makePrivate(path));
  }

  @Override
  public void deleteTree(StoragePath path) throws InterruptedException {
    act(() -> storage.deleteTree(path));
  }

  @Override
  public void move(StoragePath from, StoragePath to) throws InterruptedException {
    act(() -> storage.move(from, to));
  }

  @Override
  public long copy(StoragePath from, StoragePath to, Publication publication)
      throws InterruptedException {
    return call(() -> storage.copy(from, to, publication));
  }

  @Override
  public void sync(Collection<StoragePath> files) throws InterruptedException {
    act(() -> storage.sync(files));
  }

  @Override
  public String hostPath(StoragePath path) {
    return storage.hostPath(path);
  }

  /** Closes the storage, whichever systems have it. */
  @Override
  public void close() {
    storage.close();
  }

  /** A file's bytes, of which some may come from the system only when they are read. */
  private final class Content extends FilterInputStream {
    Content(InputStream content) {
      super(content);
    }

    @Override
    public int read() throws IOException {
      try {
        return in.read();
      } catch (TransientAdapterException e) {
        throw about(systemId, e);
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return in.read(bytes, offset, length);
      } catch (TransientAdapterException e) {
        throw about(systemId, e);
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SystemStorage system && system.storage == storage;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(storage);
  }
}
