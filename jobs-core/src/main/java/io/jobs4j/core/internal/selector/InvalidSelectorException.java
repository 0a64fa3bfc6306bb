package io.jobs4j.core.internal.selector;

import io.jobs4j.core.JobsException;
import java.util.Locale;

/** A text is not a selector. The message tells where, and what was expected there. */
public final class InvalidSelectorException extends JobsException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_SHOWN = 120;

  private final String text;
  private final int position;
  private final String problem;

  InvalidSelectorException(String text, int position, String problem) {
    super("Invalid selector \"%s\": %s".formatted(shown(text), problem));
    this.text = text;
    this.position = position;
    this.problem = problem;
  }

  /** The refused text. */
  public String text() {
    return text;
  }

  /** Index in the text of the first character that is wrong, from 0 to the length of the text. */
  public int position() {
    return position;
  }

  /** What was expected, and where, counting characters from 1; without the text as a whole. */
  public String problem() {
    return problem;
  }

  /** At most {@value #LONGEST_SHOWN} characters, of which none can change the look of a log. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < LONGEST_SHOWN; ) {
      int c = text.codePointAt(i);
      shown.append(isVisible(c) ? Character.toString(c) : String.format(Locale.ROOT, "\\u%04X", c));
      i += Character.charCount(c);
    }
    return text.length() > LONGEST_SHOWN ? shown.append("...").toString() : shown.toString();
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> c == ' ' || !Character.isSpaceChar(c);
    };
  }
}
