package io.jobs4j.core.storage;

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
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Says of a failed request what is wrong and whether it can clear. What is not known to stay counts
 * as transient. Stateless.
 */
public final class Failures {
  static final String NOT_THERE = "it does not exist";
  static final String NOT_A_DIRECTORY = "there is a file where a directory should be";

  private static final int NAME_LIMIT = 255;
  private static final int PATH_LIMIT = 4096;

  private Failures() {}

  /**
   * What to throw for {@code cause}.
   *
   * @param action a verb
   * @param otherwise what to wait for if it can clear
   * @param permanentReason why waiting does not mend it, if only the protocol can tell that; {@code
   *     null} if it may
   */
  public static JobsException of(
      String action,
      StoragePath path,
      IOException cause,
      RecoveryCondition otherwise,
      Function<? super IOException, @Nullable String> permanentReason) {
    String permanent = permanentReason(path, cause, permanentReason);
    if (permanent != null) {
      return permanent(action, path, permanent, cause);
    }
    return new TransientAdapterException(
        otherwise,
        message(action, path, Objects.requireNonNullElse(reason(cause), "it failed")),
        cause);
  }

  /** A failure that stays. */
  public static PermanentAdapterException permanent(
      String action, StoragePath path, String why, @Nullable Throwable cause) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR, message(action, path, why), cause);
  }

  /** A missing root is what a file system that is not mounted looks like, so it can come back. */
  public static TransientAdapterException rootMissing(String root, @Nullable Exception cause) {
    return notMounted(
        "The root directory %s of the storage is not there; create it or mount its file system."
            .formatted(root),
        cause);
  }

  /** A file system that is not mounted. */
  public static TransientAdapterException notMounted(String message, @Nullable Exception cause) {
    return new TransientAdapterException(RecoveryCondition.SYSTEM_NOT_AVAILABLE, message, cause);
  }

  /** What the server or the operating system says. */
  public static @Nullable String reason(IOException cause) {
    return cause instanceof FileSystemException answer && answer.getReason() != null
        ? answer.getReason()
        : cause.getMessage();
  }

  private static @Nullable String permanentReason(
      StoragePath path,
      IOException cause,
      Function<? super IOException, @Nullable String> permanentReason) {
    // Servers have no answer of its own for this, and the operating system's may be in any
    // language.
    if (tooLong(path)) {
      return "the name is too long";
    }
    if (cause instanceof NoSuchFileException) {
      return NOT_THERE;
    }
    if (cause instanceof AccessDeniedException) {
      return "access is denied";
    }
    if (cause instanceof NotDirectoryException) {
      return NOT_A_DIRECTORY;
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
    return cause instanceof UnsupportedRequestException
        ? reason(cause)
        : permanentReason.apply(cause);
  }

  private static boolean tooLong(StoragePath path) {
    return bytes(path.toString()) >= PATH_LIMIT
        || path.segments().stream().anyMatch(name -> bytes(name) > NAME_LIMIT);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String message(String action, StoragePath path, String why) {
    return "Cannot %s \"%s\": %s.".formatted(action, path, why);
  }
}
