package io.jobs4j.core.storage;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * A file that was just made and is open to be filled. It is written once, from its start. Not safe
 * for use by several threads.
 */
public interface NewFile extends Closeable {
  /** Bytes that are best written at once. */
  int blockSize();

  /** Writes the first {@code length} of these bytes. They may be under way when this returns. */
  void write(byte[] block, int length) throws IOException;

  /**
   * Takes all of another file, faster than by reading and writing it.
   *
   * @param content what {@link FileOperations#read} of the same storage has returned, unread
   * @return bytes taken; empty if that is not possible
   */
  default OptionalLong takeAll(InputStream content) throws IOException, InterruptedException {
    return OptionalLong.empty();
  }

  /** Returns when all that was written has arrived. */
  default void flush() throws IOException {}

  /**
   * Sees to it that the owner may execute it, if making it did not.
   *
   * @throws UnsupportedRequestException if the storage does not let it be executable
   */
  default void makeExecutable() throws IOException {}

  /**
   * Gives it its time.
   *
   * @throws UnsupportedRequestException if the storage does not keep times
   */
  void setModified(Instant time) throws IOException;
}
