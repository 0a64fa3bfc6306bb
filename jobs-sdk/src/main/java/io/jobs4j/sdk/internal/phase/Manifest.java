package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.internal.manifest.PathLists;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.core.wire.WireFormatException;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the engine puts in a work directory, which is no output of the job: the files of the plans
 * of inputs and of the application, and directories that these plans leave empty. A directory
 * counts only itself, not what the job puts in it. It lies in the work directory, beside the
 * adapters' records, because it may be long and is needed only as long as they are: {@code
 * .jobs4j/inputs.json} and {@code .jobs4j/assets.json}, written before the first of these files.
 * The job can write there too, and would only change what becomes of its own output.
 *
 * <p>It is written where nothing is. Who finds one there that says otherwise, because a source has
 * changed since an engine died, adds to it: what any engine put there is no output.
 *
 * <p>Beside it an application may list what is not to be archived in {@code .agave.archive}, one
 * path on a line, directories with all they hold. Earlier versions kept their own list there; a
 * backslash escapes itself and, as {@code \n}, a newline.
 *
 * @param files relative to the work directory
 * @param directories relative to the work directory, beside those of the files
 * @param listed what the application lists
 */
record Manifest(NavigableSet<String> files, Set<String> directories, Set<String> listed)
    implements TransferPlan.Exclusion {
  private static final StoragePath INPUTS =
      StoragePath.parse(WorkDirectory.CONTROL + "/inputs.json");
  private static final StoragePath ASSETS =
      StoragePath.parse(WorkDirectory.CONTROL + "/assets.json");

  /**
   * The job may write into it, so it is not trusted to be small. A plan of 100,000 files fits if
   * their names have 300 bytes each.
   */
  static final int BYTES_LIMIT = 1 << 25;

  /** Names in each list, which take more memory than their bytes. */
  static final int NAMES_LIMIT = 400_000;

  /** What is in one of the two files. */
  private record Content(Set<String> files, Set<String> directories) {}

  /** What inputs put in the work directory. */
  static void writeInputs(
      FileStorage storage,
      StoragePath workPath,
      Collection<TransferPlan> plans,
      Fence fence,
      Instant now)
      throws InterruptedException {
    write(storage, workPath, INPUTS, content(plans, workPath), fence, now);
  }

  /** What the application puts in the work directory, and the engine itself as {@code other}. */
  static void writeAssets(
      FileStorage storage,
      StoragePath workPath,
      TransferPlan plan,
      String other,
      Fence fence,
      Instant now)
      throws InterruptedException {
    Content content = content(List.of(plan), workPath);
    content.files.add(other);
    write(storage, workPath, ASSETS, content, fence, now);
  }

  private static Content content(Collection<TransferPlan> plans, StoragePath workPath) {
    Set<String> files = new TreeSet<>();
    Set<String> directories = new TreeSet<>();
    for (TransferPlan plan : plans) {
      plan.files().forEach(item -> files.add(item.target().relativeTo(workPath)));
      plan.emptyDirectories().stream()
          .filter(directory -> !directory.equals(workPath))
          .forEach(directory -> directories.add(directory.relativeTo(workPath)));
    }
    return new Content(files, directories);
  }

  private static void write(
      FileStorage storage,
      StoragePath workPath,
      StoragePath name,
      Content content,
      Fence fence,
      Instant now)
      throws InterruptedException {
    StoragePath file = workPath.resolve(name.toString());
    try {
      put(storage, file, content, fence, false, now);
    } catch (TargetExistsException e) {
      Content there = parse(storage, file);
      boolean more = there.files.addAll(content.files);
      more |= there.directories.addAll(content.directories);
      if (more) {
        put(storage, file, there, fence, true, now);
      }
    }
  }

  private static void put(
      FileStorage storage,
      StoragePath file,
      Content content,
      Fence fence,
      boolean replace,
      Instant now)
      throws InterruptedException {
    byte[] bytes = PathLists.write(content.files, content.directories);
    if (bytes.length > BYTES_LIMIT
        || Math.max(content.files.size(), content.directories.size()) > NAMES_LIMIT) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_FILES_SERVICE_ERROR,
          "There are more than %s files or directories, or their names have more than %s bytes; pack them."
              .formatted(NAMES_LIMIT, BYTES_LIMIT));
    }
    storage.write(
        file,
        new ByteArrayInputStream(bytes),
        now,
        false,
        fence.publication(file.parent().parent(), replace));
  }

  /** Reads it from the work directory; empty where nothing is there. */
  static Manifest read(FileStorage storage, StoragePath workPath) throws InterruptedException {
    NavigableSet<String> files = new TreeSet<>();
    Set<String> directories = new HashSet<>();
    boolean written = false;
    for (StoragePath name : List.of(INPUTS, ASSETS)) {
      StoragePath file = workPath.resolve(name.toString());
      if (storage.stat(file).isPresent()) {
        Content content = parse(storage, file);
        files.addAll(content.files);
        directories.addAll(content.directories);
        written = true;
      }
    }
    Set<String> listed = listed(storage, workPath.resolve(WorkDirectory.MANIFEST));
    if (!written) {
      // An earlier version listed its own files and directories there too.
      files.addAll(listed);
      directories.addAll(listed);
      listed = Set.of();
    }
    return new Manifest(files, directories, listed);
  }

  private static Set<String> listed(FileStorage storage, StoragePath file)
      throws InterruptedException {
    if (storage.stat(file).isEmpty()) {
      return Set.of();
    }
    Set<String> listed = new HashSet<>();
    try (Reader reader =
        new BufferedReader(new InputStreamReader(bounded(storage, file), StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      int c;
      do {
        c = reader.read();
        // Not readLine(), to which a carriage return ends a line too.
        if (c >= 0 && c != '\n') {
          line.append((char) c);
        } else {
          if (!line.toString().isBlank()) {
            add(listed, unescape(line.toString()), file);
          }
          line.setLength(0);
        }
      } while (c >= 0);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    return listed;
  }

  private static Content parse(FileStorage storage, StoragePath file) throws InterruptedException {
    Content content = new Content(new TreeSet<>(), new TreeSet<>());
    try (InputStream stream = bounded(storage, file)) {
      PathLists.read(
          stream,
          path -> add(content.files, path, file),
          path -> add(content.directories, path, file));
      return content;
    } catch (WireFormatException e) {
      throw changed(file, e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static void add(Set<String> texts, String text, StoragePath file) {
    texts.add(text);
    if (texts.size() > NAMES_LIMIT) {
      throw tooLong(file);
    }
  }

  /** A file's bytes, which end with an exception if they are too many. */
  private static InputStream bounded(FileStorage storage, StoragePath file)
      throws InterruptedException {
    return new FilterInputStream(storage.read(file, 0)) {
      private long count;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = in.read(bytes, offset, length);
        count += Math.max(0, read);
        if (count > BYTES_LIMIT) {
          throw tooLong(file);
        }
        return read;
      }
    };
  }

  private static PermanentAdapterException changed(StoragePath file, WireFormatException cause) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "%s, where the engine noted which files are no output, was changed and cannot be read."
            .formatted(file),
        cause);
  }

  private static PermanentAdapterException tooLong(StoragePath file) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "%s, which says what is no output, was changed: it has more than %s names or %s bytes."
            .formatted(file, NAMES_LIMIT, BYTES_LIMIT));
  }

  private static TransientAdapterException unreadable(StoragePath file, IOException cause) {
    return new TransientAdapterException(
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        Sentences.of("%s could not be read: %s".formatted(file, cause.getMessage())),
        cause);
  }

  @Override
  public boolean excludes(String path, boolean directory) {
    return path.equals(WorkDirectory.MANIFEST)
        || path.equals(WorkDirectory.CONTROL)
        || path.equals(WorkDirectory.LOG)
        || listed.contains(path)
        || (!directory && files.contains(path));
  }

  /** Whether the engine made this directory. */
  boolean made(String directory) {
    String below = directory + "/";
    String file = files.ceiling(below);
    return directories.contains(directory) || (file != null && file.startsWith(below));
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
