package io.jobs4j.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system of its own with little room, in memory, that a test can fill up. It takes root to
 * mount one; where that cannot be had, tests fail.
 */
final class FullDisk implements AutoCloseable {
  private final Path directory;

  private FullDisk(Path directory) {
    this.directory = directory;
  }

  /** Mounts one on a directory, which is made. */
  static FullDisk mount(Path directory, int megabytes) throws IOException {
    Files.createDirectories(directory);
    run(
        "mount",
        "-t",
        "tmpfs",
        "-o",
        "size=%dm".formatted(megabytes),
        "tmpfs",
        directory.toString());
    return new FullDisk(directory);
  }

  /** Takes all the room there is; what is being written meanwhile may still find some. */
  void fill() throws IOException {
    try (OutputStream ballast = Files.newOutputStream(ballast())) {
      byte[] block = new byte[4096];
      while (true) {
        ballast.write(block);
      }
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
    }
  }

  /** Gives the room back. */
  void clear() throws IOException {
    Files.deleteIfExists(ballast());
  }

  private Path ballast() {
    return directory.resolve("ballast");
  }

  @Override
  public void close() throws IOException {
    // What still has a file open there does not matter.
    run("umount", "-l", directory.toString());
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("%s: %s".formatted(String.join(" ", command), output));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted at " + command[0], e);
    }
  }
}
