package io.jobs4j.core.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads one stream of a process to its end and keeps the beginning. One thread runs it; any thread
 * may look at what there is so far.
 */
final class Capture implements Runnable {
  private final InputStream stream;
  private final int limit;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private boolean more;

  Capture(InputStream stream, int limit) {
    this.stream = stream;
    this.limit = limit;
  }

  @Override
  public void run() {
    byte[] buffer = new byte[8192];
    try (stream) {
      for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
        keep(buffer, n);
      }
    } catch (IOException e) {
      // The process was killed and its stream closed: what came until then is what there is.
    }
  }

  private synchronized void keep(byte[] buffer, int count) {
    int room = Math.min(count, limit - kept.size());
    kept.write(buffer, 0, room);
    more |= room < count;
  }

  synchronized String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }

  /** Whether there was more than was kept. */
  synchronized boolean overflowed() {
    return more;
  }
}
