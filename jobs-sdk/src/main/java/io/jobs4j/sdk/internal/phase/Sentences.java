package io.jobs4j.sdk.internal.phase;

import java.util.StringJoiner;

/** Puts together messages of which parts come from elsewhere, such as an adapter. */
final class Sentences {
  private Sentences() {}

  /**
   * The parts one after the other, with a space between them. A part that has no full stop or the
   * like at its end gets one; a blank one is left out.
   */
  static String of(String... parts) {
    StringJoiner message = new StringJoiner(" ");
    for (String part : parts) {
      String text = part.strip();
      if (!text.isEmpty()) {
        message.add(isClosed(text) ? text : text + ".");
      }
    }
    return message.toString();
  }

  /** Whether the text ends like a sentence, perhaps within quotes or brackets. */
  private static boolean isClosed(String text) {
    int end = text.length();
    while (end > 1 && ")]\"'".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return ".!?\u2026".indexOf(text.charAt(end - 1)) >= 0;
  }
}
