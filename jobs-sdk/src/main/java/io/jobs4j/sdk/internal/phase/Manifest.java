package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The files in a work directory that are not output, because they were there before launch: {@code
 * .agave.archive}, one path on a line. A backslash escapes itself and, as {@code \n}, a newline.
 *
 * @param paths relative to the work directory
 */
record Manifest(Set<String> paths) {
  /** The job may write into it, so it is not trusted to be small. */
  private static final int LIMIT = 1 << 26;

  /** These files. */
  static Manifest of(List<StoragePath> files, StoragePath workPath) {
    Set<String> paths = new HashSet<>();
    files.forEach(file -> paths.add(file.relativeTo(workPath)));
    return new Manifest(paths);
  }

  /** Writes it to the work directory. */
  void write(FileStorage storage, StoragePath workPath, Instant now) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    paths.stream().sorted().forEach(path -> lines.add(escape(path)));
    byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    storage.write(
        workPath.resolve(WorkDirectory.MANIFEST), new ByteArrayInputStream(text), now, false);
  }

  /** Reads it from the work directory; empty if it is not there. */
  static Manifest read(FileStorage storage, StoragePath workPath) throws InterruptedException {
    StoragePath file = workPath.resolve(WorkDirectory.MANIFEST);
    if (storage.stat(file).isEmpty()) {
      return new Manifest(Set.of());
    }
    byte[] bytes;
    try (InputStream stream = storage.read(file, 0)) {
      bytes = stream.readNBytes(LIMIT + 1);
    } catch (IOException e) {
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          Sentences.of("%s could not be read: %s".formatted(file, e.getMessage())),
          e);
    }
    if (bytes.length > LIMIT) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_ARCHIVING_FAILED,
          "%s has more than %s bytes.".formatted(WorkDirectory.MANIFEST, LIMIT));
    }
    Set<String> paths = new HashSet<>();
    new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> paths.add(unescape(line)));
    return new Manifest(paths);
  }

  /** Whether the file or directory is no output. */
  boolean excludes(String path) {
    return path.equals(WorkDirectory.MANIFEST)
        || path.equals(WorkDirectory.CONTROL)
        || path.equals(WorkDirectory.LOG)
        || paths.contains(path);
  }

  private static String escape(String path) {
    return path.replace("\\", "\\\\").replace("\n", "\\n");
  }

  private static String unescape(String line) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        c = line.charAt(++i);
        path.append(c == 'n' ? '\n' : c);
      } else {
        path.append(c);
      }
    }
    return path.toString();
  }
}
