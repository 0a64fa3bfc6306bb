package io.jobs4j.adapters.ssh;

import io.jobs4j.core.storage.FileStatus;
import java.time.Instant;
import java.util.OptionalInt;
import net.schmizz.sshj.sftp.FileAttributes;

/**
 * What a server tells of a file over SFTP. Times have whole seconds.
 *
 * @param attributes of it, read without following a link
 */
record SftpStatus(FileAttributes attributes) implements FileStatus {
  @Override
  public Kind kind() {
    return switch (attributes.getType()) {
      case DIRECTORY -> Kind.DIRECTORY;
      case REGULAR -> Kind.FILE;
      case SYMLINK -> Kind.LINK;
      default -> Kind.OTHER;
    };
  }

  @Override
  public long length() {
    return attributes.getSize();
  }

  @Override
  public Instant modified() {
    return Instant.ofEpochSecond(attributes.getMtime());
  }

  @Override
  public OptionalInt permissions() {
    return OptionalInt.of(attributes.getMode().getPermissionsMask() & 0777);
  }
}
