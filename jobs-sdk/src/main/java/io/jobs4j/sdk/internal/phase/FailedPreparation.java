package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads what a launch script left behind that did not come as far as the application. */
final class FailedPreparation {
  /** Bytes of the log's end, which are for people. */
  private static final int SHOWN = 600;

  /** Shorter values of variables are no secrets, and part of many words. */
  private static final int SHORTEST_SECRET = 6;

  private FailedPreparation() {}

  /**
   * Sentences on where it was and what it said last, each after a blank; empty if nothing is left
   * of that. Values of the system's variables do not show.
   */
  static String said(PhaseContext context) throws InterruptedException {
    StringBuilder said = new StringBuilder();
    StoragePath work = context.workPath();
    String stage =
        end(
            context,
            work.resolve(WorkDirectory.CONTROL).resolve(context.attempt().key() + ".stage"));
    int blank = stage.indexOf(' ');
    if (blank >= 0) {
      said.append(" It was at: ").append(stage.substring(blank + 1)).append('.');
    }
    String log = end(context, work.resolve(WorkDirectory.LOG));
    if (!log.isEmpty()) {
      said.append(" It said: ").append(log);
    }
    String shown = said.toString();
    for (String line : context.system().environment()) {
      String value = line.substring(line.indexOf('=') + 1);
      if (value.length() >= SHORTEST_SECRET) {
        shown = shown.replace(value, "***");
      }
    }
    return shown;
  }

  /** The end of a file on one line; empty if it is not there. */
  private static String end(PhaseContext context, StoragePath path) throws InterruptedException {
    FileStorage storage = context.workStorage();
    try {
      Optional<FileEntry> file = storage.stat(path);
      if (file.isEmpty()) {
        return "";
      }
      long start = Math.max(0, file.get().length() - SHOWN);
      try (InputStream stream = storage.read(path, start)) {
        String text = new String(stream.readNBytes(SHOWN), StandardCharsets.UTF_8);
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return start > 0 ? "..." + line : line;
      }
    } catch (PermanentAdapterException e) {
      return "";
    } catch (IOException e) {
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          "The file %s could not be read: %s".formatted(path, e.getMessage()),
          e);
    }
  }
}
