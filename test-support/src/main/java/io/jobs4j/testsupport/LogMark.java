package io.jobs4j.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How far logs had come at a time, so that what was logged since can be told from the rest. */
final class LogMark {
  /** Of a log that says more, the end is kept. */
  static final long MOST_BYTES = 1 << 20;

  /** Of more processes, those that wrote last are kept. */
  static final int MOST_CHILDREN = 20;

  /** Times of files are coarser than those of the clock. */
  private static final Duration COARSENESS = Duration.ofSeconds(1);

  private final List<Path> logs;
  private final Instant time;
  private final Map<Path, Long> sizes = new HashMap<>();

  private LogMark(List<Path> logs, Instant time) {
    this.logs = logs;
    this.time = time;
  }

  /**
   * A mark.
   *
   * @param logs files, and directories whose files ending with {@code .log} count, also those that
   *     come later; what is not there has logged nothing
   */
  static LogMark now(List<Path> logs, Instant time) {
    LogMark mark = new LogMark(List.copyOf(logs), time);
    for (Path file : mark.files()) {
      mark.sizes.put(file, size(file));
    }
    return mark;
  }

  /** Copies what servers logged since, under the name of the log and that of its directory. */
  void copyServers(Path target) throws IOException {
    for (Path file : files()) {
      long size = size(file);
      long before = sizes.getOrDefault(file, 0L);
      // One that became shorter has begun anew.
      long from = Math.max(before <= size ? before : 0, size - MOST_BYTES);
      if (from < size) {
        copy(file, from, target.resolve(name(file)));
      }
    }
  }

  /** Copies what processes wrote that log in a directory and wrote something since. */
  void copyChildren(Path directory, Path target) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    record Child(Path file, FileTime written) {}
    List<Child> children = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        children.add(new Child(file, Files.getLastModifiedTime(file)));
      }
    }
    List<Child> since =
        children.stream()
            .filter(child -> !child.written().toInstant().isBefore(time.minus(COARSENESS)))
            .sorted(Comparator.comparing(Child::written).reversed())
            .limit(MOST_CHILDREN)
            .toList();
    for (Child child : since) {
      Path file = child.file();
      copy(file, Math.max(0, size(file) - MOST_BYTES), target.resolve(file.getFileName()));
    }
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (Path log : logs) {
      if (!Files.isDirectory(log)) {
        files.add(log);
        continue;
      }
      try (Stream<Path> entries = Files.list(log)) {
        files.addAll(entries.filter(file -> file.toString().endsWith(".log")).sorted().toList());
      } catch (IOException e) {
        // It went away just now, and has logged nothing.
      }
    }
    return files;
  }

  /** The logs of two clusters have the same names. */
  private static String name(Path file) {
    Path parent = file.getParent();
    Path owner = parent == null ? null : parent.endsWith("log") ? parent.getParent() : parent;
    return (owner == null ? "" : owner.getFileName() + "-") + file.getFileName();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  private static void copy(Path file, long from, Path target) throws IOException {
    try (FileChannel channel = FileChannel.open(file).position(from);
        InputStream in = Channels.newInputStream(channel);
        OutputStream out = Files.newOutputStream(target)) {
      // It may be written to at the same time.
      out.write(in.readNBytes(Math.toIntExact(MOST_BYTES)));
    } catch (NoSuchFileException e) {
      // It went away just now.
    }
  }
}
