package io.jobs4j.adapters.ssh;

import io.jobs4j.core.spi.MissingFeatures;
import io.jobs4j.core.spi.MissingFeatures.Feature;
import io.jobs4j.core.spi.Publication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.common.SSHRuntimeException;
import net.schmizz.sshj.sftp.FileAttributes;
import net.schmizz.sshj.sftp.OpenMode;
import net.schmizz.sshj.sftp.PacketType;
import net.schmizz.sshj.sftp.RemoteFile;
import net.schmizz.sshj.sftp.RenameFlags;
import net.schmizz.sshj.sftp.Request;
import net.schmizz.sshj.sftp.Response;
import net.schmizz.sshj.sftp.Response.StatusCode;
import net.schmizz.sshj.sftp.SFTPEngine;
import net.schmizz.sshj.sftp.SFTPException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What not every server does over SFTP, done where it is. Servers leave requests out, or refuse
 * them by their configuration. Safe for use by several threads.
 *
 * @param missing takes note of what is not done
 */
record SftpFeatures(MissingFeatures missing) {
  private static final Logger log = LoggerFactory.getLogger(SftpFeatures.class);
  private static final String OPENSSH = "openssh.com";
  private static final String FSYNC = "fsync";
  private static final Set<OpenMode> NEW_FILE =
      EnumSet.of(OpenMode.WRITE, OpenMode.CREAT, OpenMode.EXCL);
  private static final int OWNER_EXECUTES = 0100;
  private static final FileAttributes EXECUTABLE =
      new FileAttributes.Builder().withPermissions(0777).build();

  /** Makes a file, which whoever may read it may execute if that is wanted. */
  RemoteFile create(SFTPEngine sftp, String path, boolean executable) throws IOException {
    // As after chmod +x: the server takes away what its umask does.
    return sftp.open(path, NEW_FILE, executable ? EXECUTABLE : FileAttributes.EMPTY);
  }

  /** Sees to it that a file that was created to be executed can be. */
  void requireExecutable(SFTPEngine sftp, RemoteFile file, String path) throws IOException {
    FileAttributes found = SftpConfinement.find(sftp, path);
    int mode = found == null ? OWNER_EXECUTES : found.getMode().getPermissionsMask();
    if ((mode & OWNER_EXECUTES) != 0) {
      return;
    }
    int more = mode | OWNER_EXECUTES | (mode & 0044) >> 2;
    try {
      file.setAttributes(new FileAttributes.Builder().withPermissions(more).build());
    } catch (SFTPException e) {
      note(Feature.EXECUTABLE, e);
    }
  }

  /** Takes the rights of all but the owner from a file or directory. */
  void keepOthersOut(SFTPEngine sftp, String path, FileAttributes found) throws IOException {
    int own = found.getMode().getPermissionsMask() & 0700;
    try {
      sftp.setAttributes(path, new FileAttributes.Builder().withPermissions(own).build());
    } catch (SFTPException e) {
      note(Feature.PRIVATE, e);
    }
  }

  /** Gives an open file its time. Its content counts without. */
  void setModified(SFTPEngine sftp, RemoteFile file, String path, Instant time) throws IOException {
    if (missing.has(Feature.MODIFIED_TIME)) {
      return;
    }
    try {
      file.setAttributes(times(time));
    } catch (SFTPException e) {
      if (!SftpFailures.isAnswer(e)) {
        throw e;
      }
      setModified(sftp, path, time);
    }
  }

  /** Gives a file its time. Its content counts without. */
  void setModified(SFTPEngine sftp, String path, Instant time) throws IOException {
    if (missing.has(Feature.MODIFIED_TIME)) {
      return;
    }
    try {
      sftp.setAttributes(path, times(time));
    } catch (SFTPException e) {
      note(Feature.MODIFIED_TIME, e);
    }
  }

  private static FileAttributes times(Instant modified) {
    long seconds = Math.max(0, Math.min(modified.getEpochSecond(), 0xffffffffL));
    return new FileAttributes.Builder().withAtimeMtime(seconds, seconds).build();
  }

  /** Moves something to where nothing is. */
  void move(SFTPEngine sftp, String from, String to) throws IOException {
    try {
      // In version 3 of the protocol this refuses to replace.
      sftp.rename(from, to, EnumSet.noneOf(RenameFlags.class));
    } catch (SFTPException e) {
      FileAttributes source =
          isRefusal(e) && renamesOver(sftp) ? SftpConfinement.find(sftp, from) : null;
      if (source == null) {
        throw e;
      }
      moveOverClaim(sftp, from, to, SftpConfinement.isDirectory(source));
    }
  }

  /**
   * Moves something by the extension, which would replace what is there. So the place is claimed
   * first, which of several succeeds for one, and only the claim is replaced.
   */
  private static void moveOverClaim(SFTPEngine sftp, String from, String to, boolean directory)
      throws IOException {
    // A directory takes the place of an empty one only, and a file that of a file.
    if (directory) {
      sftp.makeDir(to);
    } else {
      sftp.open(to, NEW_FILE, FileAttributes.EMPTY).close();
    }
    try {
      sftp.rename(from, to, EnumSet.of(RenameFlags.ATOMIC, RenameFlags.OVERWRITE));
    } catch (IOException e) {
      try {
        Uninterrupted.run(
            () -> {
              // Without an answer it may have been moved.
              if (SftpFailures.isAnswer(e) || SftpConfinement.find(sftp, from) != null) {
                removeClaim(sftp, to, directory);
              }
            });
      } catch (IOException | SSHRuntimeException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private static void removeClaim(SFTPEngine sftp, String claim, boolean directory)
      throws IOException {
    FileAttributes found = SftpConfinement.find(sftp, claim);
    if (found == null) {
      return;
    }
    if (directory) {
      sftp.removeDir(claim);
    } else if (SftpConfinement.isFile(found) && found.getSize() == 0) {
      // With content it is what somebody has put in place meanwhile.
      sftp.remove(claim);
    }
  }

  /**
   * Puts a file in place of another, or where nothing is. Where that cannot be done in one step,
   * the other is moved aside, and back if the file cannot come to its place.
   *
   * @param publication whose tag the name of what is moved aside has
   */
  void replace(SFTPEngine sftp, String from, String to, Publication publication)
      throws IOException {
    if (renamesOver(sftp)) {
      try {
        sftp.rename(from, to, EnumSet.of(RenameFlags.ATOMIC, RenameFlags.OVERWRITE));
        return;
      } catch (SFTPException e) {
        if (!isRefusal(e)) {
          throw e;
        }
        log.debug("{} may not be replaced by its extension; trying without", to, e);
      }
    }
    try {
      sftp.rename(from, to, EnumSet.noneOf(RenameFlags.class));
    } catch (SFTPException e) {
      // What is there must not be moved for a file that somebody has removed.
      if (!SftpFailures.isAnswer(e)
          || SftpConfinement.find(sftp, from) == null
          || SftpConfinement.find(sftp, to) == null) {
        throw e;
      }
      swap(sftp, from, SftpStorage.temporary(to, publication), to);
      missing.add(Feature.ATOMIC_REPLACE, "the server has or allows no posix-rename@" + OPENSSH);
    }
  }

  private static void swap(SFTPEngine sftp, String from, String aside, String to)
      throws IOException {
    sftp.rename(to, aside, EnumSet.noneOf(RenameFlags.class));
    try {
      sftp.rename(from, to, EnumSet.noneOf(RenameFlags.class));
    } catch (IOException e) {
      try {
        Uninterrupted.run(() -> sftp.rename(aside, to, EnumSet.noneOf(RenameFlags.class)));
      } catch (IOException | SSHRuntimeException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    SftpStorage.removeQuietly(sftp, aside);
  }

  private static boolean renamesOver(SFTPEngine sftp) {
    return sftp.supportsServerExtension("posix-rename", OPENSSH);
  }

  /** Forces a file or directory to the disk. */
  void force(SFTPEngine sftp, String path, boolean directory) throws IOException {
    if (!sftp.supportsServerExtension(FSYNC, OPENSSH)) {
      missing.add(Feature.SYNC, "the server has or allows no fsync@" + OPENSSH);
      return;
    }
    byte[] handle;
    try {
      handle =
          answer(
                  sftp,
                  sftp.newRequest(PacketType.OPEN)
                      .putString(path, StandardCharsets.UTF_8)
                      .putUInt32(OpenMode.toMask(EnumSet.of(OpenMode.READ)))
                      .putFileAttributes(FileAttributes.EMPTY))
              .ensurePacketTypeIs(PacketType.HANDLE)
              .readBytes();
    } catch (SFTPException e) {
      if (!directory) {
        throw e;
      }
      // Not every server opens directories like files; then there is no way to force them.
      note(Feature.SYNC_DIRECTORY, e);
      return;
    }
    try {
      answer(sftp, sftp.newExtendedRequest(FSYNC + "@" + OPENSSH).putBytes(handle))
          .ensureStatusPacketIsOK();
    } catch (SFTPException e) {
      // That a directory cannot be forced is one "failure" with everything else.
      if (!directory && !isRefusal(e)) {
        throw e;
      }
      note(directory ? Feature.SYNC_DIRECTORY : Feature.SYNC, e);
    } finally {
      answer(sftp, sftp.newRequest(PacketType.CLOSE).putBytes(handle));
    }
  }

  private static Response answer(SFTPEngine sftp, Request request) throws IOException {
    return sftp.request(request).retrieve(sftp.getTimeoutMs(), TimeUnit.MILLISECONDS);
  }

  /** Goes on after an answer. */
  private void note(Feature feature, SFTPException e) throws SFTPException {
    if (!SftpFailures.isAnswer(e)) {
      throw e;
    }
    missing.add(feature, e.getMessage());
  }

  /** Whether the server does not do, or let do, what was asked of it. */
  private static boolean isRefusal(SFTPException e) {
    return e.getStatusCode() == StatusCode.PERMISSION_DENIED
        || e.getStatusCode() == StatusCode.OP_UNSUPPORTED;
  }
}
