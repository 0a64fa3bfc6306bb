package io.jobs4j.core.storage;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.MissingFeatures;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TemporaryFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files below a directory, over any protocol that has {@link FileOperations}. Safe for use by
 * several threads and processes.
 *
 * <p><b>Links.</b> A symbolic link that stays inside the root is followed; one that leads out is
 * refused with a {@link PermanentAdapterException} that says so. One that leads back to a directory
 * on the way to it is not listed, so that a walk over the tree ends. {@link #deleteTree} and {@link
 * #move} act on a link itself.
 *
 * <p><b>Writing.</b> {@link #write} and {@link #copy} fill a {@link TemporaryFile} beside the
 * target, give it its time and mode and rename it. What a storage does not do or refuses is done
 * without and told once, as {@link MissingFeatures} says. A temporary file that a dead process left
 * behind is never listed as a file, is in nobody's way and goes with its directory.
 *
 * <p><b>Unmounted roots.</b> The marker file, if there is one, is looked for before anything is
 * said to be absent and before anything is written.
 *
 * @param <P> an absolute path in the protocol's own form
 */
public abstract class ConfinedStorage<P> implements FileStorage {
  private static final Logger log = LoggerFactory.getLogger(ConfinedStorage.class);

  private final String name;
  private final Confinement<P> confinement;
  private final Lister<P> lister;
  private final Publisher<P> publisher;

  /**
   * A storage.
   *
   * @param name what logs call it
   * @param rootDir what failures call its root
   * @param marker what is there if the file system of the root is mounted; {@code null} if that is
   *     not known
   */
  protected ConfinedStorage(String name, String rootDir, @Nullable StoragePath marker) {
    this.name = name;
    this.confinement = new Confinement<>(rootDir, marker);
    this.lister = new Lister<>(confinement);
    this.publisher = new Publisher<>(confinement, new MissingFeatures(name));
  }

  /**
   * Does something with the files and turns what fails into what a storage throws, a {@link
   * FileSystemException} by {@link #failure}. An interrupt that came before is heeded.
   */
  protected abstract <T> T use(Task task, Use<P, T> use) throws InterruptedException;

  /**
   * Sees to it that the server can be reached, before something is done that cannot be repeated. By
   * default nothing happens.
   */
  protected void prepare(StoragePath path) throws InterruptedException {}

  /**
   * Copies a file by means of the server, if it has any. By default it has not.
   *
   * @param source where the file is
   * @param status of the file
   * @return bytes copied; empty if the content has to go through this process
   */
  protected OptionalLong copyThere(
      P source, FileStatus status, StoragePath to, Publication publication)
      throws InterruptedException {
    return OptionalLong.empty();
  }

  @Override
  public Set<Capability> capabilities() {
    return publisher.capabilities();
  }

  /**
   * {@inheritDoc} A link that leads nowhere, and what is neither file nor directory, count as
   * nothing.
   */
  @Override
  public Optional<FileEntry> stat(StoragePath path) throws InterruptedException {
    return reading(
        "look at",
        path,
        files -> Lister.entry(path, confinement.locate(files, path, true).status()));
  }

  @Override
  public Listing scan(StoragePath directory) throws InterruptedException {
    return reading("list", directory, files -> lister.scan(files, directory));
  }

  /**
   * {@inheritDoc} If the thread is interrupted, reading ends with an exception of the protocol and
   * the flag stays up.
   */
  @Override
  public InputStream read(StoragePath file, long offset) throws InterruptedException {
    if (offset < 0) {
      throw new IllegalArgumentException("offset must not be negative but is " + offset);
    }
    return reading(
        "read",
        file,
        files -> {
          Place<P> place = confinement.locate(files, file, true);
          return files.read(place.path(), offset, place.requireFile("read", file));
        });
  }

  @Override
  public void write(
      StoragePath file,
      InputStream content,
      Instant modified,
      boolean executable,
      Publication publication)
      throws InterruptedException {
    prepare(file);
    writing(
        "write",
        file,
        false,
        files ->
            publisher.put(
                files,
                file,
                created -> Publisher.pour(content, created, file),
                modified,
                executable,
                publication));
  }

  @Override
  public void makeDirectories(StoragePath directory, StoragePath within)
      throws InterruptedException {
    writing(
        "make directory",
        directory,
        true,
        files -> {
          Place<P> place = confinement.locate(files, directory, true);
          Publisher.requireThere("make directory", directory, place, within);
          publisher.makeDirectories(files, directory, place, false);
          return directory;
        });
  }

  /**
   * {@inheritDoc}
   *
   * @throws PermanentAdapterException also if {@code directory} is the root
   */
  @Override
  public boolean deleteIfEmpty(StoragePath directory) throws InterruptedException {
    refuseRoot("delete", directory);
    return writing(
        "delete",
        directory,
        true,
        files -> {
          Place<P> place = confinement.locate(files, directory, false);
          if (place.status() == null || !place.status().isDirectory()) {
            return false;
          }
          try {
            files.deleteDirectory(place.path());
            return true;
          } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            return false;
          } catch (FileSystemException e) {
            // Not every protocol tells that it is not empty from other failures.
            try {
              if (!files.list(place.path()).isEmpty()) {
                return false;
              }
            } catch (IOException unlisted) {
              e.addSuppressed(unlisted);
            }
            throw e;
          }
        });
  }

  @Override
  public void makePrivate(StoragePath path) throws InterruptedException {
    writing(
        "take the rights of others from",
        path,
        true,
        files -> {
          Place<P> place = confinement.locate(files, path, false);
          FileStatus status = place.require("take the rights of others from", path);
          int permissions = status.permissions().orElse(0);
          // Servers would change what a link leads to.
          if (!status.isLink() && (permissions & 0077) != 0) {
            publisher.features().keepOthersOut(files, place.path(), permissions);
          }
          return path;
        });
  }

  /**
   * {@inheritDoc} Directories of the tree that the owner may not change are made so that the owner
   * may.
   *
   * @throws PermanentAdapterException also if {@code path} is the root
   */
  @Override
  public void deleteTree(StoragePath path) throws InterruptedException {
    refuseRoot("delete", path);
    writing(
        "delete",
        path,
        true,
        files -> {
          Place<P> place = confinement.locate(files, path, false);
          if (place.status() != null) {
            files.deleteTree(place.path(), place.status(), path);
          }
          return path;
        });
  }

  /**
   * {@inheritDoc} Makes the directories above {@code to}. A link is moved itself.
   *
   * @throws PermanentAdapterException also if something is at {@code to}, or if {@code to} is in
   *     {@code from}
   */
  @Override
  public void move(StoragePath from, StoragePath to) throws InterruptedException {
    refuseRoot("move", from);
    prepare(from);
    writing(
        "move",
        from,
        false,
        files -> {
          confinement.locate(files, from, true).require("move", from);
          Place<P> source = confinement.locate(files, from, false);
          Place<P> target = confinement.locate(files, to, false);
          if (target.status() != null) {
            throw Failures.permanent("move", from, "\"" + to + "\" is there already", null);
          }
          if (files.contains(source.path(), target.path())) {
            throw Failures.permanent("move", from, "\"" + to + "\" is inside it", null);
          }
          publisher.makeDirectories(files, to, target, true);
          publisher.renames(files).toWhereNothingIs(files::move, source.path(), target.path());
          return to;
        });
  }

  @Override
  public long copy(StoragePath from, StoragePath to, Publication publication)
      throws InterruptedException {
    Place<P> source = reading("copy", from, files -> confinement.locate(files, from, true));
    FileStatus status = source.requireFile("copy", from);
    OptionalLong copied = copyThere(source.path(), status, to, publication);
    if (copied.isPresent()) {
      return copied.getAsLong();
    }
    try (InputStream content =
        reading(
            "copy",
            from,
            files -> {
              // Once more: the server may have tried for long, and it may be another by now.
              Place<P> again = confinement.locate(files, from, true);
              return files.read(again.path(), 0, again.requireFile("copy", from));
            })) {
      prepare(to);
      return writing(
          "copy to",
          to,
          false,
          files ->
              publisher.put(
                  files,
                  to,
                  created -> Publisher.copy(content, created, to),
                  status.modified(),
                  status.isExecutable(),
                  publication));
    } catch (IOException e) {
      throw Failures.of("copy", from, e, RecoveryCondition.SYSTEM_NOT_AVAILABLE, failure -> null);
    }
  }

  /** Fills a file by other means than this storage. */
  protected interface Filling<P> {
    /** Makes the file and returns whether it has all it is to have. */
    boolean fill(P temporary) throws InterruptedException;
  }

  /**
   * Copies a file by other means than this storage, first to a temporary file as always.
   *
   * @param source where the file is
   * @param status of the file
   * @return bytes copied; empty if the copy was not made, or is not whole. Nothing is left of it
   *     then.
   */
  protected final OptionalLong copyBy(
      Filling<P> filling, P source, FileStatus status, StoragePath to, Publication publication)
      throws InterruptedException {
    return new ServerCopy<>(this, publisher, to, publication).by(filling, source, status);
  }

  @Override
  public void sync(Collection<StoragePath> files) throws InterruptedException {
    Set<StoragePath> directories = new LinkedHashSet<>();
    for (StoragePath file : files) {
      force(file);
      directories.addAll(file.ancestors());
    }
    for (StoragePath directory : directories) {
      force(directory);
    }
  }

  private void force(StoragePath path) throws InterruptedException {
    writing(
        "sync",
        path,
        true,
        files -> {
          Place<P> place = confinement.locate(files, path, true);
          boolean directory = place.require("sync", path).isDirectory();
          publisher.features().force(files, place.path(), directory);
          return path;
        });
  }

  @Override
  public final String toString() {
    return name;
  }

  /** Looks whether the root can be seen. */
  protected final void lookAtRoot(StoragePath path) throws InterruptedException {
    reading("look at", path, files -> confinement.locate(files, StoragePath.ROOT, true));
  }

  /** Looks whether something is at a place. */
  protected final boolean isThere(StoragePath path, P place) throws InterruptedException {
    return reading("look at", path, files -> files.status(place) != null);
  }

  /**
   * Checks that the file system of the root is mounted.
   *
   * @throws io.jobs4j.core.spi.TransientAdapterException if it is not
   */
  protected final void requireMounted(FileOperations<P> files) throws IOException {
    confinement.requireMounted(files);
  }

  /** What to throw for what the server answered. */
  protected final JobsException failure(Task task, FileOperations<P> files, IOException answer) {
    try {
      // What cannot be found or used may be so because nothing is mounted.
      confinement.requireMounted(files);
    } catch (IOException e) {
      log.debug("It could not be seen whether the root of {} is mounted", name, e);
    }
    return Failures.of(
        task.action(), task.path(), answer, task.otherwise(), files::permanentReason);
  }

  private <T> T reading(String action, StoragePath path, Use<P, T> use)
      throws InterruptedException {
    return use(new Task(action, path, RecoveryCondition.SYSTEM_NOT_AVAILABLE, true), use);
  }

  private <T> T writing(String action, StoragePath path, boolean repeatable, Use<P, T> use)
      throws InterruptedException {
    return use(new Task(action, path, RecoveryCondition.STORAGE_NOT_WRITABLE, repeatable), use);
  }

  private static void refuseRoot(String action, StoragePath path) {
    if (path.segments().isEmpty()) {
      throw Failures.permanent(action, path, "it is the root of the storage", null);
    }
  }
}
