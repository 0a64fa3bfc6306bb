package io.jobs4j.core.spi;

import java.io.InputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files of one system. Every path is below the root of the storage, and an implementation
 * refuses to follow a symbolic link that leads out of it. Safe for use by several threads.
 *
 * <p>Methods throw {@link PermanentAdapterException} for what will not change by waiting (not
 * there, not allowed, leads outside) and {@link TransientAdapterException} for the rest.
 *
 * <p>What cannot be seen is not absent. If the access names a {@linkplain
 * io.jobs4j.core.model.StorageAccess#markerFile() marker file} and it is not there, the file system
 * is not mounted, and every method but {@link #hostPath} and {@link #close} throws a {@link
 * TransientAdapterException} with {@link RecoveryCondition#SYSTEM_NOT_AVAILABLE} that names the
 * root and the marker. That is checked before something is said to be absent and before anything is
 * written, directories included.
 */
public interface FileStorage extends AutoCloseable {
  /** What a protocol can do beyond reading and listing. */
  enum Capability {
    WRITE,
    /** A write shows whole or not at all. */
    ATOMIC_WRITE,
    KEEP_MODIFIED_TIME,
    MOVE
  }

  /**
   * What this storage can do, as far as is known. What a server turns out to refuse is no longer
   * among it.
   */
  Set<Capability> capabilities();

  /** What is at {@code path}; empty if nothing is. */
  Optional<FileEntry> stat(StoragePath path) throws InterruptedException;

  /**
   * What is in a directory, not deeper. No entries but omissions are things that are neither files
   * nor directories, symbolic links that lead nowhere, out of the storage, or back to a directory
   * on the way to them, so that a walk ends, and {@linkplain TemporaryFile temporary files}.
   */
  Listing scan(StoragePath directory) throws InterruptedException;

  /** The entries that {@link #scan} finds. */
  default List<FileEntry> list(StoragePath directory) throws InterruptedException {
    return scan(directory).entries();
  }

  /**
   * The bytes of a file from {@code offset} on; none if the file ends before. The caller closes the
   * stream; it is not buffered.
   */
  InputStream read(StoragePath file, long offset) throws InterruptedException;

  /**
   * Writes a file whole. Where the storage can, the file shows only when complete. The stream is
   * read to its end and not closed.
   *
   * @param modified the time to give the file. The file is written without it where the storage
   *     refuses that, and likewise without being executable; see {@link MissingFeatures}.
   * @param executable whether its owner may execute it
   * @param publication how the file comes to its place
   * @throws TargetExistsException if something is there that is not to be replaced
   */
  void write(
      StoragePath file,
      InputStream content,
      Instant modified,
      boolean executable,
      Publication publication)
      throws InterruptedException;

  /** Writes a file whole, in place of what was there, and makes its directories. */
  default void write(StoragePath file, InputStream content, Instant modified, boolean executable)
      throws InterruptedException {
    write(file, content, modified, executable, Publication.PLAIN);
  }

  /**
   * Makes a directory and those above it; nothing happens if it is there.
   *
   * @param within a directory that must be there: it and those above it are not made
   */
  void makeDirectories(StoragePath directory, StoragePath within) throws InterruptedException;

  /** Makes a directory and all those above it; nothing happens if it is there. */
  default void makeDirectories(StoragePath directory) throws InterruptedException {
    makeDirectories(directory, StoragePath.ROOT);
  }

  /**
   * Deletes a directory that holds nothing.
   *
   * @return whether it was deleted; {@code false} if it holds something, or is no directory or not
   *     there
   */
  boolean deleteIfEmpty(StoragePath directory) throws InterruptedException;

  /**
   * Keeps everybody but the owner from a file or directory, where the protocol knows of rights and
   * the server lets them be set; elsewhere, and to a link, nothing happens. What is in the work
   * directory of a job may be secret.
   */
  default void makePrivate(StoragePath path) throws InterruptedException {}

  /**
   * Deletes a file or a directory with all it holds, without following links; nothing happens if it
   * is not there. Where the storage has permissions, directories below {@code path} and itself that
   * their owner may not change are made so that the owner may. A failure names the innermost place
   * that could not be deleted.
   */
  void deleteTree(StoragePath path) throws InterruptedException;

  /** Moves a file or directory within the storage to where nothing is. */
  void move(StoragePath from, StoragePath to) throws InterruptedException;

  /**
   * Copies a file within the storage, as {@link #write} writes, keeping its time.
   *
   * @param publication how the copy comes to its place
   * @return bytes copied
   * @throws TargetExistsException if something is there that is not to be replaced
   */
  long copy(StoragePath from, StoragePath to, Publication publication) throws InterruptedException;

  /** Copies a file within the storage, in place of what was there, and makes its directories. */
  default long copy(StoragePath from, StoragePath to) throws InterruptedException {
    return copy(from, to, Publication.PLAIN);
  }

  /**
   * Returns when these files and directories, and the names of all directories above them, would
   * survive a power failure, as far as the storage can bring that about. What was written and not
   * synced is whole or absent after the death of any process, but may be gone or cut off after a
   * power failure. A storage that can bring nothing about still refuses files that are not there or
   * outside.
   */
  void sync(Collection<StoragePath> files) throws InterruptedException;

  /** The path by which commands on the system's host know the place. */
  String hostPath(StoragePath path);

  @Override
  void close();
}
