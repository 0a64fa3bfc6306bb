package io.jobs4j.adapters.ssh;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.charset.StandardCharsets;
import net.schmizz.sshj.sftp.Response.StatusCode;
import net.schmizz.sshj.sftp.SFTPException;
import org.jspecify.annotations.Nullable;

/**
 * Says of answers over SFTP what is wrong. Version 3 of the protocol has few codes: a full disk, a
 * quota and much else are one "failure", which counts as something that passes. Stateless.
 */
final class SftpFailures {
  private static final int NAME_LIMIT = 255;
  private static final int PATH_LIMIT = 4096;

  private SftpFailures() {}

  /** Whether the server answered, as opposed to a session that is out of order. */
  static boolean isAnswer(Throwable failure) {
    return failure instanceof SFTPException e && e.getStatusCode() != StatusCode.UNKNOWN;
  }

  /** Whether the server said that nothing is there. */
  static boolean isMissing(SFTPException e) {
    return e.getStatusCode() == StatusCode.NO_SUCH_FILE
        || e.getStatusCode() == StatusCode.NO_SUCH_PATH;
  }

  /**
   * What to throw for an answer.
   *
   * @param action a verb
   * @param otherwise what to wait for if it can clear
   */
  static JobsException of(
      String action, StoragePath path, SFTPException answer, RecoveryCondition otherwise) {
    String permanent = permanentReason(path, answer);
    if (permanent != null) {
      return permanent(action, path, permanent, answer);
    }
    return new TransientAdapterException(
        otherwise,
        message(action, path, "the server says \"" + answer.getMessage() + "\""),
        answer);
  }

  /** A failure that stays. */
  static PermanentAdapterException permanent(
      String action, StoragePath path, String why, @Nullable Throwable cause) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR, message(action, path, why), cause);
  }

  /** A name that cannot be sent. */
  static PermanentAdapterException unusableName(String name) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "File name \"%s\" cannot be used: it is not valid Unicode, and names are sent in UTF-8."
            .formatted(name));
  }

  /** A name on the server that is not in UTF-8. */
  static PermanentAdapterException unreadableName(StoragePath directory, String shownAs) {
    return permanent(
        "list",
        directory,
        "the file name shown as \"%s\" is not valid UTF-8 (rename the file)".formatted(shownAs),
        null);
  }

  private static @Nullable String permanentReason(StoragePath path, SFTPException answer) {
    if (tooLong(path)) {
      return "the name is too long";
    }
    return switch (answer.getStatusCode()) {
      case NO_SUCH_FILE, NO_SUCH_PATH -> "it does not exist";
      case PERMISSION_DENIED -> "access is denied";
      case BAD_MESSAGE -> "the server does not take that name";
      case OP_UNSUPPORTED -> "the server cannot do that";
      default -> null;
    };
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
