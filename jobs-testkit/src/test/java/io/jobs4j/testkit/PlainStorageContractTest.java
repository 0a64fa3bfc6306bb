package io.jobs4j.testkit;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.storage.ConfinedStorage;
import io.jobs4j.core.storage.FileOperations;
import io.jobs4j.core.storage.FileStatus;
import io.jobs4j.core.storage.Interrupts;
import io.jobs4j.core.storage.NewFile;
import io.jobs4j.core.storage.Task;
import io.jobs4j.core.storage.UnsupportedRequestException;
import io.jobs4j.core.storage.Use;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * That a protocol needs requests only. This one has no rename that refuses to replace, gives one
 * failure for nearly everything, and copies nothing by itself.
 */
class PlainStorageContractTest extends FileStorageContract {
  @Override
  protected FileStorage open(Path rootDirectory, @Nullable String markerFile) {
    return new PlainStorage(
        rootDirectory.toString(), markerFile == null ? null : StoragePath.parse(markerFile));
  }

  private static final class PlainStorage extends ConfinedStorage<String> {
    private final String root;
    private final PlainFiles files;

    PlainStorage(String root, @Nullable StoragePath marker) {
      super("PlainStorage", root, marker);
      this.root = root;
      this.files = new PlainFiles(root);
    }

    @Override
    protected <T> T use(Task task, Use<String, T> use) throws InterruptedException {
      Interrupts.heed();
      try {
        return use.with(files);
      } catch (ClosedByInterruptException e) {
        Interrupts.heed();
        throw failure(task, files, e);
      } catch (IOException e) {
        throw failure(task, files, e);
      }
    }

    @Override
    public String hostPath(StoragePath path) {
      return path.segments().isEmpty() ? root : root + path;
    }

    @Override
    public void close() {}
  }

  private record PlainFiles(String rootDir) implements FileOperations<String> {
    @Override
    public String child(String directory, String name) {
      try {
        return Path.of(directory, name).toString();
      } catch (InvalidPathException e) {
        throw new PermanentAdapterException(ConditionCode.JOB_FILES_SERVICE_ERROR, "UTF-8", e);
      }
    }

    @Override
    public String parent(String place) {
      return Path.of(place).getParent().toString();
    }

    @Override
    public boolean contains(String directory, String place) {
      return Path.of(place).startsWith(directory);
    }

    @Override
    public String root() throws IOException {
      return Path.of(rootDir).toRealPath().toString();
    }

    @Override
    public Answers status(List<String> places) {
      return index -> {
        try {
          return new PlainStatus(
              Files.readAttributes(
                  Path.of(places.get(index)),
                  PosixFileAttributes.class,
                  LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
          return null;
        }
      };
    }

    @Override
    public @Nullable Target<String> follow(String link) throws IOException {
      try {
        return new Target<>(Path.of(link).toRealPath().toString(), null);
      } catch (AccessDeniedException e) {
        throw e;
      } catch (FileSystemException e) {
        return null;
      }
    }

    @Override
    public List<Child<String>> list(String directory) throws IOException {
      List<Child<String>> children = new ArrayList<>();
      try (Stream<Path> found = Files.list(Path.of(directory))) {
        found.forEach(
            each ->
                children.add(
                    new Child<>(each.getFileName().toString(), each.toString(), null, false)));
      }
      return children;
    }

    @Override
    public String unreadable(String name) {
      return name;
    }

    @Override
    public InputStream read(String file, long offset, FileStatus found) throws IOException {
      var channel = Files.newByteChannel(Path.of(file));
      channel.position(offset);
      return Channels.newInputStream(channel);
    }

    @Override
    public NewFile create(String file, boolean executable) throws IOException {
      Path path = Path.of(file);
      OutputStream out =
          said(() -> Files.newOutputStream(path, StandardOpenOption.CREATE_NEW), path);
      return new PlainFile(this, file, out, executable);
    }

    @Override
    public void makeDirectory(String directory) throws IOException {
      said(() -> Files.createDirectory(Path.of(directory)), Path.of(directory));
    }

    @Override
    public void rename(String from, String to) throws IOException {
      throw new UnsupportedRequestException(to, "what is there is always replaced", null);
    }

    @Override
    public void replace(String from, String to) throws IOException {
      said(
          () -> Files.move(Path.of(from), Path.of(to), StandardCopyOption.ATOMIC_MOVE),
          Path.of(to));
    }

    @Override
    public void delete(String file) throws IOException {
      Files.delete(Path.of(file));
    }

    @Override
    public void deleteDirectory(String directory) throws IOException {
      said(
          () -> {
            Files.delete(Path.of(directory));
            return directory;
          },
          Path.of(directory));
    }

    @Override
    public void setModified(String file, Instant time) throws IOException {
      Files.setLastModifiedTime(Path.of(file), FileTime.from(time));
    }

    @Override
    public void setPermissions(String place, int permissions) throws IOException {
      StringBuilder mode = new StringBuilder("rwxrwxrwx");
      for (int i = 0; i < mode.length(); i++) {
        if ((permissions & 0400 >> i) == 0) {
          mode.setCharAt(i, '-');
        }
      }
      Files.setPosixFilePermissions(
          Path.of(place), PosixFilePermissions.fromString(mode.toString()));
    }

    @Override
    public void force(String place, boolean directory) throws IOException {
      throw new UnsupportedRequestException(place, "nothing is forced", null);
    }

    /** Gives one failure for nearly everything. */
    private static <T> T said(Call<T> call, Path path) throws IOException {
      try {
        return call.run();
      } catch (NoSuchFileException | AccessDeniedException | NotDirectoryException e) {
        throw e;
      } catch (FileSystemException e) {
        throw new FileSystemException(path.toString(), null, "failure");
      }
    }
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  private record PlainStatus(PosixFileAttributes attributes) implements FileStatus {
    @Override
    public Kind kind() {
      if (attributes.isSymbolicLink()) {
        return Kind.LINK;
      }
      if (attributes.isDirectory()) {
        return Kind.DIRECTORY;
      }
      return attributes.isRegularFile() ? Kind.FILE : Kind.OTHER;
    }

    @Override
    public long length() {
      return attributes.size();
    }

    @Override
    public Instant modified() {
      return attributes.lastModifiedTime().toInstant();
    }

    @Override
    public OptionalInt permissions() {
      String mode = PosixFilePermissions.toString(attributes.permissions());
      int bits = 0;
      for (int i = 0; i < mode.length(); i++) {
        bits |= mode.charAt(i) == '-' ? 0 : 0400 >> i;
      }
      return OptionalInt.of(bits);
    }
  }

  private record PlainFile(PlainFiles files, String path, OutputStream out, boolean executable)
      implements NewFile {
    @Override
    public int blockSize() {
      return 1000;
    }

    @Override
    public void write(byte[] block, int length) throws IOException {
      out.write(block, 0, length);
    }

    @Override
    public void makeExecutable() throws IOException {
      int mode = files.status(path).permissions().orElseThrow();
      files.setPermissions(path, mode | 0100 | (mode & 0044) >> 2);
    }

    @Override
    public void setModified(Instant time) throws IOException {
      files.setModified(path, time);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
