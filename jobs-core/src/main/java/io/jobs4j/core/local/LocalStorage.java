package io.jobs4j.core.local;

import io.jobs4j.core.local.Confinement.Place;
import io.jobs4j.core.local.Confinement.Shown;
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
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files below a directory of this machine. Immutable; safe for use by several threads and
 * processes.
 *
 * <p><b>Links.</b> A symbolic link that stays inside the root is followed; one that leads out is
 * refused with a {@link PermanentAdapterException} that says so. One that leads back to a directory
 * on the way to it is not listed, so that a walk over the tree ends. {@link #deleteTree} and {@link
 * #move} act on a link itself. Paths are checked and then used by their link-free form, and the
 * last name is opened without following links. What remains: somebody who may write in the storage
 * can put a link in place of a directory between the check and the use. {@link #deleteTree} is safe
 * from that too where the platform can open names relative to a directory (Linux can).
 *
 * <p><b>Writing.</b> {@link #write} and {@link #copy} fill a {@link TemporaryFile} beside the
 * target, give it its time and mode and rename it. {@link #sync} forces files and the directories
 * that name them to the disk. A file system that cannot keep times, or force something to the disk,
 * is used without. A temporary file that a dead process left behind is never listed, is in nobody's
 * way and goes with its directory.
 *
 * <p><b>File names.</b> Java converts file names by the locale that it was started in, whatever
 * {@code file.encoding} says; in the locale {@code C} that is ASCII, on Java 17 and later alike.
 * Names that cannot be converted are a {@link PermanentAdapterException}, also when a directory
 * that holds one is listed: a file that is left out unseen would be lost when its job is archived.
 *
 * <p><b>Unmounted roots.</b> Before anything is said to be absent, and before anything is written,
 * it is checked that the root's file system is mounted: by the marker file if there is one, else by
 * what the root was when the storage was opened. The latter cannot know of a file system that was
 * not mounted by then.
 *
 * <p>An error that waiting will not mend is a {@link PermanentAdapterException}; every other one
 * (no space, quota, input or output error, a root directory that is not mounted) is a {@link
 * TransientAdapterException}.
 */
public final class LocalStorage implements FileStorage {
  private static final int BUFFER = 1 << 17;

  /** What most scripts and records fit into. */
  private static final int SMALL_BUFFER = 1 << 13;

  /** Bytes copied between two looks at the interrupt flag. */
  private static final long COPY_CHUNK = 1L << 25;

  private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Path hostRoot;
  private final Confinement confinement;
  private final OptionalOperations optional;

  /**
   * How files come into being that may be executed: by all whom the process lets read them, as
   * after {@code chmod +x}.
   */
  private final FileAttribute<?>[] executables;

  /**
   * Opens the storage in a directory that exists.
   *
   * @param root made absolute if it is not; links in it are followed once, now
   * @throws TransientAdapterException with {@link RecoveryCondition#SYSTEM_NOT_AVAILABLE} if no
   *     directory is there, which is what a file system that is not mounted looks like
   */
  public LocalStorage(Path root) {
    this(root, null);
  }

  /**
   * Opens the storage in a directory that exists.
   *
   * @param root made absolute if it is not; links in it are followed once, now
   * @param marker what is there whenever the root's file system is mounted; while it is not, every
   *     call blocks. {@code null} for nothing certain
   * @throws TransientAdapterException with {@link RecoveryCondition#SYSTEM_NOT_AVAILABLE} if no
   *     directory is there, or the marker is not
   */
  public LocalStorage(Path root, @Nullable StoragePath marker) {
    this(root, marker, OptionalOperations.SystemCalls.REAL);
  }

  LocalStorage(Path root, @Nullable StoragePath marker, OptionalOperations.SystemCalls system) {
    hostRoot = root.toAbsolutePath().normalize();
    confinement = new Confinement(hostRoot, marker);
    optional = new OptionalOperations(new MissingFeatures(toString()), system);
    executables =
        hostRoot.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(EnumSet.allOf(PosixFilePermission.class))
            }
            : NO_ATTRIBUTES;
  }

  @Override
  public Set<Capability> capabilities() {
    return optional.missing().without(EnumSet.allOf(Capability.class));
  }

  /**
   * {@inheritDoc} A link that leads nowhere, and what is neither file nor directory, count as
   * nothing.
   */
  @Override
  public Optional<FileEntry> stat(StoragePath path) throws InterruptedException {
    return reading("look at", path, () -> entry(path, confinement.locate(path, true).attributes()));
  }

  @Override
  public Listing scan(StoragePath directory) throws InterruptedException {
    return reading(
        "list",
        directory,
        () -> {
          Place place = confinement.locate(directory, true);
          if (!attributes(place).isDirectory()) {
            throw new NotDirectoryException(directory.toString());
          }
          List<FileEntry> entries = new ArrayList<>();
          List<Omission> omissions = new ArrayList<>();
          Set<StoragePath> links = new HashSet<>();
          try (DirectoryStream<Path> children = Files.newDirectoryStream(place.path())) {
            for (Path child : children) {
              heedInterrupt();
              String name = nameOf(child);
              if (TemporaryFile.isOne(name)) {
                omissions.add(new Omission(directory.resolve(name), Omission.Reason.TEMPORARY));
                continue;
              }
              Shown shown = confinement.show(child, place.way());
              Omission.Reason reason = shown.reason();
              BasicFileAttributes attributes = shown.attributes();
              if (reason == null && attributes != null && !isFileOrDirectory(attributes)) {
                reason = Omission.Reason.SPECIAL;
              }
              if (reason != null) {
                omissions.add(new Omission(directory.resolve(name), reason));
              } else if (attributes != null) {
                requireReadable(directory, child, name);
                entry(directory.resolve(name), attributes).ifPresent(entries::add);
                if (shown.link()) {
                  links.add(directory.resolve(name));
                }
              }
            }
          }
          if (entries.isEmpty()) {
            confinement.requireMounted();
          }
          entries.sort(Comparator.comparing(entry -> entry.path().name()));
          return new Listing(entries, omissions, links);
        });
  }

  /**
   * {@inheritDoc} Reading ends with a {@link ClosedByInterruptException} if the thread is
   * interrupted.
   */
  @Override
  public InputStream read(StoragePath file, long offset) throws InterruptedException {
    if (offset < 0) {
      throw new IllegalArgumentException("offset must not be negative but is " + offset);
    }
    return reading(
        "read",
        file,
        () -> {
          FileChannel channel = openToRead(file, confinement.locate(file, true));
          try {
            return Channels.newInputStream(channel.position(offset));
          } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
          }
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
    writing(
        "write",
        file,
        () ->
            put(file, channel -> pour(content, channel, file), modified, executable, publication));
  }

  @Override
  public void makeDirectories(StoragePath directory, StoragePath within)
      throws InterruptedException {
    writing(
        "make directory",
        directory,
        () -> {
          Place place = confinement.locate(directory, true);
          requireThere(place, within);
          return makeDirectories(place.nearest(), place.path());
        });
  }

  /** Throws if {@code within}, which is on the way to the place, is not there. */
  private static void requireThere(Place place, StoragePath within) throws IOException {
    if (place.way().size() <= within.segments().size()) {
      throw new NoSuchFileException(within.toString());
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
        () -> {
          Place place = confinement.locate(directory, false);
          BasicFileAttributes attributes = place.attributes();
          if (attributes == null || !attributes.isDirectory()) {
            return false;
          }
          try {
            Files.delete(place.path());
            return true;
          } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            return false;
          }
        });
  }

  @Override
  public void makePrivate(StoragePath path) throws InterruptedException {
    writing(
        "take the rights of others from",
        path,
        () -> {
          Path place = confinement.locate(path, false).path();
          PosixFileAttributeView view =
              Files.getFileAttributeView(
                  place, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
          if (view != null && !Files.isSymbolicLink(place)) {
            Set<PosixFilePermission> own = EnumSet.noneOf(PosixFilePermission.class);
            own.addAll(view.readAttributes().permissions());
            if (own.retainAll(OWNERS)) {
              optional.setPermissions(view, own);
            }
          }
          return place;
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
        () -> {
          Place place = confinement.locate(path, false);
          if (place.attributes() != null) {
            TreeDeletion.delete(confinement.root(), place.path(), path);
          }
          return place;
        });
  }

  /**
   * {@inheritDoc} Makes the directories above {@code to}. A link is moved itself. Something that
   * appears at {@code to} at the same moment may be replaced.
   *
   * @throws PermanentAdapterException also if something is at {@code to}, if {@code to} is in
   *     {@code from}, or for a directory that would leave its file system
   */
  @Override
  public void move(StoragePath from, StoragePath to) throws InterruptedException {
    refuseRoot("move", from);
    writing(
        "move",
        from,
        () -> {
          attributes(confinement.locate(from, true));
          Place source = confinement.locate(from, false);
          Place target = confinement.locate(to, false);
          if (target.attributes() != null) {
            throw Failures.permanent("move", from, "\"" + to + "\" is there already", null);
          }
          if (target.path().startsWith(source.path())) {
            throw Failures.permanent("move", from, "\"" + to + "\" is inside it", null);
          }
          makeDirectories(target.nearest(), parent(target.path()));
          return Files.move(source.path(), target.path());
        });
  }

  @Override
  public long copy(StoragePath from, StoragePath to, Publication publication)
      throws InterruptedException {
    Place source = reading("copy", from, () -> confinement.locate(from, true));
    try (FileChannel in = reading("copy", from, () -> openToRead(from, source))) {
      return writing(
          "copy to",
          to,
          () -> {
            BasicFileAttributes attributes = attributes(source);
            return put(
                to,
                out -> copyAll(in, out),
                attributes.lastModifiedTime().toInstant(),
                isExecutable(attributes),
                publication);
          });
    } catch (IOException e) {
      throw Failures.of("copy", from, e, RecoveryCondition.SYSTEM_NOT_AVAILABLE);
    }
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
    heedInterrupt();
    writing(
        "sync",
        path,
        () -> {
          Place place = confinement.locate(path, true);
          optional.force(place.path(), attributes(place).isDirectory());
          return path;
        });
  }

  /**
   * {@inheritDoc} It is absolute, below the root as it was given, and its links are not followed.
   */
  @Override
  public String hostPath(StoragePath path) {
    String root = hostRoot.toString();
    if (path.segments().isEmpty()) {
      return root;
    }
    return (root.endsWith("/") ? root : root + "/") + String.join("/", path.segments());
  }

  /** Does nothing: the storage holds nothing. */
  @Override
  public void close() {}

  @Override
  public String toString() {
    return "LocalStorage[" + hostRoot + "]";
  }

  private long put(
      StoragePath file,
      NewFile.Filler filler,
      Instant modified,
      boolean executable,
      Publication publication)
      throws IOException, InterruptedException {
    Place place = confinement.locate(file, true);
    BasicFileAttributes attributes = place.attributes();
    if (attributes != null && !attributes.isRegularFile()) {
      throw Failures.permanent(
          "write",
          file,
          attributes.isDirectory() ? "it is a directory" : "it is neither file nor directory",
          null);
    }
    if (attributes != null && !publication.replace()) {
      throw new TargetExistsException(file, null);
    }
    if (attributes == null) {
      requireThere(place, publication.within());
      makeDirectories(place.nearest(), parent(place.path()));
    }
    return new NewFile(file, place.path(), publication)
        .write(
            filler,
            temporary -> optional.setModified(temporary, modified),
            executable ? executables : NO_ATTRIBUTES);
  }

  private static long pour(InputStream content, FileChannel channel, StoragePath file)
      throws IOException, InterruptedException {
    byte[] bytes = new byte[SMALL_BUFFER];
    long total = 0;
    int count;
    while ((count = readSome(content, bytes, file)) >= 0) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
      while (buffer.hasRemaining()) {
        total += channel.write(buffer);
      }
      if (count == bytes.length && count < BUFFER) {
        bytes = new byte[BUFFER];
      }
    }
    return total;
  }

  /** Reads, and keeps an error of the content apart from those of this storage. */
  private static int readSome(InputStream content, byte[] bytes, StoragePath file)
      throws InterruptedException {
    heedInterrupt();
    try {
      return content.read(bytes);
    } catch (IOException e) {
      heedInterrupt();
      throw new TransientAdapterException(
          RecoveryCondition.TRANSMISSION_FAILURE,
          "The content for \"%s\" broke off: %s".formatted(file, e.getMessage()),
          e);
    }
  }

  private static long copyAll(FileChannel in, FileChannel out)
      throws IOException, InterruptedException {
    long position = 0;
    long count;
    while ((count = in.transferTo(position, COPY_CHUNK, out)) > 0) {
      heedInterrupt();
      position += count;
    }
    return position;
  }

  /** Makes what is missing from {@code nearest} down to {@code directory}, and no link on it. */
  private static Path makeDirectories(Path nearest, Path directory) throws IOException {
    Path here = nearest;
    if (!Files.isDirectory(here, LinkOption.NOFOLLOW_LINKS)) {
      throw new NotDirectoryException(here.toString());
    }
    for (int i = nearest.getNameCount(); i < directory.getNameCount(); i++) {
      here = here.resolve(directory.getName(i));
      try {
        Files.createDirectory(here);
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(here, LinkOption.NOFOLLOW_LINKS)) {
          throw new NotDirectoryException(here.toString());
        }
      }
    }
    return here;
  }

  private FileChannel openToRead(StoragePath file, Place place) throws IOException {
    // Opening a named pipe would wait for a writer.
    if (!attributes(place).isRegularFile()) {
      throw Failures.permanent("read", file, "it is not a file", null);
    }
    return FileChannel.open(
        place.path(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  private static void requireReadable(StoragePath directory, Path child, String name) {
    // Java shows what it cannot decode as U+FFFD, which does not lead back to the file.
    if (name.indexOf('\uFFFD') >= 0 && !isSame(child, name)) {
      throw Failures.unreadableName(directory, name);
    }
  }

  private static boolean isSame(Path child, String name) {
    try {
      return child.equals(child.resolveSibling(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static BasicFileAttributes attributes(Place place) throws NoSuchFileException {
    BasicFileAttributes attributes = place.attributes();
    if (attributes == null) {
      throw new NoSuchFileException(place.path().toString());
    }
    return attributes;
  }

  private static Optional<FileEntry> entry(
      StoragePath path, @Nullable BasicFileAttributes attributes) {
    if (attributes == null || !isFileOrDirectory(attributes)) {
      return Optional.empty();
    }
    boolean directory = attributes.isDirectory();
    return Optional.of(
        new FileEntry(
            path,
            directory,
            directory ? 0 : attributes.size(),
            attributes.lastModifiedTime().toInstant(),
            !directory && isExecutable(attributes)));
  }

  private static boolean isFileOrDirectory(BasicFileAttributes attributes) {
    return attributes.isDirectory() || attributes.isRegularFile();
  }

  private static boolean isExecutable(BasicFileAttributes attributes) {
    return attributes instanceof PosixFileAttributes posix
        && posix.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
  }

  private static String nameOf(Path path) {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  private static Path parent(Path path) {
    return Objects.requireNonNull(path.getParent());
  }

  private static void refuseRoot(String action, StoragePath path) {
    if (path.segments().isEmpty()) {
      throw Failures.permanent(action, path, "it is the root of the storage", null);
    }
  }

  static void heedInterrupt() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private <T> T reading(String action, StoragePath path, Access<T> access)
      throws InterruptedException {
    return run(action, path, RecoveryCondition.SYSTEM_NOT_AVAILABLE, access);
  }

  private <T> T writing(String action, StoragePath path, Access<T> access)
      throws InterruptedException {
    return run(action, path, RecoveryCondition.STORAGE_NOT_WRITABLE, access);
  }

  private <T> T run(String action, StoragePath path, RecoveryCondition otherwise, Access<T> access)
      throws InterruptedException {
    heedInterrupt();
    try {
      return access.run();
    } catch (ClosedByInterruptException e) {
      // The flag is still up; an InterruptedException comes with it down.
      heedInterrupt();
      throw Failures.of(action, path, e, otherwise);
    } catch (DirectoryIteratorException e) {
      throw Failures.of(action, path, Objects.requireNonNull(e.getCause()), otherwise);
    } catch (IOException e) {
      // What cannot be found or used may be so because nothing is mounted.
      confinement.requireMounted();
      throw Failures.of(action, path, e, otherwise);
    }
  }

  /** Something done with files. */
  private interface Access<T> {
    T run() throws IOException, InterruptedException;
  }
}
