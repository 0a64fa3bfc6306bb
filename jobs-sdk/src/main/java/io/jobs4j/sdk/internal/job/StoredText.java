package io.jobs4j.sdk.internal.job;

import org.jspecify.annotations.Nullable;

/** What texts of others must be like to be stored in every database. */
public final class StoredText {
  /** Longest id that an adapter may give, in {@code char}s. */
  public static final int ID_LIMIT = 255;

  private static final char REPLACEMENT = '\uFFFD';

  private StoredText() {}

  /**
   * As much of a text as has room, without half a character at its end. NUL, which some databases
   * do not take, and halves of characters are replaced.
   *
   * @param limit in {@code char}s
   */
  public static String of(String text, int limit) {
    StringBuilder stored = null;
    int end = Math.min(text.length(), limit);
    if (end < text.length() && end > 0 && isPair(text, end - 1)) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      if (isPair(text, i)) {
        i++;
      } else if (text.charAt(i) == '\0' || Character.isSurrogate(text.charAt(i))) {
        stored = stored == null ? new StringBuilder(text) : stored;
        stored.setCharAt(i, REPLACEMENT);
      }
    }
    return stored == null ? text.substring(0, end) : stored.substring(0, end);
  }

  /** Whether an id can be kept as it is: 1 to 255 characters, none of them a control character. */
  public static boolean isId(@Nullable String id) {
    return id != null
        && !id.isEmpty()
        && id.length() <= ID_LIMIT
        && id.chars().noneMatch(Character::isISOControl)
        && of(id, ID_LIMIT).equals(id);
  }

  private static boolean isPair(String text, int at) {
    return at + 1 < text.length()
        && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
  }
}
