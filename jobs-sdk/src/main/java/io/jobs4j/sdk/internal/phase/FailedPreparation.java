package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
    return said.toString();
  }

  /** Values that do not show, the longest first. */
  private static List<byte[]> secrets(PhaseContext context) {
    return context.system().environment().stream()
        .map(line -> line.substring(line.indexOf('=') + 1))
        .filter(value -> value.length() >= SHORTEST_SECRET)
        .map(value -> value.getBytes(StandardCharsets.UTF_8))
        .sorted(Comparator.comparingInt((byte[] value) -> value.length).reversed())
        .toList();
  }

  /**
   * The end of a file on one line; empty if it is not there. So much more is read that a secret
   * that only ends in what is shown is known as a whole.
   */
  private static String end(PhaseContext context, StoragePath path) throws InterruptedException {
    List<byte[]> secrets = secrets(context);
    int longest = secrets.isEmpty() ? 0 : secrets.get(0).length;
    FileStorage storage = context.workStorage();
    try {
      Optional<FileEntry> file = storage.stat(path);
      if (file.isEmpty()) {
        return "";
      }
      long shown = Math.max(0, file.get().length() - SHOWN);
      long start = Math.max(0, shown - longest);
      try (InputStream stream = storage.read(path, start)) {
        String text =
            masked(stream.readNBytes(SHOWN + longest), Math.toIntExact(shown - start), secrets);
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return shown > 0 ? "..." + line : line;
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

  /** The text from a byte on, with three asterisks for each secret that is in it or reaches it. */
  static String masked(byte[] bytes, int from, List<byte[]> secrets) {
    ByteArrayOutputStream shown = new ByteArrayOutputStream(bytes.length);
    int at = 0;
    while (at < bytes.length) {
      int length = secretAt(bytes, at, secrets);
      if (length == 0) {
        if (at >= from) {
          shown.write(bytes[at]);
        }
        at++;
      } else {
        at += length;
        if (at > from) {
          shown.writeBytes("***".getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    return shown.toString(StandardCharsets.UTF_8);
  }

  /** The length of the longest secret that begins at a byte; 0 if none does. */
  private static int secretAt(byte[] bytes, int at, List<byte[]> secrets) {
    for (byte[] secret : secrets) {
      int end = at + secret.length;
      if (end <= bytes.length && Arrays.equals(bytes, at, end, secret, 0, secret.length)) {
        return secret.length;
      }
    }
    return 0;
  }
}
