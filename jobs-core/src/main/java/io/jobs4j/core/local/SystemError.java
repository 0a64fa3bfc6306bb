package io.jobs4j.core.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Objects;

/**
 * An error of the operating system for which the JDK has no exception of its own, so that only the
 * text of the exception tells it. The text is in the language of the process.
 */
enum SystemError {
  NAME_TOO_LONG("File name too long"),
  NOT_A_DIRECTORY("Not a directory"),
  IS_A_DIRECTORY("Is a directory"),
  TOO_MANY_LINKS("Too many levels of symbolic links"),
  NOT_PERMITTED("not permitted"),
  INVALID_ARGUMENT("Invalid argument"),
  NOT_SUPPORTED("not supported"),
  NOT_IMPLEMENTED("not implemented"),
  BAD_DESCRIPTOR("Bad file descriptor");

  private final String english;

  SystemError(String english) {
    this.english = english;
  }

  /** What its text has in it where the process speaks English. */
  String english() {
    return english;
  }

  /**
   * Makes the error where that can be done. Asked for is only what every Linux has: the root
   * directory, a name in it that is too long, {@code /dev/null}, and this process in {@code /proc}.
   * Nothing of it changes, not even if what is asked for is done after all.
   *
   * @throws IOException with the text of the error if it is no subclass of {@link
   *     java.nio.file.FileSystemException}
   */
  void provoke() throws IOException {
    switch (this) {
      case NAME_TOO_LONG -> open("/" + "a".repeat(256), StandardOpenOption.READ);
      case NOT_A_DIRECTORY -> open("/dev/null/none", StandardOpenOption.READ);
      case IS_A_DIRECTORY -> open("/", StandardOpenOption.WRITE);
      case TOO_MANY_LINKS -> open("/proc/self", StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      case NOT_PERMITTED -> setPermissionsOfProcess();
      case INVALID_ARGUMENT -> forceDevice();
      case NOT_SUPPORTED -> askProcessForAttribute();
      case NOT_IMPLEMENTED, BAD_DESCRIPTOR -> {}
    }
  }

  private static void open(String path, OpenOption... options) throws IOException {
    FileChannel.open(Path.of(path), options).close();
  }

  /** The kernel alone says who may do what with a process. Asked for is what it says already. */
  private static void setPermissionsOfProcess() throws IOException {
    Path name = Path.of("/proc/self/comm");
    // Where everything is read-only, that is the error.
    if (Files.isWritable(name)) {
      Files.setPosixFilePermissions(name, Files.getPosixFilePermissions(name));
    }
  }

  /** What has no content cannot be forced to the disk. */
  private static void forceDevice() throws IOException {
    try (FileChannel device = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.READ)) {
      device.force(true);
    }
  }

  /** Processes have no attributes that users define. */
  private static void askProcessForAttribute() throws IOException {
    Objects.requireNonNull(
            Files.getFileAttributeView(
                Path.of("/proc/self/stat"), UserDefinedFileAttributeView.class))
        .size("none");
  }
}
