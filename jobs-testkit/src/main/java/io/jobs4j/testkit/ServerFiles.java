package io.jobs4j.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of a storage's server as somebody on that server sees them: a contract makes and looks
 * at files there without the storage that it tests. By default they are those of this host; a
 * contract whose server keeps them elsewhere overrides all methods.
 */
public class ServerFiles {
  /** Files of this host. */
  public ServerFiles() {}

  /** Creates a directory and those above it, as far as they are not there. */
  public Path createDirectories(Path directory) throws IOException {
    return Files.createDirectories(directory);
  }

  /** Creates a directory, whose parent is there. */
  public Path createDirectory(Path directory) throws IOException {
    return Files.createDirectory(directory);
  }

  /** Creates a link, whether or not there is something where it leads. */
  public Path createSymbolicLink(Path link, Path target) throws IOException {
    return Files.createSymbolicLink(link, target);
  }

  /** Creates what is neither a file nor a directory nor a link. */
  public void pipe(Path path) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("mkfifo", path.toString()).start();
    if (process.waitFor() != 0) {
      throw new IOException("mkfifo");
    }
  }

  /** Deletes a file, a link or an empty directory. */
  public void delete(Path path) throws IOException {
    Files.delete(path);
  }

  /** Whether there is something, where links lead. */
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  /** Whether there is a directory. */
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  /** Whether there is a link. */
  public boolean isSymbolicLink(Path path) {
    return Files.isSymbolicLink(path);
  }

  /** What is in a directory, in any order. */
  public List<Path> list(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }

  /** Renames a file or a directory, and returns its new path. */
  public Path move(Path from, Path to) throws IOException {
    return Files.move(from, to);
  }

  /** The content of a file. */
  public byte[] readAllBytes(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  /** Creates a file or replaces its content. */
  public void write(Path file, byte[] content) throws IOException {
    Files.write(file, content);
  }

  /** The permissions of a file or directory. */
  public Set<PosixFilePermission> getPosixFilePermissions(Path path) throws IOException {
    return Files.getPosixFilePermissions(path);
  }

  /** Changes the permissions of a file or directory. */
  public void setPosixFilePermissions(Path path, Set<PosixFilePermission> permissions)
      throws IOException {
    Files.setPosixFilePermissions(path, permissions);
  }

  /** Changes the time of a file or directory. */
  public void setLastModifiedTime(Path path, FileTime time) throws IOException {
    Files.setLastModifiedTime(path, time);
  }

  final String readString(Path file) throws IOException {
    return new String(readAllBytes(file), StandardCharsets.UTF_8);
  }

  final void writeString(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  final void createFile(Path file) throws IOException {
    write(file, new byte[0]);
  }

  final long size(Path file) throws IOException {
    return readAllBytes(file).length;
  }
}
