package io.jobs4j.core.internal.selector;

import java.util.Arrays;

/**
 * A pattern of LIKE. Matching goes back to the last {@code %} only, never to an earlier one, so no
 * pattern makes it take longer than the product of the lengths.
 */
final class LikePattern {
  private static final int ONE = -1;
  private static final int MANY = -2;

  /** Code points to be there, {@link #ONE} and {@link #MANY}. */
  private final int[] elements;

  private LikePattern(int[] elements) {
    this.elements = elements;
  }

  /**
   * Compiles a pattern.
   *
   * @param escape code point that takes the meaning from the next one; -1 for none
   * @throws IllegalArgumentException if the escape character is the last one
   */
  static LikePattern compile(String pattern, int escape) {
    int[] points = pattern.codePoints().toArray();
    int[] elements = new int[points.length];
    int count = 0;
    for (int i = 0; i < points.length; i++) {
      if (escape >= 0 && points[i] == escape) {
        i++;
        if (i == points.length) {
          throw new IllegalArgumentException("nothing follows the escape character");
        }
        elements[count++] = points[i];
      } else if (points[i] == '_') {
        elements[count++] = ONE;
      } else if (points[i] != '%') {
        elements[count++] = points[i];
      } else if (count == 0 || elements[count - 1] != MANY) {
        elements[count++] = MANY;
      }
    }
    return new LikePattern(Arrays.copyOf(elements, count));
  }

  boolean matches(String value) {
    int[] points = value.codePoints().toArray();
    int at = 0;
    int element = 0;
    int lastMany = -1;
    int resume = 0;
    while (at < points.length) {
      if (element < elements.length && elements[element] == MANY) {
        lastMany = element++;
        resume = at;
      } else if (element < elements.length
          && (elements[element] == ONE || elements[element] == points[at])) {
        element++;
        at++;
      } else if (lastMany >= 0) {
        element = lastMany + 1;
        at = ++resume;
      } else {
        return false;
      }
    }
    while (element < elements.length && elements[element] == MANY) {
      element++;
    }
    return element == elements.length;
  }
}
