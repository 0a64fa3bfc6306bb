package io.jobs4j.adapters.ssh;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.storage.UnsupportedRequestException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.common.SSHRuntimeException;
import net.schmizz.sshj.sftp.Response.StatusCode;
import net.schmizz.sshj.sftp.SFTPException;
import org.jspecify.annotations.Nullable;

/**
 * Says of answers over SFTP what they mean. Version 3 of the protocol has few codes: a full disk, a
 * quota and much else are one "failure", which counts as something that passes. Stateless.
 */
final class SftpFailures {
  private static final String CANNOT = "the server cannot do that";

  private SftpFailures() {}

  /** Something asked of a server. */
  interface Request<T> {
    T send() throws IOException;
  }

  /** Something asked of a server that answers with nothing but that it is done. */
  interface Order {
    void send() throws IOException;
  }

  /** Asks for something at a place. */
  static <T> T ask(String place, Request<T> request) throws IOException {
    try {
      return request.send();
    } catch (SFTPException e) {
      throw meaning(place, e);
    } catch (SSHRuntimeException e) {
      throw new SSHException(e.getMessage(), e);
    }
  }

  /** Asks for something at a place. */
  static void tell(String place, Order order) throws IOException {
    ask(
        place,
        () -> {
          order.send();
          return place;
        });
  }

  /** Whether the server answered, as opposed to a session that is out of order. */
  static boolean isAnswer(Throwable failure) {
    return failure instanceof SFTPException e && e.getStatusCode() != StatusCode.UNKNOWN;
  }

  /** Why waiting does not mend what the server answered; {@code null} if it may. */
  static @Nullable String permanentReason(IOException failure) {
    if (!(failure.getCause() instanceof SFTPException e)) {
      return null;
    }
    return switch (e.getStatusCode()) {
      case BAD_MESSAGE -> "the server does not take that name";
      case OP_UNSUPPORTED -> CANNOT;
      default -> null;
    };
  }

  /** The same answer as one that nothing else can be done about. */
  static FileSystemException plain(String place, FileSystemException answer) {
    FileSystemException plain = new FileSystemException(place, null, answer.getReason());
    plain.initCause(answer.getCause());
    return plain;
  }

  /** That a server does not do what was asked of it, for the reason that it gave. */
  static UnsupportedRequestException unsupported(String place, FileSystemException answer) {
    String reason =
        answer instanceof AccessDeniedException ? "access is denied" : answer.getReason();
    return new UnsupportedRequestException(
        place, reason == null ? "it does not exist" : reason, answer);
  }

  /** Whether the server does not do, or let do, what was asked of it. */
  static boolean isRefusal(FileSystemException answer) {
    return answer instanceof AccessDeniedException || answer instanceof UnsupportedRequestException;
  }

  /** A name that cannot be sent. */
  static PermanentAdapterException unusableName(String name) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "File name \"%s\" cannot be used: it is not valid Unicode, and names are sent in UTF-8."
            .formatted(name));
  }

  private static IOException meaning(String place, SFTPException e) {
    if (!isAnswer(e)) {
      return e;
    }
    FileSystemException answer =
        switch (e.getStatusCode()) {
          case NO_SUCH_FILE, NO_SUCH_PATH -> new NoSuchFileException(place);
          case PERMISSION_DENIED -> new AccessDeniedException(place);
          case OP_UNSUPPORTED -> new UnsupportedRequestException(place, CANNOT, e);
          default ->
              new FileSystemException(place, null, "the server says \"" + e.getMessage() + "\"");
        };
    if (answer.getCause() == null) {
      answer.initCause(e);
    }
    return answer;
  }
}
