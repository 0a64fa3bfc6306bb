package io.jobs4j.adapters.fork;

import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.RemoteStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the run records of {@link ForkScripts} where this process sees them itself. It understands
 * only whole records of jobs that are over, which is nearly all that are asked for; what else there
 * may be takes a look at processes too, and is left to {@link ForkScripts#REPORT}. Stateless.
 */
final class RunRecord {
  /** What the scripts read too. */
  private static final int LONGEST = 4096;

  private static final Pattern OVER =
      Pattern.compile(
          "run \\d{1,18} \\S+ (\\d{1,18})(?: [^\\n]*)?\\n(?:job \\d{1,18} job\\n)?\\n*"
              + "(?:ending \\d{1,3} (?:exited|limit|cancelled) \\d{1,18}\\n+)?"
              + "end (\\d{1,3}) (exited|limit|cancelled|startup|modules) (\\d{1,18})\\n");

  private RunRecord() {}

  /** The end of an attempt; empty if its record does not plainly tell of one. */
  static Optional<RemoteStatus> end(Attempt attempt) {
    try {
      return end(Path.of(attempt.workPath(), ".jobs4j", attempt.key() + ".run"));
    } catch (IOException | InvalidPathException e) {
      // What is wrong with it, the scripts find out.
      return Optional.empty();
    }
  }

  /**
   * When an attempt was claimed, by the clock of its files; {@code null} if that cannot be read.
   */
  static @Nullable Instant claimed(Attempt attempt) {
    try {
      Path file = Path.of(attempt.workPath(), ".jobs4j", attempt.key() + ".run");
      return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
          .toInstant()
          .truncatedTo(ChronoUnit.MILLIS);
    } catch (IOException | InvalidPathException e) {
      // The next look tells.
      return null;
    }
  }

  private static Optional<RemoteStatus> end(Path file) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    // The job may have put anything there; opening a named pipe would wait for a writer.
    if (!attributes.isRegularFile() || attributes.size() > LONGEST) {
      return Optional.empty();
    }
    byte[] bytes;
    try (InputStream stream =
        Channels.newInputStream(
            Files.newByteChannel(
                file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
      bytes = stream.readNBytes(LONGEST + 1);
    }
    // Otherwise it was written to in between, and the time is not that of the end.
    if (bytes.length != attributes.size()) {
      return Optional.empty();
    }
    Matcher record = OVER.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    if (!record.matches()) {
      return Optional.empty();
    }
    // As exact as the scripts tell it, so that every engine sees one time.
    Instant written = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MILLIS);
    Instant started = ForkReport.started(written, record.group(1), record.group(4));
    return Optional.ofNullable(
        ForkReport.ended(record.group(2), record.group(3), started, written));
  }
}
