package io.jobs4j.core.local;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.storage.Failures;
import io.jobs4j.core.storage.UnsupportedRequestException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says what the operating system means. The JDK has exceptions of its own for few errors; the
 * others can only be told by the operating system's text, in whatever language. Stateless.
 */
final class LocalFailures {
  /** What is said of an operation that a file system does not have. */
  private static final SystemError[] UNSUPPORTED = {
    SystemError.NOT_SUPPORTED,
    SystemError.NOT_PERMITTED,
    SystemError.NOT_IMPLEMENTED,
    SystemError.INVALID_ARGUMENT,
    SystemError.BAD_DESCRIPTOR
  };

  private LocalFailures() {}

  /** Why waiting does not mend a failure, by its text; {@code null} if it may. */
  static @Nullable String permanentReason(IOException cause) {
    return cause instanceof FileSystemException system
            && says(
                system,
                SystemError.NAME_TOO_LONG,
                SystemError.NOT_A_DIRECTORY,
                SystemError.IS_A_DIRECTORY,
                SystemError.NOT_PERMITTED,
                SystemError.INVALID_ARGUMENT,
                SystemError.TOO_MANY_LINKS)
        ? Failures.reason(cause)
        : null;
  }

  /** Whether {@code e} is one of these. */
  static boolean says(FileSystemException e, SystemError... errors) {
    return SystemTexts.ofThisProcess().tell(e.getReason(), errors);
  }

  /** What to throw if a file system does not do something, or does not let it be done. */
  static IOException ofRefusal(Path place, IOException e) {
    return e instanceof AccessDeniedException ? unsupported(place, e) : ofUnsupported(place, e);
  }

  /** What to throw if a file system does not do something. */
  static IOException ofUnsupported(Path place, IOException e) {
    return SystemTexts.ofThisProcess().tell(Failures.reason(e), UNSUPPORTED)
        ? unsupported(place, e)
        : e;
  }

  /** What to throw because a file system does not do something. */
  static UnsupportedRequestException unsupported(Path place, IOException e) {
    return new UnsupportedRequestException(
        place.toString(), Objects.requireNonNullElse(e.getMessage(), "it failed"), e);
  }

  /** A name that Java cannot hand to the operating system, which is a matter of the locale. */
  static PermanentAdapterException unusableName(String name, InvalidPathException cause) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "File name \"%s\" cannot be used: this Java process writes file names in %s (%s)."
            .formatted(name, fileNameEncoding(), advice()),
        cause);
  }

  /** Says of a name on disk that Java cannot read it. */
  static String unreadableName(String shownAs) {
    return "the file name shown as \"%s\" is not valid in %s, in which this Java process reads file names (%s)"
        .formatted(shownAs, fileNameEncoding(), advice());
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
