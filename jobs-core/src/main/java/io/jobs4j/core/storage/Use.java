package io.jobs4j.core.storage;

import java.io.IOException;

/**
 * Something that is done with files.
 *
 * @param <P> a path of the protocol
 * @param <T> what comes of it
 */
public interface Use<P, T> {
  /** Does it. */
  T with(FileOperations<P> files) throws IOException, InterruptedException;
}
