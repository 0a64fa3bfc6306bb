package io.jobs4j.core.storage;

import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a path of a storage leads to.
 *
 * @param path the place, with no symbolic link above its last name; if nothing is there, none above
 *     {@code nearest}
 * @param status of what is there; {@code null} if nothing is, or a link that leads nowhere
 * @param nearest the deepest thing on the way that exists
 * @param nearestIsDirectory whether that is a directory, not a file where the path wants one
 * @param missing the names from there on, down to the place; none if something is there
 * @param way the directories gone through, without links, from the root on
 */
record Place<P>(
    P path,
    @Nullable FileStatus status,
    P nearest,
    boolean nearestIsDirectory,
    List<String> missing,
    List<P> way) {

  Place {
    missing = List.copyOf(missing);
    way = List.copyOf(way);
  }

  /**
   * What is there.
   *
   * @param action what is done with it, a verb
   * @throws PermanentAdapterException if nothing is
   */
  FileStatus require(String action, StoragePath shown) {
    if (status == null) {
      throw Failures.permanent(action, shown, Failures.NOT_THERE, null);
    }
    return status;
  }

  /**
   * The file that is there.
   *
   * @param action what is done with it, a verb
   * @throws PermanentAdapterException if none is
   */
  FileStatus requireFile(String action, StoragePath shown) {
    FileStatus found = require(action, shown);
    // Opening a named pipe would wait for a writer.
    if (!found.isFile()) {
      throw Failures.permanent(action, shown, "it is not a file", null);
    }
    return found;
  }
}
