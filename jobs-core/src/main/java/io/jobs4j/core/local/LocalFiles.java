package io.jobs4j.core.local;

import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.storage.FileOperations;
import io.jobs4j.core.storage.FileStatus;
import io.jobs4j.core.storage.Interrupts;
import io.jobs4j.core.storage.NewFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files of this machine. Immutable. */
final class LocalFiles implements FileOperations<Path> {
  private static final Logger log = LoggerFactory.getLogger(LocalFiles.class);
  private static final Set<StandardOpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

  private final Path root;
  private final @Nullable MountedRoot mounted;
  private final SystemCalls system;
  private final Class<? extends BasicFileAttributes> attributesType;

  /**
   * How files come into being that may be executed: by all whom the process lets read them, as
   * after {@code chmod +x}.
   */
  private final FileAttribute<?>[] executables;

  /**
   * @param root without links
   * @param mounted tells whether the file system of the root is mounted; {@code null} if a marker
   *     file does
   */
  LocalFiles(Path root, @Nullable MountedRoot mounted, SystemCalls system) {
    this.root = root;
    this.mounted = mounted;
    this.system = system;
    boolean posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
    attributesType = posix ? PosixFileAttributes.class : BasicFileAttributes.class;
    executables =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(EnumSet.allOf(PosixFilePermission.class))
            }
            : NO_ATTRIBUTES;
  }

  @Override
  public Path child(Path directory, String name) {
    try {
      return directory.resolve(name);
    } catch (InvalidPathException e) {
      throw LocalFailures.unusableName(name, e);
    }
  }

  @Override
  public Path parent(Path place) {
    return Objects.requireNonNull(place.getParent());
  }

  @Override
  public boolean contains(Path directory, Path place) {
    return place.startsWith(directory);
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public Answers status(List<Path> places) {
    return index -> status(places.get(index));
  }

  @Override
  public @Nullable FileStatus status(Path place) throws IOException {
    try {
      return new LocalStatus(
          Files.readAttributes(place, attributesType, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public @Nullable Target<Path> follow(Path link) throws IOException {
    try {
      // Whoever asks looks at it only if it is below the root.
      return new Target<>(link.toRealPath(), null);
    } catch (NoSuchFileException e) {
      return null;
    } catch (FileSystemException e) {
      if (LocalFailures.says(e, SystemError.TOO_MANY_LINKS, SystemError.NOT_A_DIRECTORY)) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public List<Child<Path>> list(Path directory) throws IOException {
    List<Child<Path>> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path child : stream) {
        String name = Objects.requireNonNull(child.getFileName()).toString();
        // Java shows what it cannot decode as U+FFFD, which does not lead back to the file.
        boolean unreadable = name.indexOf('\uFFFD') >= 0 && !isSame(child, name);
        children.add(new Child<>(name, child, null, unreadable));
      }
    } catch (DirectoryIteratorException e) {
      throw Objects.requireNonNull(e.getCause());
    }
    return children;
  }

  private static boolean isSame(Path child, String name) {
    try {
      return child.equals(child.resolveSibling(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public String unreadable(String name) {
    return LocalFailures.unreadableName(name);
  }

  @Override
  public InputStream read(Path file, long offset, FileStatus found) throws IOException {
    FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    try {
      return new Content(channel.position(offset));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public NewFile create(Path file, boolean executable) throws IOException {
    FileChannel channel =
        FileChannel.open(file, NEW_FILE, executable ? executables : NO_ATTRIBUTES);
    return new Created(this, file, channel);
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    Files.createDirectory(directory);
  }

  /** A second name for a file is made only where there is none; renaming would replace. */
  @Override
  public void rename(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // A file system without second names. What appears at the very moment is replaced there.
      if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
        FileAlreadyExistsException there = new FileAlreadyExistsException(to.toString());
        there.initCause(e);
        throw there;
      }
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    try {
      Files.deleteIfExists(from);
    } catch (IOException e) {
      // What was wanted is done, and what is left has a temporary name.
      log.warn("{} has a second name that could not be removed: {}", to, e.toString());
    }
  }

  /** Something that appears at {@code to} at the same moment may be replaced. */
  @Override
  public void move(Path from, Path to) throws IOException {
    Files.move(from, to);
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.delete(file);
  }

  @Override
  public void deleteDirectory(Path directory) throws IOException {
    Files.delete(directory);
  }

  /** Names are opened relative to their directory where the platform can. */
  @Override
  public void deleteTree(Path place, FileStatus found, StoragePath shown)
      throws IOException, InterruptedException {
    if (!SecureTreeDeletion.delete(root, place, shown)) {
      FileOperations.super.deleteTree(place, found, shown);
    }
  }

  @Override
  public void setModified(Path file, Instant time) throws IOException {
    try {
      system.setModified(file, time);
    } catch (IOException e) {
      throw LocalFailures.ofRefusal(file, e);
    }
  }

  @Override
  public void setPermissions(Path place, int permissions) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(place, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    try {
      Objects.requireNonNull(view).setPermissions(LocalStatus.permissions(permissions));
    } catch (IOException e) {
      throw LocalFailures.ofRefusal(place, e);
    }
  }

  @Override
  public void force(Path place, boolean directory) throws IOException {
    try (FileChannel channel = FileChannel.open(place, StandardOpenOption.READ)) {
      system.force(channel);
    } catch (AccessDeniedException e) {
      // A directory that may be passed but not read, such as one of all users.
      throw directory ? LocalFailures.unsupported(place, e) : e;
    } catch (IOException e) {
      throw LocalFailures.ofUnsupported(place, e);
    }
  }

  @Override
  public void requireMounted() {
    if (mounted != null) {
      mounted.require();
    }
  }

  @Override
  public @Nullable String permanentReason(IOException failure) {
    return LocalFailures.permanentReason(failure);
  }

  /** What is read of a file. */
  private static final class Content extends FilterInputStream {
    private final FileChannel channel;

    Content(FileChannel channel) {
      super(Channels.newInputStream(channel));
      this.channel = channel;
    }
  }

  /**
   * A file that was just made.
   *
   * @param channel open to write to it
   */
  private record Created(LocalFiles files, Path file, FileChannel channel) implements NewFile {
    private static final int BLOCK = 1 << 17;

    /** Bytes copied between two looks at the interrupt flag. */
    private static final long COPY_CHUNK = 1L << 25;

    @Override
    public int blockSize() {
      return BLOCK;
    }

    @Override
    public void write(byte[] block, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(block, 0, length);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    @Override
    public OptionalLong takeAll(InputStream content) throws IOException, InterruptedException {
      if (!(content instanceof Content other)) {
        return OptionalLong.empty();
      }
      long position = 0;
      long count;
      while ((count = other.channel.transferTo(position, COPY_CHUNK, channel)) > 0) {
        Interrupts.heed();
        position += count;
      }
      return OptionalLong.of(position);
    }

    @Override
    public void setModified(Instant time) throws IOException {
      files.setModified(file, time);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
