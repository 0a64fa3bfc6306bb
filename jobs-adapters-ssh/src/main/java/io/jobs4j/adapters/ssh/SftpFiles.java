package io.jobs4j.adapters.ssh;

import com.hierynomus.sshj.sftp.RemoteResourceSelector;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.storage.FileOperations;
import io.jobs4j.core.storage.FileStatus;
import io.jobs4j.core.storage.NewFile;
import io.jobs4j.core.storage.UnsupportedRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.schmizz.concurrent.Promise;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.sftp.FileAttributes;
import net.schmizz.sshj.sftp.FileMode;
import net.schmizz.sshj.sftp.OpenMode;
import net.schmizz.sshj.sftp.PacketType;
import net.schmizz.sshj.sftp.RemoteDirectory;
import net.schmizz.sshj.sftp.RemoteFile;
import net.schmizz.sshj.sftp.RemoteResourceInfo;
import net.schmizz.sshj.sftp.RenameFlags;
import net.schmizz.sshj.sftp.Request;
import net.schmizz.sshj.sftp.Response;
import net.schmizz.sshj.sftp.SFTPEngine;
import net.schmizz.sshj.sftp.SFTPException;
import org.jspecify.annotations.Nullable;

/**
 * Files of a server, over version 3 of SFTP and what OpenSSH adds to it. Servers leave requests
 * out, or refuse them by their configuration.
 */
final class SftpFiles implements FileOperations<String> {
  /** Bytes of a request: what all servers take. */
  static final int BLOCK = 32 * 1024;

  /** Requests of one file that are under way; with blocks, half of a channel's usual window. */
  static final int REQUESTS = 32;

  private static final String OPENSSH = "openssh.com";
  private static final String FSYNC = "fsync";
  private static final Set<OpenMode> NEW_FILE =
      EnumSet.of(OpenMode.WRITE, OpenMode.CREAT, OpenMode.EXCL);

  private final SftpSession session;
  private final SFTPEngine sftp;
  private final String rootDir;

  /**
   * @param session in use by the caller
   * @param rootDir the root, whose links may not have been followed
   */
  SftpFiles(SftpSession session, String rootDir) {
    this.session = session;
    this.sftp = session.engine();
    this.rootDir = rootDir;
  }

  /** The path of a name in a directory. */
  static String path(String directory, String name) {
    return directory.endsWith("/") ? directory + name : directory + "/" + name;
  }

  static FileAttributes times(Instant modified) {
    long seconds = Math.max(0, Math.min(modified.getEpochSecond(), 0xffffffffL));
    return new FileAttributes.Builder().withAtimeMtime(seconds, seconds).build();
  }

  static FileAttributes mode(int permissions) {
    return new FileAttributes.Builder().withPermissions(permissions).build();
  }

  @Override
  public String child(String directory, String name) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw SftpFailures.unusableName(name);
    }
    return path(directory, name);
  }

  @Override
  public String parent(String place) {
    int end = place.lastIndexOf('/');
    return end == 0 ? "/" : place.substring(0, end);
  }

  @Override
  public boolean contains(String directory, String place) {
    return place.equals(directory)
        || place.startsWith(directory.endsWith("/") ? directory : directory + "/");
  }

  @Override
  public String root() throws IOException {
    return SftpFailures.ask(rootDir, () -> sftp.canonicalize(rootDir));
  }

  @Override
  public Answers status(List<String> places) throws IOException {
    List<Promise<Response, SFTPException>> answers = new ArrayList<>();
    for (String place : places) {
      Request request = sftp.newRequest(PacketType.LSTAT).putString(place, StandardCharsets.UTF_8);
      answers.add(SftpFailures.ask(place, () -> sftp.request(request)));
    }
    return index -> status(places.get(index), answers.get(index));
  }

  private @Nullable FileStatus status(String place, Promise<Response, SFTPException> answer)
      throws IOException {
    try {
      return new SftpStatus(
          SftpFailures.ask(
              place,
              () ->
                  answer
                      .retrieve(sftp.getTimeoutMs(), TimeUnit.MILLISECONDS)
                      .ensurePacketTypeIs(PacketType.ATTRS)
                      .readFileAttributes()));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public @Nullable Target<String> follow(String link) throws IOException {
    String place;
    try {
      place = SftpFailures.ask(link, () -> sftp.canonicalize(link));
    } catch (NoSuchFileException e) {
      return null;
    }
    // Servers say where a link would lead even if nothing is there.
    FileStatus status = status(place);
    if (status == null) {
      return null;
    }
    if (status.isLink()) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_FILES_SERVICE_ERROR,
          "The symbolic link %s cannot be followed: the server does not say where it leads."
              .formatted(link));
    }
    return new Target<>(place, status);
  }

  @Override
  public List<Child<String>> list(String directory) throws IOException {
    List<RemoteResourceInfo> found =
        SftpFailures.ask(
            directory,
            () -> {
              try (RemoteDirectory open = sftp.openDir(directory)) {
                return open.scan(RemoteResourceSelector.ALL);
              }
            });
    if (found.isEmpty()) {
      // OpenSSH leaves out what it cannot look at, which is all if the directory cannot be entered.
      status(path(directory, "."));
    }
    List<Child<String>> children = new ArrayList<>();
    for (RemoteResourceInfo child : found) {
      String name = child.getName();
      String place = path(directory, name);
      FileAttributes listed = child.getAttributes();
      FileStatus status = listed.getType() == FileMode.Type.UNKNOWN ? null : new SftpStatus(listed);
      boolean unreadable = false;
      // A name that is not in UTF-8 shows with this, and does not lead back to the file.
      if (name.indexOf('\uFFFD') >= 0) {
        status = status(place);
        unreadable = status == null;
      }
      children.add(new Child<>(name, place, status, unreadable));
    }
    return children;
  }

  @Override
  public String unreadable(String name) {
    return "the file name shown as \"%s\" is not valid UTF-8 (rename the file)".formatted(name);
  }

  /** The stream keeps the session. */
  @Override
  public InputStream read(String file, long offset, FileStatus found) throws IOException {
    RemoteFile open = SftpFailures.ask(file, () -> sftp.open(file, EnumSet.of(OpenMode.READ)));
    if (!session.keep()) {
      throw new SSHException("the session is over");
    }
    return new SftpInputStream(session, open, offset, found.length());
  }

  @Override
  public NewFile create(String file, boolean executable) throws IOException {
    // As after chmod +x: the server takes away what its umask does.
    FileAttributes attributes = executable ? mode(0777) : FileAttributes.EMPTY;
    RemoteFile open = SftpFailures.ask(file, () -> sftp.open(file, NEW_FILE, attributes));
    return new SftpNewFile(this, file, open);
  }

  @Override
  public void makeDirectory(String directory) throws IOException {
    SftpFailures.tell(directory, () -> sftp.makeDir(directory));
  }

  /** In version 3 of the protocol this refuses to replace. */
  @Override
  public void rename(String from, String to) throws IOException {
    try {
      SftpFailures.tell(to, () -> sftp.rename(from, to, EnumSet.noneOf(RenameFlags.class)));
    } catch (FileSystemException e) {
      if (SftpFailures.isRefusal(e) && renamesOver()) {
        throw SftpFailures.unsupported(to, e);
      }
      if (e instanceof UnsupportedRequestException) {
        // Nothing could replace what is claimed instead.
        throw SftpFailures.plain(to, e);
      }
      throw e;
    }
  }

  @Override
  public void replace(String from, String to) throws IOException {
    String none = "the server has or allows no posix-rename@" + OPENSSH;
    if (!renamesOver()) {
      throw new UnsupportedRequestException(to, none, null);
    }
    try {
      SftpFailures.tell(
          to, () -> sftp.rename(from, to, EnumSet.of(RenameFlags.ATOMIC, RenameFlags.OVERWRITE)));
    } catch (FileSystemException e) {
      throw SftpFailures.isRefusal(e) ? new UnsupportedRequestException(to, none, e) : e;
    }
  }

  private boolean renamesOver() {
    return sftp.supportsServerExtension("posix-rename", OPENSSH);
  }

  @Override
  public void delete(String file) throws IOException {
    SftpFailures.tell(file, () -> sftp.remove(file));
  }

  @Override
  public void deleteDirectory(String directory) throws IOException {
    SftpFailures.tell(directory, () -> sftp.removeDir(directory));
  }

  @Override
  public void setModified(String file, Instant time) throws IOException {
    set(file, times(time));
  }

  @Override
  public void setPermissions(String place, int permissions) throws IOException {
    set(place, mode(permissions));
  }

  /** Whatever a server answers if it does not set attributes, it is used without. */
  private void set(String place, FileAttributes attributes) throws IOException {
    try {
      SftpFailures.tell(place, () -> sftp.setAttributes(place, attributes));
    } catch (FileSystemException e) {
      throw SftpFailures.unsupported(place, e);
    }
  }

  @Override
  public void force(String place, boolean directory) throws IOException {
    if (!sftp.supportsServerExtension(FSYNC, OPENSSH)) {
      throw new UnsupportedRequestException(
          place, "the server has or allows no fsync@" + OPENSSH, null);
    }
    byte[] handle;
    try {
      handle =
          SftpFailures.ask(
              place,
              () ->
                  answer(
                          sftp.newRequest(PacketType.OPEN)
                              .putString(place, StandardCharsets.UTF_8)
                              .putUInt32(OpenMode.toMask(EnumSet.of(OpenMode.READ)))
                              .putFileAttributes(FileAttributes.EMPTY))
                      .ensurePacketTypeIs(PacketType.HANDLE)
                      .readBytes());
    } catch (FileSystemException e) {
      // Not every server opens directories like files; then there is no way to force them.
      throw directory ? SftpFailures.unsupported(place, e) : e;
    }
    try {
      SftpFailures.tell(
          place,
          () ->
              answer(sftp.newExtendedRequest(FSYNC + "@" + OPENSSH).putBytes(handle))
                  .ensureStatusPacketIsOK());
    } catch (FileSystemException e) {
      // That a directory cannot be forced is one "failure" with everything else.
      throw directory || SftpFailures.isRefusal(e) ? SftpFailures.unsupported(place, e) : e;
    } finally {
      answer(sftp.newRequest(PacketType.CLOSE).putBytes(handle));
    }
  }

  private Response answer(Request request) throws IOException {
    return sftp.request(request).retrieve(sftp.getTimeoutMs(), TimeUnit.MILLISECONDS);
  }

  @Override
  public @Nullable String permanentReason(IOException failure) {
    return SftpFailures.permanentReason(failure);
  }
}
