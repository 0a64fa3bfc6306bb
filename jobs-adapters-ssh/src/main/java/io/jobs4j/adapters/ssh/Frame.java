package io.jobs4j.adapters.ssh;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a command wrote out of what came over a channel. A script on the host writes a marker
 * before and another after the command: a line break, the token of the frame, a blank, a value and
 * a line break. What comes before the first marker (greetings, what startup files say) and after
 * the second one (children that were left behind) is thrown away. One thread feeds it, any may
 * look.
 */
final class Frame {
  /** Longer than any exit code, process id or word that a script writes. */
  private static final int LONGEST_VALUE = 32;

  /** Enough of a stream without a frame to say what is wrong. */
  private static final int LONGEST_NOISE = 1024;

  private final byte[] marker;
  private final int limit;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final ByteArrayOutputStream noise = new ByteArrayOutputStream();
  private final StringBuilder value = new StringBuilder();
  private @Nullable String begin;
  private @Nullable String end;
  private int matched;
  private boolean overflowed;
  private boolean lineSeen;

  /**
   * @param token without a line break; nobody else knows it
   * @param limit bytes that are kept
   */
  Frame(String token, int limit) {
    this.marker = ("\n" + token + " ").getBytes(StandardCharsets.US_ASCII);
    this.limit = limit;
  }

  /** A token for one frame. Nobody can guess it, so no output can hold it. */
  static String token() {
    return "jobs4j-" + UUID.randomUUID();
  }

  /** Takes the next bytes. */
  synchronized void feed(byte[] bytes, int count) {
    for (int i = 0; i < count && end == null; i++) {
      feed(bytes[i]);
    }
  }

  private void feed(byte b) {
    if (matched == marker.length) {
      if (b != '\n' && value.length() < LONGEST_VALUE) {
        value.append((char) (b & 0xff));
        return;
      }
      if (begin == null) {
        begin = value.toString();
      } else {
        end = value.toString();
      }
      value.setLength(0);
      matched = 0;
      return;
    }
    lineSeen |= begin != null && b == '\n';
    if (b == marker[matched]) {
      matched++;
      return;
    }
    // A line break is nowhere but at the start of a marker, so no part of what matched starts one.
    give(matched);
    matched = 0;
    if (b == marker[0]) {
      matched = 1;
    } else {
      keep(b);
    }
  }

  private void give(int count) {
    for (int i = 0; i < count; i++) {
      keep(marker[i]);
    }
  }

  private void keep(byte b) {
    if (begin == null) {
      if (noise.size() < LONGEST_NOISE) {
        noise.write(b);
      }
    } else if (kept.size() < limit) {
      kept.write(b);
    } else {
      overflowed = true;
    }
  }

  /** The value of the first marker; {@code null} if it has not come. */
  synchronized @Nullable String begin() {
    return begin;
  }

  /** The value of the second marker; {@code null} if it has not come. */
  synchronized @Nullable String end() {
    return end;
  }

  /** Whether the command has written a line. */
  synchronized boolean hasLine() {
    return lineSeen;
  }

  /** What the command wrote, up to the limit. */
  synchronized byte[] content() {
    return kept.toByteArray();
  }

  /** Whether there was more than was kept. */
  synchronized boolean overflowed() {
    return overflowed;
  }

  /** The start of what came before the first marker. */
  synchronized String noise() {
    return noise.toString(StandardCharsets.UTF_8);
  }
}
