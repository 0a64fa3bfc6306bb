package io.jobs4j.core.local;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says of a failed file operation what is wrong and whether it can clear. The JDK has exceptions of
 * its own for few errors; the others can only be told by the operating system's text, and one whose
 * text is not known counts as transient. Stateless.
 */
final class Failures {
  private static final int NAME_LIMIT = 255;
  private static final int PATH_LIMIT = 4096;

  private Failures() {}

  /**
   * What to throw for {@code cause}.
   *
   * @param action a verb
   * @param otherwise what to wait for if it can clear
   */
  static JobsException of(
      String action, StoragePath path, IOException cause, RecoveryCondition otherwise) {
    String permanent = permanentReason(path, cause);
    if (permanent != null) {
      return permanent(action, path, permanent, cause);
    }
    return new TransientAdapterException(
        otherwise,
        message(action, path, Objects.requireNonNullElse(reason(cause), "it failed")),
        cause);
  }

  /** A failure that stays. */
  static PermanentAdapterException permanent(
      String action, StoragePath path, String why, @Nullable Throwable cause) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR, message(action, path, why), cause);
  }

  /** A name that Java cannot hand to the operating system, which is a matter of the locale. */
  static PermanentAdapterException unusableName(String name, InvalidPathException cause) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "File name \"%s\" cannot be used: this Java process writes file names in %s (%s)."
            .formatted(name, fileNameEncoding(), advice()),
        cause);
  }

  /** A name on disk that Java cannot read. */
  static PermanentAdapterException unreadableName(StoragePath directory, String shownAs) {
    return permanent(
        "list",
        directory,
        "the file name shown as \"%s\" is not valid in %s, in which this Java process reads file names (%s)"
            .formatted(shownAs, fileNameEncoding(), advice()),
        null);
  }

  /** Whether the operating system's text for {@code e} has one of these in it. */
  static boolean says(FileSystemException e, String... texts) {
    String reason = e.getReason();
    if (reason != null) {
      for (String text : texts) {
        if (reason.contains(text)) {
          return true;
        }
      }
    }
    return false;
  }

  private static @Nullable String permanentReason(StoragePath path, IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "it does not exist";
    }
    if (cause instanceof AccessDeniedException) {
      return "access is denied";
    }
    if (cause instanceof NotDirectoryException) {
      return "there is a file where a directory should be";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "something else is there already";
    }
    if (cause instanceof DirectoryNotEmptyException) {
      return "it is a directory that is not empty";
    }
    if (cause instanceof AtomicMoveNotSupportedException) {
      return "it would leave its file system";
    }
    if (tooLong(path)) {
      return "the name is too long";
    }
    if (cause instanceof FileSystemException system
        && says(
            system,
            "File name too long",
            "Not a directory",
            "Is a directory",
            "Operation not permitted",
            "Invalid argument",
            "Too many levels of symbolic links")) {
      return reason(cause);
    }
    return null;
  }

  /** The operating system's text may be in any language, so the usual limits are looked at too. */
  private static boolean tooLong(StoragePath path) {
    return bytes(path.toString()) >= PATH_LIMIT
        || path.segments().stream().anyMatch(name -> bytes(name) > NAME_LIMIT);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static @Nullable String reason(IOException cause) {
    return cause instanceof FileSystemException system && system.getReason() != null
        ? system.getReason()
        : cause.getMessage();
  }

  private static String message(String action, StoragePath path, String why) {
    return "Cannot %s \"%s\": %s.".formatted(action, path, why);
  }

  private static String fileNameEncoding() {
    return System.getProperty("sun.jnu.encoding", "an unknown encoding");
  }

  private static String advice() {
    return fileNameEncoding().toUpperCase(Locale.ROOT).equals("UTF-8")
        ? "rename the file to valid UTF-8"
        : "start Java in a UTF-8 locale, for example with LC_ALL=C.UTF-8";
  }
}
