package io.jobs4j.testkit;

import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.storage.ConfinedStorage;
import io.jobs4j.core.storage.FileStatus;
import io.jobs4j.core.storage.Interrupts;
import io.jobs4j.core.storage.Task;
import io.jobs4j.core.storage.Use;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** That a protocol needs requests only, whatever it keeps files in. */
class MemoryStorageContractTest extends FileStorageContract {
  private final NavigableMap<String, MemoryFiles.Node> nodes = MemoryFiles.empty();

  @Override
  protected FileStorage open(Path rootDirectory, @Nullable String markerFile) {
    return new MemoryStorage(
        new MemoryFiles(nodes, rootDirectory.toString()),
        markerFile == null ? null : StoragePath.parse(markerFile));
  }

  @Override
  protected ServerFiles server() {
    return new MemoryServer(new MemoryFiles(nodes, "/"));
  }

  private static final class MemoryStorage extends ConfinedStorage<String> {
    private final MemoryFiles files;

    MemoryStorage(MemoryFiles files, @Nullable StoragePath marker) {
      super("MemoryStorage", files.rootDir(), marker);
      this.files = files;
    }

    @Override
    protected <T> T use(Task task, Use<String, T> use) throws InterruptedException {
      Interrupts.heed();
      try {
        return use.with(files);
      } catch (IOException e) {
        throw failure(task, files, e);
      }
    }

    @Override
    public String hostPath(StoragePath path) {
      return path.segments().isEmpty() ? files.rootDir() : files.rootDir() + path;
    }

    @Override
    public void close() {}
  }

  private static final class MemoryServer extends ServerFiles {
    private final MemoryFiles files;

    MemoryServer(MemoryFiles files) {
      this.files = files;
    }

    private Path add(Path path, FileStatus.Kind kind, byte[] content) throws IOException {
      createDirectories(path.resolve("..").normalize());
      files.add(path.toString(), MemoryFiles.node(kind, content));
      return path;
    }

    @Override
    public Path createDirectories(Path directory) {
      synchronized (files.nodes()) {
        for (Path at = directory; at != null; at = at.getParent()) {
          files
              .nodes()
              .putIfAbsent(
                  at.getNameCount() == 0 ? "" : at.toString(),
                  MemoryFiles.node(FileStatus.Kind.DIRECTORY, new byte[0]));
        }
      }
      return directory;
    }

    @Override
    public Path createDirectory(Path directory) throws IOException {
      return add(directory, FileStatus.Kind.DIRECTORY, new byte[0]);
    }

    @Override
    public Path createSymbolicLink(Path link, Path target) throws IOException {
      return add(link, FileStatus.Kind.LINK, target.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void pipe(Path path) throws IOException {
      add(path, FileStatus.Kind.OTHER, new byte[0]);
    }

    @Override
    public void delete(Path path) throws IOException {
      files.delete(path.toString());
    }

    @Override
    public boolean exists(Path path) {
      return files.follow(path.toString()) != null;
    }

    @Override
    public boolean isDirectory(Path path) {
      return exists(path) && files.nodes().get(path.toString()).isDirectory();
    }

    @Override
    public boolean isSymbolicLink(Path path) {
      return files.nodes().get(path.toString()).isLink();
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
      return files.list(directory.toString()).stream()
          .map(child -> Path.of(child.place()))
          .toList();
    }

    @Override
    public Path move(Path from, Path to) throws IOException {
      files.rename(from.toString(), to.toString());
      return to;
    }

    @Override
    public byte[] readAllBytes(Path file) throws IOException {
      return files.there(file.toString()).content();
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
      files.nodes().remove(file.toString());
      add(file, FileStatus.Kind.FILE, content);
    }

    @Override
    public Set<PosixFilePermission> getPosixFilePermissions(Path path) throws IOException {
      int mode = files.there(path.toString()).mode();
      StringBuilder text = new StringBuilder("rwxrwxrwx");
      for (int i = 0; i < 9; i++) {
        if ((mode & 0400 >> i) == 0) {
          text.setCharAt(i, '-');
        }
      }
      return PosixFilePermissions.fromString(text.toString());
    }

    @Override
    public void setPosixFilePermissions(Path path, Set<PosixFilePermission> permissions)
        throws IOException {
      files.setPermissions(path.toString(), permissions.isEmpty() ? 0 : 0755);
    }

    @Override
    public void setLastModifiedTime(Path path, FileTime time) throws IOException {
      files.setModified(path.toString(), time.toInstant());
    }
  }
}
