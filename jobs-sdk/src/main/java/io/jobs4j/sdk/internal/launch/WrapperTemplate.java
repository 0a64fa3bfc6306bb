package io.jobs4j.sdk.internal.launch;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The wrapper template of an application, in any encoding that has ASCII at its base.
 *
 * @param text its bytes, each as the character of that number, so that those that are not ASCII
 *     pass through unread
 */
public record WrapperTemplate(String text) {
  /**
   * Reads a template. A byte order mark of UTF-8 is dropped, so that the first line is seen, and
   * carriage returns before line ends are, which editors of Windows put there and shells take for
   * letters. All other bytes stay as they are.
   *
   * @param name where the bytes are from, for messages
   * @throws PermanentAdapterException if no shell can read it, with the line and the byte
   */
  public static WrapperTemplate read(String name, byte[] bytes) {
    if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) {
      throw refused(name, bytes, 0, "a byte order mark of UTF-16; it must be in UTF-8 or the like");
    }
    int start = startsWith(bytes, 0xef, 0xbb, 0xbf) ? 3 : 0;
    boolean lines = false;
    int lone = -1;
    ByteArrayOutputStream kept = new ByteArrayOutputStream(bytes.length);
    for (int i = start; i < bytes.length; i++) {
      byte b = bytes[i];
      if (b == 0) {
        throw refused(name, bytes, i, "a NUL, which no shell script can hold");
      }
      if (b == '\r' && i + 1 < bytes.length && bytes[i + 1] == '\n') {
        continue;
      }
      lines |= b == '\n';
      lone = b == '\r' && lone < 0 ? i : lone;
      kept.write(b);
    }
    if (lone >= 0 && !lines) {
      throw refused(name, bytes, lone, "a carriage return for a line end; it must be a line feed");
    }
    return new WrapperTemplate(kept.toString(StandardCharsets.ISO_8859_1));
  }

  private static boolean startsWith(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static PermanentAdapterException refused(String name, byte[] bytes, int at, String what) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < at; i++) {
      if (bytes[i] == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new PermanentAdapterException(
        ConditionCode.JOB_UNABLE_TO_STAGE_JOB,
        "its template %s has, in line %s at byte %s, %s."
            .formatted(name, line, at - start + 1, what));
  }
}
