package io.jobs4j.sdk.internal.sql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.engine.Constants;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * A file system for H2 on which a write that fails is tried again until it works. A disk that is
 * full, over its quota or read-only for a while is a slow disk then: whoever waits for the database
 * keeps a limit, and it goes on where it stood when there is room.
 *
 * <p>H2 itself closes a database at the first write that fails, and puts its file in order as after
 * a crash when it is opened again. On a disk that stays full this happens over and over, and H2
 * 2.4.240 has been seen to leave a file behind that it cannot open any more ("Double mark").
 *
 * <p>Its files are those of H2's file system {@code async}, which an interrupt does not close. It
 * is public for H2 alone, which makes objects of it. Safe for use by several threads.
 */
public final class RetryingFilePath extends FilePathWrapper {
  private static final String SCHEME = "jobs4j";

  /** Static, because H2 makes objects of this class by itself, without anything that knows them. */
  private static final Set<RetryingFile> OPEN = ConcurrentHashMap.newKeySet();

  /** For H2. */
  public RetryingFilePath() {}

  /**
   * The JDBC URL of a database on this file system, which H2 knows from now on.
   *
   * @param file without what H2 adds to the names of its files
   */
  public static String url(Path file) {
    register();
    return "jdbc:h2:" + SCHEME + ":" + file;
  }

  /**
   * Says whether writes that fail are tried again, also those under way; they are unless this says
   * otherwise. Where they are not, H2 closes the database, so that nothing holds its file any more.
   *
   * @param file its real path, without what H2 adds to the names of its files
   */
  static void retry(Path file, boolean again) {
    Path data = Path.of(file + Constants.SUFFIX_MV_FILE);
    OPEN.stream()
        .filter(open -> Path.of(open.name()).equals(data))
        .forEach(open -> open.retry(again));
  }

  /** Has H2 know it in this process. */
  public static void register() {
    FilePath.register(new RetryingFilePath());
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    String path = unwrap().name;
    RetryingFile file =
        new RetryingFile(FilePath.get("async:" + path).open(mode), path, OPEN::remove);
    OPEN.add(file);
    return file;
  }
}
