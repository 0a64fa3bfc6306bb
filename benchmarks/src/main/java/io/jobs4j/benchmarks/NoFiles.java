package io.jobs4j.benchmarks;

import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.StoragePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * In place of storage LOCAL, so that the engine is measured and not the file system: everything is
 * an empty directory, every file reads as a template, and what is written is thrown away.
 */
final class NoFiles implements FileStorageProvider {
  @Override
  public Set<String> protocols() {
    return Set.of("LOCAL");
  }

  @Override
  public FileStorage open(StorageAccess access) {
    return new Opened(access.rootDir());
  }

  private record Opened(String root) implements FileStorage {
    @Override
    public Set<Capability> capabilities() {
      return EnumSet.allOf(Capability.class);
    }

    @Override
    public Optional<FileEntry> stat(StoragePath path) {
      // The list of what is no output is not there, so all of nothing is output.
      return path.toString().contains("/.")
          ? Optional.empty()
          : Optional.of(new FileEntry(path, true, 0, Instant.EPOCH, false));
    }

    @Override
    public Listing scan(StoragePath directory) {
      return new Listing(List.of(), List.of());
    }

    @Override
    public InputStream read(StoragePath file, long offset) {
      return new ByteArrayInputStream("true\n".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void write(
        StoragePath file,
        InputStream content,
        Instant modified,
        boolean executable,
        Publication publication) {
      try {
        content.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void makeDirectories(StoragePath directory, StoragePath within) {}

    @Override
    public boolean deleteIfEmpty(StoragePath directory) {
      return false;
    }

    @Override
    public void deleteTree(StoragePath path) {}

    @Override
    public void move(StoragePath from, StoragePath to) {}

    @Override
    public long copy(StoragePath from, StoragePath to, Publication publication) {
      return 0;
    }

    @Override
    public void sync(Collection<StoragePath> files) {}

    @Override
    public String hostPath(StoragePath path) {
      return root + path;
    }

    @Override
    public void close() {}
  }
}
