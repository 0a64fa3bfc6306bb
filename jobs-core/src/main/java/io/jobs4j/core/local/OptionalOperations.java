package io.jobs4j.core.local;

import io.jobs4j.core.spi.MissingFeatures;
import io.jobs4j.core.spi.MissingFeatures.Feature;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What not every file system can do, done where it can be. Safe for use by several threads.
 *
 * @param missing takes note of what cannot be done
 * @param system what is asked of the operating system
 */
record OptionalOperations(MissingFeatures missing, SystemCalls system) {
  /** What the operating system says of an operation that a file system does not have. */
  private static final List<String> UNSUPPORTED =
      List.of(
          "not supported",
          "not permitted",
          "not implemented",
          "Invalid argument",
          "Bad file descriptor");

  /** What is asked of the operating system. Replaced in tests. */
  interface SystemCalls {
    SystemCalls REAL =
        new SystemCalls() {
          @Override
          public void setModified(Path file, Instant time) throws IOException {
            Files.setLastModifiedTime(file, FileTime.from(time));
          }

          @Override
          public void force(FileChannel channel) throws IOException {
            channel.force(true);
          }
        };

    void setModified(Path file, Instant time) throws IOException;

    void force(FileChannel channel) throws IOException;
  }

  /** Gives a file its time. Its content counts without. */
  void setModified(Path file, Instant time) throws IOException {
    if (missing.has(Feature.MODIFIED_TIME)) {
      return;
    }
    try {
      system.setModified(file, time);
    } catch (IOException e) {
      if (!isRefusal(e)) {
        throw e;
      }
      missing.add(Feature.MODIFIED_TIME, e.getMessage());
    }
  }

  /** Lets only some do something with a file or directory. */
  void setPermissions(PosixFileAttributeView file, Set<PosixFilePermission> permissions)
      throws IOException {
    try {
      file.setPermissions(permissions);
    } catch (IOException e) {
      if (!isRefusal(e)) {
        throw e;
      }
      missing.add(Feature.PRIVATE, e.getMessage());
    }
  }

  /** Forces a file or directory to the disk. */
  void force(Path path, boolean directory) throws IOException {
    try (FileChannel channel = open(path, directory)) {
      if (channel != null) {
        system.force(channel);
      }
    } catch (IOException e) {
      if (!isUnsupported(e)) {
        throw e;
      }
      missing.add(directory ? Feature.SYNC_DIRECTORY : Feature.SYNC, e.getMessage());
    }
  }

  /** {@code null} for a directory that may be passed but not read, such as one of all users. */
  private @Nullable FileChannel open(Path path, boolean directory) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.READ);
    } catch (AccessDeniedException e) {
      if (!directory) {
        throw e;
      }
      missing.add(Feature.SYNC_DIRECTORY, e.getMessage());
      return null;
    }
  }

  private static boolean isRefusal(IOException e) {
    return e instanceof AccessDeniedException || isUnsupported(e);
  }

  private static boolean isUnsupported(IOException e) {
    String message = e.getMessage();
    return message != null && UNSUPPORTED.stream().anyMatch(message::contains);
  }
}
