package io.jobs4j.core.storage;

import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a protocol, each as simple as the protocol has it: none looks first or cleans up.
 * None follows a link in the last name but {@link #follow}.
 *
 * <p>What a server answers is a {@link FileSystemException}: {@link NoSuchFileException}, {@link
 * java.nio.file.AccessDeniedException} and the others of that package where the protocol can tell,
 * one with what the server said where it cannot. Any other {@link IOException} says that there was
 * no answer.
 *
 * @param <P> an absolute path in the protocol's own form
 */
public interface FileOperations<P> {
  /**
   * The place of this name in a directory.
   *
   * @throws PermanentAdapterException if the protocol cannot say such a name
   */
  P child(P directory, String name);

  /** The directory that a place is in. */
  P parent(P place);

  /** Whether {@code place} is {@code directory} or below it, by their names. */
  boolean contains(P directory, P place);

  /**
   * Where the root of the storage is, its links followed.
   *
   * @throws NoSuchFileException if nothing is there
   */
  P root() throws IOException;

  /** Answers to several questions. */
  interface Answers {
    /**
     * The answer to the question with this index; {@code null} if nothing is there. Indices are
     * asked for once each, in ascending order, and not all are.
     */
    @Nullable FileStatus get(int index) throws IOException;
  }

  /**
   * Asks what is at several places. A protocol whose answers take long asks all at once and waits
   * for each when it is wanted; where they take no time, each is asked for then.
   */
  Answers status(List<P> places) throws IOException;

  /** What is at a place; {@code null} if nothing is. */
  default @Nullable FileStatus status(P place) throws IOException {
    return status(List.of(place)).get(0);
  }

  /**
   * What a link leads to in the end.
   *
   * @param status of it; {@code null} if it was not asked for
   */
  record Target<P>(P place, @Nullable FileStatus status) {}

  /** Where a link leads; {@code null} if nothing is there. */
  @Nullable Target<P> follow(P link) throws IOException;

  /**
   * Something in a directory.
   *
   * @param name as it was read
   * @param status if it came with the name; {@code null} otherwise
   * @param unreadable whether the name does not lead back to it
   */
  record Child<P>(String name, P place, @Nullable FileStatus status, boolean unreadable) {}

  /** What a directory holds, in any order. One that may not be entered is refused, not empty. */
  List<Child<P>> list(P directory) throws IOException;

  /** Why a name that is not readable is not, as the end of a sentence. */
  String unreadable(String name);

  /**
   * Opens a file.
   *
   * @param found what is there
   */
  InputStream read(P file, long offset, FileStatus found) throws IOException;

  /**
   * Makes a file where nothing is.
   *
   * @param executable whether whoever may read it may execute it
   */
  NewFile create(P file, boolean executable) throws IOException;

  /** Makes a directory where nothing is. */
  void makeDirectory(P directory) throws IOException;

  /**
   * Renames a file or directory to where nothing is.
   *
   * @throws FileAlreadyExistsException or another failure if something is there
   * @throws UnsupportedRequestException if the storage only does {@link #replace}
   */
  void rename(P from, P to) throws IOException;

  /** Renames as {@link #rename}, out of its file system too if the protocol can. */
  default void move(P from, P to) throws IOException {
    rename(from, to);
  }

  /**
   * Renames a file, in place of another if one is there, or a directory, in place of an empty one.
   *
   * @throws UnsupportedRequestException if that cannot be done in one step
   */
  void replace(P from, P to) throws IOException;

  /** Deletes what is no directory. */
  void delete(P file) throws IOException;

  /**
   * Deletes an empty directory.
   *
   * @throws DirectoryNotEmptyException or another failure if it is not empty
   */
  void deleteDirectory(P directory) throws IOException;

  /**
   * Deletes a directory or anything else with all it holds, as {@link TreeDeletion} does.
   *
   * @param found what is there
   * @param shown its path in the storage
   */
  default void deleteTree(P place, FileStatus found, StoragePath shown)
      throws IOException, InterruptedException {
    new TreeDeletion<>(this).delete(place, found, shown);
  }

  /**
   * Gives a file its time.
   *
   * @throws UnsupportedRequestException if the storage does not keep times
   */
  void setModified(P file, Instant time) throws IOException;

  /**
   * Gives a file or directory its permissions.
   *
   * @throws UnsupportedRequestException if the storage does not let them be set
   */
  void setPermissions(P place, int permissions) throws IOException;

  /**
   * Forces a file or directory to the disk.
   *
   * @throws UnsupportedRequestException if the storage does not do that
   */
  void force(P place, boolean directory) throws IOException;

  /**
   * Checks by other means than a marker file that the file system of the root is mounted.
   *
   * @throws io.jobs4j.core.spi.TransientAdapterException if it is not
   */
  default void requireMounted() {}

  /** Why waiting does not mend a failure that the exception alone does not tell. */
  default @Nullable String permanentReason(IOException failure) {
    return null;
  }
}
