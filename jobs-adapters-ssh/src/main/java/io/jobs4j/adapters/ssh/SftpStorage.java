package io.jobs4j.adapters.ssh;

import com.hierynomus.sshj.sftp.RemoteResourceSelector;
import io.jobs4j.adapters.ssh.SftpConfinement.Place;
import io.jobs4j.adapters.ssh.SftpConfinement.Shown;
import io.jobs4j.core.JobsException;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.MissingFeatures;
import io.jobs4j.core.spi.Omission;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TemporaryFile;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.common.SSHRuntimeException;
import net.schmizz.sshj.sftp.FileAttributes;
import net.schmizz.sshj.sftp.FileMode;
import net.schmizz.sshj.sftp.OpenMode;
import net.schmizz.sshj.sftp.RemoteDirectory;
import net.schmizz.sshj.sftp.RemoteFile;
import net.schmizz.sshj.sftp.RemoteResourceInfo;
import net.schmizz.sshj.sftp.SFTPEngine;
import net.schmizz.sshj.sftp.SFTPException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files below a directory of a host, over version 3 of SFTP. Safe for use by several threads
 * and processes.
 *
 * <p><b>Links.</b> A symbolic link that stays inside the root is followed; one that leads out is
 * refused. {@link #deleteTree} and {@link #move} act on a link itself. The protocol knows files by
 * their paths only, so somebody who may write in the storage could put a link in place of a
 * directory between the check and the use.
 *
 * <p><b>Writing.</b> {@link #write} and {@link #copy} fill a {@link TemporaryFile} beside the
 * target, give it its time and mode and rename it. Times have whole seconds. What a server does not
 * do or refuses is done without, as {@link SftpFeatures} says: times, the executable mode, forcing
 * to the disk, and replacing a file in one step; without the last, there is no file for a moment.
 *
 * <p><b>Copying</b> inside the host is done there, by {@code cp}; where the account may not run
 * commands, or sees other files when it does, the content goes through this process, and {@code cp}
 * is tried again after ten minutes.
 *
 * <p><b>Unmounted roots.</b> The marker file, if there is one, is looked for before anything is
 * said to be absent and before anything is written. Without one, a root that is not mounted cannot
 * be told from one that is empty.
 *
 * <p>A full disk and a used-up quota are one "failure" in the protocol; when something is written,
 * that blocks with {@link RecoveryCondition#STORAGE_NOT_WRITABLE}.
 */
final class SftpStorage implements FileStorage {
  /** Bytes of a request: what all servers take. */
  static final int BLOCK = 32 * 1024;

  /** Requests of one file that are under way; with blocks, half of a channel's usual window. */
  static final int REQUESTS = 32;

  private static final Logger log = LoggerFactory.getLogger(SftpStorage.class);
  private static final String NOT_A_DIRECTORY = "there is a file where a directory should be";
  private static final Duration COPY_LIMIT = Duration.ofHours(12);

  /** How long copying by commands is let alone after it failed. */
  private static final Duration COPY_PAUSE = Duration.ofMinutes(10);

  /** So that small files are not copied by a command each, which takes longer. */
  private static final long LEAST_TO_COPY_THERE = 64L * 1024;

  private final ConnectionPool pool;
  private final HostConnections host;
  private final String rootDir;
  private final SftpConfinement confinement;
  private final SftpFeatures features;
  private final SshCommandRunner commands;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Until when files are not copied by commands. */
  private volatile Instant noCopies = Instant.MIN;

  SftpStorage(
      ConnectionPool pool, Endpoint endpoint, String rootDir, @Nullable StoragePath marker) {
    this.pool = pool;
    this.host = pool.retain(endpoint);
    this.rootDir = withoutEnd(rootDir);
    this.confinement = new SftpConfinement(this.rootDir, marker);
    this.features = new SftpFeatures(new MissingFeatures(toString()));
    this.commands = new SshCommandRunner(host);
  }

  @Override
  public Set<Capability> capabilities() {
    return features.missing().without(EnumSet.allOf(Capability.class));
  }

  /**
   * {@inheritDoc} A link that leads nowhere, and what is neither file nor directory, count as
   * nothing.
   */
  @Override
  public Optional<FileEntry> stat(StoragePath path) throws InterruptedException {
    return reading(
        "look at", path, sftp -> entry(path, confinement.locate(sftp, path, true).attributes()));
  }

  @Override
  public Listing scan(StoragePath directory) throws InterruptedException {
    return reading("list", directory, sftp -> scan(sftp, directory));
  }

  private Listing scan(SFTPEngine sftp, StoragePath directory) throws IOException {
    Place place = confinement.locate(sftp, directory, true);
    if (place.attributes() == null) {
      throw SftpFailures.permanent("list", directory, "it does not exist", null);
    }
    if (!SftpConfinement.isDirectory(place.attributes())) {
      throw SftpFailures.permanent("list", directory, NOT_A_DIRECTORY, null);
    }
    List<FileEntry> entries = new ArrayList<>();
    List<Omission> omissions = new ArrayList<>();
    Set<StoragePath> links = new HashSet<>();
    for (RemoteResourceInfo child : children(sftp, place.path())) {
      String name = child.getName();
      if (TemporaryFile.isOne(name)) {
        omissions.add(new Omission(directory.resolve(name), Omission.Reason.TEMPORARY));
        continue;
      }
      String path = SftpConfinement.child(place.path(), name);
      FileAttributes own = own(sftp, path, child);
      if (own == null) {
        if (name.indexOf('\uFFFD') >= 0) {
          throw SftpFailures.unreadableName(directory, name);
        }
        continue;
      }
      Shown shown = confinement.show(sftp, path, own, place.way());
      Omission.Reason reason = shown.reason();
      Optional<FileEntry> entry = entry(directory.resolve(name), shown.attributes());
      if (entry.isPresent()) {
        entries.add(entry.get());
        if (own.getType() == FileMode.Type.SYMLINK) {
          links.add(entry.get().path());
        }
      } else {
        omissions.add(
            new Omission(
                directory.resolve(name), reason == null ? Omission.Reason.SPECIAL : reason));
      }
    }
    if (entries.isEmpty()) {
      confinement.requireMounted(sftp);
    }
    entries.sort(Comparator.comparing(entry -> entry.path().name()));
    return new Listing(entries, omissions, links);
  }

  /** Attributes of a child; {@code null} if it is not there under the name that was read. */
  static @Nullable FileAttributes own(SFTPEngine sftp, String path, RemoteResourceInfo child)
      throws IOException {
    FileAttributes listed = child.getAttributes();
    return listed.getType() == FileMode.Type.UNKNOWN || child.getName().indexOf('\uFFFD') >= 0
        ? SftpConfinement.find(sftp, path)
        : listed;
  }

  /** What a directory that may be entered holds. */
  static List<RemoteResourceInfo> children(SFTPEngine sftp, String directory) throws IOException {
    List<RemoteResourceInfo> children;
    try (RemoteDirectory open = sftp.openDir(directory)) {
      children = open.scan(RemoteResourceSelector.ALL);
    }
    if (children.isEmpty()) {
      // OpenSSH leaves out what it cannot look at, which is all if the directory cannot be entered.
      SftpConfinement.find(sftp, SftpConfinement.child(directory, "."));
    }
    return children;
  }

  /**
   * {@inheritDoc} Reading ends with an {@link java.io.InterruptedIOException} if the thread is
   * interrupted.
   */
  @Override
  public InputStream read(StoragePath file, long offset) throws InterruptedException {
    if (offset < 0) {
      throw new IllegalArgumentException("offset must not be negative but is " + offset);
    }
    return using(
        "read",
        file,
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        true,
        session -> {
          SFTPEngine sftp = session.engine();
          Place place = requireFile("read", file, confinement.locate(sftp, file, true));
          RemoteFile open = sftp.open(place.path(), EnumSet.of(OpenMode.READ));
          if (!session.keep()) {
            throw new SSHException("the session is over");
          }
          return new SftpInputStream(session, open, offset, attributes(place).getSize());
        });
  }

  @Override
  public void write(
      StoragePath file,
      InputStream content,
      Instant modified,
      boolean executable,
      Publication publication)
      throws InterruptedException {
    prepare(file);
    writing(
        "write",
        file,
        false,
        sftp ->
            put(
                sftp,
                file,
                target -> pour(content, target, file),
                modified,
                executable,
                publication));
  }

  @Override
  public void makeDirectories(StoragePath directory, StoragePath within)
      throws InterruptedException {
    writing(
        "make directory",
        directory,
        true,
        sftp -> {
          Place place = confinement.locate(sftp, directory, true);
          requireThere("make directory", directory, place, within);
          makeDirectories(sftp, directory, place, false);
          return directory;
        });
  }

  /** Throws if {@code within}, which is on the way to the place, is not there. */
  private static void requireThere(
      String action, StoragePath path, Place place, StoragePath within) {
    if (place.way().size() <= within.segments().size()) {
      throw SftpFailures.permanent(
          action, path, "the directory \"%s\" does not exist".formatted(within), null);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws PermanentAdapterException also if {@code directory} is the root
   */
  @Override
  public boolean deleteIfEmpty(StoragePath directory) throws InterruptedException {
    refuseRoot("delete", directory);
    return writing(
        "delete",
        directory,
        true,
        sftp -> {
          Place place = confinement.locate(sftp, directory, false);
          FileAttributes attributes = place.attributes();
          if (attributes == null || !SftpConfinement.isDirectory(attributes)) {
            return false;
          }
          try {
            sftp.removeDir(place.path());
            return true;
          } catch (SFTPException e) {
            // That it is not empty is one "failure" with everything else.
            if (SftpFailures.isAnswer(e)
                && (SftpFailures.isMissing(e) || !children(sftp, place.path()).isEmpty())) {
              return false;
            }
            throw e;
          }
        });
  }

  /** {@inheritDoc} */
  @Override
  public void makePrivate(StoragePath path) throws InterruptedException {
    writing(
        "take the rights of others from",
        path,
        true,
        sftp -> {
          Place place = confinement.locate(sftp, path, false);
          FileAttributes attributes = place.attributes();
          // The server would change what a link leads to.
          if (attributes != null
              && !SftpConfinement.isLink(attributes)
              && (attributes.getMode().getPermissionsMask() & 0077) != 0) {
            features.keepOthersOut(sftp, place.path(), attributes);
          }
          return path;
        });
  }

  /**
   * {@inheritDoc} Directories of the tree that the owner may not change are made so that the owner
   * may.
   *
   * @throws PermanentAdapterException also if {@code path} is the root
   */
  @Override
  public void deleteTree(StoragePath path) throws InterruptedException {
    refuseRoot("delete", path);
    writing(
        "delete",
        path,
        true,
        sftp -> {
          Place place = confinement.locate(sftp, path, false);
          if (place.attributes() != null) {
            SftpTreeDeletion.delete(sftp, place.path(), place.attributes(), path);
          }
          return path;
        });
  }

  /**
   * {@inheritDoc} Makes the directories above {@code to}. A link is moved itself.
   *
   * @throws PermanentAdapterException also if something is at {@code to}, or if {@code to} is in
   *     {@code from}
   */
  @Override
  public void move(StoragePath from, StoragePath to) throws InterruptedException {
    refuseRoot("move", from);
    prepare(from);
    writing(
        "move",
        from,
        false,
        sftp -> {
          if (confinement.locate(sftp, from, true).attributes() == null) {
            throw SftpFailures.permanent("move", from, "it does not exist", null);
          }
          Place source = confinement.locate(sftp, from, false);
          Place target = confinement.locate(sftp, to, false);
          if (target.attributes() != null) {
            throw SftpFailures.permanent("move", from, "\"" + to + "\" is there already", null);
          }
          if ((target.path() + "/").startsWith(source.path() + "/")) {
            throw SftpFailures.permanent("move", from, "\"" + to + "\" is inside it", null);
          }
          makeDirectories(sftp, to, target, true);
          features.move(sftp, source.path(), target.path());
          return to;
        });
  }

  @Override
  public long copy(StoragePath from, StoragePath to, Publication publication)
      throws InterruptedException {
    Place source =
        reading(
            "copy", from, sftp -> requireFile("copy", from, confinement.locate(sftp, from, true)));
    FileAttributes attributes = attributes(source);
    if (!host.settings().clock().instant().isBefore(noCopies)
        && attributes.getSize() >= LEAST_TO_COPY_THERE) {
      Long copied = copyThere(source, to, publication);
      if (copied != null) {
        return copied;
      }
    }
    try (InputStream content = read(from, 0)) {
      long[] count = new long[1];
      prepare(to);
      return writing(
          "copy to",
          to,
          false,
          sftp ->
              put(
                  sftp,
                  to,
                  target -> count[0] = pour(content, target, to),
                  modified(attributes),
                  isExecutable(attributes),
                  publication));
    } catch (IOException e) {
      throw SshFailures.broken(host.endpoint().address(), "Cannot copy \"" + from + "\"", e);
    }
  }

  /** Copies by a command of the host; {@code null} if that cannot be done there. */
  private @Nullable Long copyThere(Place source, StoragePath to, Publication publication)
      throws InterruptedException {
    try {
      return tryToCopyThere(source, to, publication);
    } catch (InterruptedException e) {
      // It may have been interrupted again while it put away what it had begun.
      Thread.interrupted();
      throw e;
    }
  }

  private @Nullable Long tryToCopyThere(Place source, StoragePath to, Publication publication)
      throws InterruptedException {
    FileAttributes attributes = attributes(source);
    Place target =
        writing(
            "copy to",
            to,
            true,
            sftp -> {
              Place place = requireReplaceable(to, confinement.locate(sftp, to, true), publication);
              if (place.attributes() == null) {
                makeDirectories(sftp, to, place, true);
              }
              return place;
            });
    String temporary = temporary(target.path(), publication);
    boolean done = false;
    try {
      CommandResult result =
          commands.run(Command.of("cp", "--", source.path(), temporary).within(COPY_LIMIT));
      if (!result.succeeded()) {
        log.debug("cp on {} returned {}: {}", host.endpoint(), result.exitCode(), result.error());
        if (isThere(to, temporary)) {
          // The disk may be full; writing the usual way says what it is.
          return null;
        }
        copyNoneThere();
        return null;
      }
      OptionalLong length =
          writing(
              "copy to",
              to,
              false,
              sftp -> finish(sftp, source.path(), temporary, target, attributes, to, publication));
      done = length.isPresent();
      if (!done) {
        copyNoneThere();
        return null;
      }
      return length.getAsLong();
    } catch (TargetExistsException e) {
      throw e;
    } catch (PermanentAdapterException e) {
      copyNoneThere();
      log.debug("Commands cannot be run on {}", host.endpoint(), e);
      return null;
    } catch (TransientAdapterException e) {
      if (e.condition() == RecoveryCondition.SYSTEM_NOT_AVAILABLE) {
        // An account for files only does not run commands.
        copyNoneThere();
        log.debug("Commands cannot be run on {}", host.endpoint(), e);
        return null;
      }
      throw e;
    } finally {
      if (!done) {
        discard(to, temporary);
      }
    }
  }

  private void copyNoneThere() {
    noCopies = host.settings().clock().instant().plus(COPY_PAUSE);
  }

  private boolean isThere(StoragePath to, String temporary) throws InterruptedException {
    return reading("copy to", to, sftp -> SftpConfinement.find(sftp, temporary) != null);
  }

  /** Puts a copy in place; empty if it is not there, or not whole. */
  private OptionalLong finish(
      SFTPEngine sftp,
      String source,
      String temporary,
      Place target,
      FileAttributes attributes,
      StoragePath to,
      Publication publication)
      throws IOException {
    FileAttributes copy = SftpConfinement.find(sftp, temporary);
    FileAttributes original = SftpConfinement.find(sftp, source);
    if (copy == null || original == null || copy.getSize() != original.getSize()) {
      return OptionalLong.empty();
    }
    features.setModified(sftp, temporary, modified(attributes));
    publish(sftp, temporary, target, to, publication);
    return OptionalLong.of(copy.getSize());
  }

  @Override
  public void sync(Collection<StoragePath> files) throws InterruptedException {
    Set<StoragePath> directories = new LinkedHashSet<>();
    for (StoragePath file : files) {
      force(file);
      directories.addAll(file.ancestors());
    }
    for (StoragePath directory : directories) {
      force(directory);
    }
  }

  private void force(StoragePath path) throws InterruptedException {
    writing(
        "sync",
        path,
        true,
        sftp -> {
          Place place = confinement.locate(sftp, path, true);
          FileAttributes attributes = place.attributes();
          if (attributes == null) {
            throw SftpFailures.permanent("sync", path, "it does not exist", null);
          }
          features.force(sftp, place.path(), SftpConfinement.isDirectory(attributes));
          return path;
        });
  }

  /**
   * {@inheritDoc} It is absolute, below the root as it was given, and its links are not followed.
   */
  @Override
  public String hostPath(StoragePath path) {
    return path.segments().isEmpty()
        ? rootDir
        : SftpConfinement.child(rootDir, String.join("/", path.segments()));
  }

  /** Connections are closed if nobody else uses them. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      pool.release(host);
    }
  }

  @Override
  public String toString() {
    return "SftpStorage[" + host.endpoint() + rootDir + "]";
  }

  /** Sees to it that a session works before something is done over it that cannot be repeated. */
  private void prepare(StoragePath path) throws InterruptedException {
    reading("look at", path, sftp -> confinement.locate(sftp, StoragePath.ROOT, true));
  }

  private long put(
      SFTPEngine sftp,
      StoragePath file,
      Filler filler,
      Instant modified,
      boolean executable,
      Publication publication)
      throws IOException, InterruptedException {
    Place place = requireReplaceable(file, confinement.locate(sftp, file, true), publication);
    if (place.attributes() == null) {
      makeDirectories(sftp, file, place, true);
    }
    String temporary = temporary(place.path(), publication);
    boolean done = false;
    try {
      long length;
      try (RemoteFile target = features.create(sftp, temporary, executable)) {
        length = filler.fill(target);
        if (executable) {
          features.requireExecutable(sftp, target, temporary);
        }
        features.setModified(sftp, target, temporary, modified);
      }
      publish(sftp, temporary, place, file, publication);
      done = true;
      return length;
    } finally {
      if (!done) {
        removeQuietly(sftp, temporary);
      }
    }
  }

  private static Place requireReplaceable(StoragePath file, Place place, Publication publication) {
    FileAttributes attributes = place.attributes();
    if (attributes == null) {
      requireThere("write", file, place, publication.within());
    }
    if (attributes != null && !SftpConfinement.isFile(attributes)) {
      throw SftpFailures.permanent(
          "write",
          file,
          SftpConfinement.isDirectory(attributes)
              ? "it is a directory"
              : "it is neither file nor directory",
          null);
    }
    if (attributes != null && !publication.replace()) {
      throw new TargetExistsException(file, null);
    }
    return place;
  }

  private void publish(
      SFTPEngine sftp, String temporary, Place place, StoragePath file, Publication publication)
      throws IOException {
    publication.beforePublish().run();
    if (publication.replace()) {
      features.replace(sftp, temporary, place.path(), publication);
      return;
    }
    try {
      features.move(sftp, temporary, place.path());
    } catch (SFTPException e) {
      // That something is there is one "failure" with everything else.
      if (SftpFailures.isAnswer(e) && SftpConfinement.find(sftp, place.path()) != null) {
        throw new TargetExistsException(file, e);
      }
      throw e;
    }
  }

  private static long pour(InputStream content, RemoteFile target, StoragePath file)
      throws IOException, InterruptedException {
    byte[] bytes = new byte[BLOCK];
    long total = 0;
    int count;
    try (OutputStream out = target.new RemoteFileOutputStream(0, REQUESTS)) {
      while ((count = readBlock(content, bytes, file)) > 0) {
        out.write(bytes, 0, count);
        total += count;
      }
    }
    return total;
  }

  /**
   * Reads as much as there is, and keeps an error of the content apart from those of this storage.
   */
  private static int readBlock(InputStream content, byte[] bytes, StoragePath file)
      throws InterruptedException {
    heedInterrupt();
    try {
      return content.readNBytes(bytes, 0, bytes.length);
    } catch (IOException e) {
      heedInterrupt();
      throw new TransientAdapterException(
          RecoveryCondition.TRANSMISSION_FAILURE,
          "The content for \"%s\" broke off: %s".formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * Makes what is missing from the deepest directory that exists.
   *
   * @param above whether only what is above the place is wanted
   */
  private static void makeDirectories(SFTPEngine sftp, StoragePath path, Place place, boolean above)
      throws IOException {
    if (!place.nearestIsDirectory()) {
      throw SftpFailures.permanent(above ? "write" : "make directory", path, NOT_A_DIRECTORY, null);
    }
    String goal = above ? place.path().substring(0, place.path().lastIndexOf('/')) : place.path();
    String here = place.nearest();
    if (goal.length() <= here.length()) {
      return;
    }
    for (String name :
        goal.substring(here.endsWith("/") ? here.length() : here.length() + 1).split("/", -1)) {
      here = SftpConfinement.child(here, name);
      try {
        sftp.makeDir(here);
      } catch (SFTPException e) {
        if (!SftpFailures.isAnswer(e)) {
          throw e;
        }
        // That it exists is one "failure" with everything else.
        FileAttributes there = SftpConfinement.find(sftp, here);
        if (there == null) {
          throw e;
        }
        if (!SftpConfinement.isDirectory(there)) {
          throw SftpFailures.permanent("make directory", path, NOT_A_DIRECTORY, e);
        }
      }
    }
  }

  /** Also when the thread is interrupted. */
  private void discard(StoragePath to, String temporary) {
    boolean interrupted = Thread.interrupted();
    try {
      while (!tryDiscard(to, temporary)) {
        interrupted = true;
      }
    } catch (JobsException e) {
      log.debug("A temporary file may be left behind: {}", temporary, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns false if the thread was interrupted before the file could be removed. */
  private boolean tryDiscard(StoragePath to, String temporary) {
    try {
      return writing(
          "copy to",
          to,
          true,
          sftp -> {
            removeQuietly(sftp, temporary);
            return true;
          });
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Also when the thread is interrupted. */
  static void removeQuietly(SFTPEngine sftp, String path) {
    try {
      Uninterrupted.run(() -> sftp.remove(path));
    } catch (IOException | SSHRuntimeException e) {
      log.debug("A temporary file may be left behind: {}", path, e);
    }
  }

  /** Also when the thread is interrupted before: the server counts open files. */
  static void closeQuietly(SftpSession session, RemoteFile file) {
    boolean interrupted = Thread.interrupted();
    try {
      file.close();
    } catch (IOException | SSHRuntimeException e) {
      log.debug("Closing a file failed", e);
      if (!SftpFailures.isAnswer(e)) {
        session.failed(e);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Place requireFile(String action, StoragePath file, Place place) {
    if (place.attributes() == null) {
      throw SftpFailures.permanent(action, file, "it does not exist", null);
    }
    // Opening a named pipe would wait for a writer.
    if (!SftpConfinement.isFile(place.attributes())) {
      throw SftpFailures.permanent(action, file, "it is not a file", null);
    }
    return place;
  }

  private static FileAttributes attributes(Place place) {
    FileAttributes attributes = place.attributes();
    if (attributes == null) {
      throw new IllegalStateException("nothing is at " + place.path());
    }
    return attributes;
  }

  private static Optional<FileEntry> entry(StoragePath path, @Nullable FileAttributes attributes) {
    if (attributes == null
        || !(SftpConfinement.isDirectory(attributes) || SftpConfinement.isFile(attributes))) {
      return Optional.empty();
    }
    boolean directory = SftpConfinement.isDirectory(attributes);
    return Optional.of(
        new FileEntry(
            path,
            directory,
            directory ? 0 : attributes.getSize(),
            modified(attributes),
            !directory && isExecutable(attributes)));
  }

  private static Instant modified(FileAttributes attributes) {
    return Instant.ofEpochSecond(attributes.getMtime());
  }

  private static boolean isExecutable(FileAttributes attributes) {
    return (attributes.getMode().getPermissionsMask() & 0100) != 0;
  }

  static String temporary(String target, Publication publication) {
    return target.substring(0, target.lastIndexOf('/') + 1) + TemporaryFile.name(publication.tag());
  }

  private static String withoutEnd(String directory) {
    String all = directory;
    while (all.length() > 1 && all.endsWith("/")) {
      all = all.substring(0, all.length() - 1);
    }
    return all;
  }

  private static void refuseRoot(String action, StoragePath path) {
    if (path.segments().isEmpty()) {
      throw SftpFailures.permanent(action, path, "it is the root of the storage", null);
    }
  }

  static void heedInterrupt() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private <T> T reading(String action, StoragePath path, Access<T> access)
      throws InterruptedException {
    return using(
        action,
        path,
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        true,
        session -> access.run(session.engine()));
  }

  private <T> T writing(String action, StoragePath path, boolean repeatable, Access<T> access)
      throws InterruptedException {
    return using(
        action,
        path,
        RecoveryCondition.STORAGE_NOT_WRITABLE,
        repeatable,
        session -> access.run(session.engine()));
  }

  /**
   * Does something over the shared session.
   *
   * @param repeatable whether it may be done again over a fresh session if the session breaks
   */
  private <T> T using(
      String action, StoragePath path, RecoveryCondition otherwise, boolean repeatable, Use<T> use)
      throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      heedInterrupt();
      if (closed.get()) {
        throw new IllegalStateException("the storage is closed");
      }
      SftpSession session = host.sftp();
      try {
        return use.with(session);
      } catch (InterruptedException e) {
        session.retire();
        // It may have been interrupted again while it put away what it had begun.
        Thread.interrupted();
        throw e;
      } catch (SFTPException e) {
        if (SftpFailures.isAnswer(e)) {
          requireMounted(session);
          throw SftpFailures.of(action, path, e, otherwise);
        }
        broke(session, action, path, e, repeatable && attempt == 0);
      } catch (IOException | SSHRuntimeException e) {
        broke(session, action, path, e, repeatable && attempt == 0);
      } finally {
        session.release();
      }
    }
  }

  /** What cannot be found or used may be so because nothing is mounted. */
  private void requireMounted(SftpSession session) {
    try {
      confinement.requireMounted(session.engine());
    } catch (IOException | SSHRuntimeException e) {
      log.debug("The session broke before the marker file could be looked for", e);
    }
  }

  /** Throws unless another attempt is wanted. */
  private void broke(
      SftpSession session, String action, StoragePath path, Exception e, boolean again)
      throws InterruptedException {
    try {
      SshFailures.heedInterrupt(e);
    } catch (InterruptedException interrupted) {
      // What was asked for may be done all the same, and a file stay open that nobody closes.
      session.retire();
      throw interrupted;
    }
    session.failed(e);
    if (!again) {
      throw SshFailures.broken(session.address(), "Cannot %s \"%s\"".formatted(action, path), e);
    }
    log.debug("A session over SFTP broke; trying again", e);
  }

  /** Something done over SFTP. */
  private interface Access<T> {
    T run(SFTPEngine sftp) throws IOException, InterruptedException;
  }

  /** Something done with a session. */
  private interface Use<T> {
    T with(SftpSession session) throws IOException, InterruptedException;
  }

  /** Puts the content into a new file. */
  private interface Filler {
    /** Returns the bytes written. */
    long fill(RemoteFile file) throws IOException, InterruptedException;
  }
}
