package io.jobs4j.core.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.core.storage.Failures;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalFailuresTest {
  private static final StoragePath PATH = StoragePath.parse("a/b");

  static Stream<IOException> permanent() {
    return Stream.of(
        new NoSuchFileException("x"),
        new AccessDeniedException("x"),
        new NotDirectoryException("x"),
        new FileAlreadyExistsException("x"),
        new DirectoryNotEmptyException("x"),
        new AtomicMoveNotSupportedException("x", "y", "Invalid cross-device link"),
        new FileSystemException("x", null, "File name too long"),
        new FileSystemException("x", null, "Operation not permitted"),
        new FileSystemException("x", null, "Not a directory"));
  }

  @ParameterizedTest
  @MethodSource("permanent")
  void waitingDoesNotMend(IOException cause) {
    JobsException failure =
        Failures.of(
            "write",
            PATH,
            cause,
            RecoveryCondition.STORAGE_NOT_WRITABLE,
            LocalFailures::permanentReason);
    assertThat(failure)
        .isInstanceOfSatisfying(
            PermanentAdapterException.class,
            e -> assertThat(e.code()).isEqualTo(ConditionCode.JOB_FILES_SERVICE_ERROR))
        .hasMessageStartingWith("Cannot write \"/a/b\": ")
        .hasCause(cause);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No space left on device",
        "Disk quota exceeded",
        "Input/output error",
        "Read-only file system",
        "Stale file handle",
        "Kein Weltraum links auf dem Ger\u00e4t"
      })
  void waitingMayMend(String reason) {
    JobsException failure =
        Failures.of(
            "write",
            PATH,
            new FileSystemException("x", null, reason),
            RecoveryCondition.STORAGE_NOT_WRITABLE,
            LocalFailures::permanentReason);
    assertThat(failure)
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.STORAGE_NOT_WRITABLE))
        .hasMessage("Cannot write \"/a/b\": " + reason + ".");
  }

  @Test
  void anErrorWithoutATextIsTransient() {
    assertThat(
            Failures.of(
                "read",
                PATH,
                new IOException(),
                RecoveryCondition.SYSTEM_NOT_AVAILABLE,
                LocalFailures::permanentReason))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessage("Cannot read \"/a/b\": it failed.");
  }

  @Test
  void aNameThatIsTooLongIsToldInAnyLanguage() {
    StoragePath path = StoragePath.parse("\u00fc".repeat(128));
    assertThat(
            Failures.of(
                "write",
                path,
                new FileSystemException("x", null, "Der Dateiname ist zu lang"),
                RecoveryCondition.STORAGE_NOT_WRITABLE,
                LocalFailures::permanentReason))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageEndingWith("the name is too long.");
  }
}
