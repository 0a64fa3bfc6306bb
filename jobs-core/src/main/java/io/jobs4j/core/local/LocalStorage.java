package io.jobs4j.core.local;

import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.core.storage.ConfinedStorage;
import io.jobs4j.core.storage.Failures;
import io.jobs4j.core.storage.Interrupts;
import io.jobs4j.core.storage.Task;
import io.jobs4j.core.storage.Use;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files below a directory of this machine. Immutable; safe for use by several threads and
 * processes.
 *
 * <p><b>Links.</b> Paths are checked and then used by their link-free form, and the last name is
 * opened without following links. What remains: somebody who may write in the storage can put a
 * link in place of a directory between the check and the use. {@link #deleteTree} is safe from that
 * too where the platform can open names relative to a directory (Linux can).
 *
 * <p><b>Writing.</b> {@link #sync} forces files and the directories that name them to the disk. A
 * file system that cannot keep times, or force something to the disk, is used without. {@link
 * #move} does not take a directory out of its file system, and may replace something that appears
 * at the same moment.
 *
 * <p><b>File names.</b> Java converts file names by the locale that it was started in, whatever
 * {@code file.encoding} says; in the locale {@code C} that is ASCII, on Java 17 and later alike.
 * Names that cannot be converted are a {@link PermanentAdapterException}, also when a directory
 * that holds one is listed: a file that is left out unseen would be lost when its job is archived.
 *
 * <p><b>Unmounted roots.</b> Before anything is said to be absent, and before anything is written,
 * it is checked that the root's file system is mounted: by the marker file if there is one, else by
 * what the root was when the storage was opened. The latter cannot know of a file system that was
 * not mounted by then.
 *
 * <p>An error that waiting will not mend is a {@link PermanentAdapterException}; every other one
 * (no space, quota, input or output error, a root directory that is not mounted) is a {@link
 * TransientAdapterException}. What was opened to be read ends with a {@link
 * ClosedByInterruptException} if the thread is interrupted.
 */
public final class LocalStorage extends ConfinedStorage<Path> {
  private final Path hostRoot;
  private final LocalFiles files;

  /**
   * Opens the storage in a directory that exists.
   *
   * @param root made absolute if it is not; links in it are followed once, now
   * @throws TransientAdapterException with {@link RecoveryCondition#SYSTEM_NOT_AVAILABLE} if no
   *     directory is there, which is what a file system that is not mounted looks like
   */
  public LocalStorage(Path root) {
    this(root, null);
  }

  /**
   * Opens the storage in a directory that exists.
   *
   * @param root made absolute if it is not; links in it are followed once, now
   * @param marker what is there whenever the root's file system is mounted; while it is not, every
   *     call blocks. {@code null} for nothing certain
   * @throws TransientAdapterException with {@link RecoveryCondition#SYSTEM_NOT_AVAILABLE} if no
   *     directory is there, or the marker is not
   */
  public LocalStorage(Path root, @Nullable StoragePath marker) {
    this(root, marker, SystemCalls.REAL);
  }

  LocalStorage(Path root, @Nullable StoragePath marker, SystemCalls system) {
    this(root.toAbsolutePath().normalize(), directory(root), marker, system);
  }

  private LocalStorage(Path hostRoot, Path root, @Nullable StoragePath marker, SystemCalls system) {
    super("LocalStorage[" + hostRoot + "]", root.toString(), marker);
    this.hostRoot = hostRoot;
    this.files = new LocalFiles(root, marker == null ? new MountedRoot(root) : null, system);
    try {
      requireMounted(files);
    } catch (IOException e) {
      throw Failures.rootMissing(root.toString(), e);
    }
  }

  private static Path directory(Path root) {
    Path given = root.toAbsolutePath().normalize();
    Path directory;
    try {
      directory = given.toRealPath();
    } catch (IOException e) {
      throw Failures.rootMissing(given.toString(), e);
    }
    if (!Files.isDirectory(directory)) {
      throw Failures.rootMissing(given.toString(), null);
    }
    return directory;
  }

  @Override
  protected <T> T use(Task task, Use<Path, T> use) throws InterruptedException {
    Interrupts.heed();
    try {
      return use.with(files);
    } catch (ClosedByInterruptException e) {
      // The flag is still up; an InterruptedException comes with it down.
      Interrupts.heed();
      throw failure(task, files, e);
    } catch (IOException e) {
      throw failure(task, files, e);
    }
  }

  /**
   * {@inheritDoc} It is absolute, below the root as it was given, and its links are not followed.
   */
  @Override
  public String hostPath(StoragePath path) {
    String root = hostRoot.toString();
    if (path.segments().isEmpty()) {
      return root;
    }
    return (root.endsWith("/") ? root : root + "/") + String.join("/", path.segments());
  }

  /** Does nothing: the storage holds nothing. */
  @Override
  public void close() {}
}
