package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.StoragePath;
import java.io.InputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * Does what another storage does, except for what a test overrides. Written by hand: stubs of a
 * mock would be longer, as most of them call the other storage too.
 */
class ForwardingStorage implements FileStorage {
  private final FileStorage storage;

  ForwardingStorage(FileStorage storage) {
    this.storage = storage;
  }

  @Override
  public Set<Capability> capabilities() {
    return storage.capabilities();
  }

  @Override
  public Optional<FileEntry> stat(StoragePath path) throws InterruptedException {
    return storage.stat(path);
  }

  @Override
  public Listing scan(StoragePath directory) throws InterruptedException {
    return storage.scan(directory);
  }

  @Override
  public InputStream read(StoragePath file, long offset) throws InterruptedException {
    return storage.read(file, offset);
  }

  @Override
  public void write(
      StoragePath file,
      InputStream content,
      Instant modified,
      boolean executable,
      Publication publication)
      throws InterruptedException {
    storage.write(file, content, modified, executable, publication);
  }

  @Override
  public void makeDirectories(StoragePath directory, StoragePath within)
      throws InterruptedException {
    storage.makeDirectories(directory, within);
  }

  @Override
  public boolean deleteIfEmpty(StoragePath directory) throws InterruptedException {
    return storage.deleteIfEmpty(directory);
  }

  @Override
  public void makePrivate(StoragePath path) throws InterruptedException {
    storage.makePrivate(path);
  }

  @Override
  public void deleteTree(StoragePath path) throws InterruptedException {
    storage.deleteTree(path);
  }

  @Override
  public void move(StoragePath from, StoragePath to) throws InterruptedException {
    storage.move(from, to);
  }

  @Override
  public long copy(StoragePath from, StoragePath to, Publication publication)
      throws InterruptedException {
    return storage.copy(from, to, publication);
  }

  @Override
  public void sync(Collection<StoragePath> files) throws InterruptedException {
    storage.sync(files);
  }

  @Override
  public String hostPath(StoragePath path) {
    return storage.hostPath(path);
  }

  @Override
  public void close() {
    storage.close();
  }
}
