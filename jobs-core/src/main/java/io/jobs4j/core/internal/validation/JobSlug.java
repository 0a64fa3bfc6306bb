package io.jobs4j.core.internal.validation;

import java.text.Normalizer;

/** The form of a job's name that goes into file names and scheduler job names. Stateless. */
public final class JobSlug {
  private static final int MAX_LENGTH = 64;

  private JobSlug() {}

  /**
   * The slug of a name as Agave makes it: accents, apostrophes and characters outside ASCII are
   * dropped, what is neither letter nor digit becomes a hyphen, repeated hyphens become one, those
   * at the ends go, and letters become small. Unlike Agave's it has no {@code +} and no {@code _}.
   *
   * @param name any text
   * @return 1 to 64 characters {@code a-z 0-9 -}; {@code job} if nothing else is left
   */
  public static String of(String name) {
    StringBuilder slug = new StringBuilder(name.length());
    String plain = Normalizer.normalize(name, Normalizer.Form.NFD);
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if (isLetterOrDigit(c)) {
        slug.append(Character.toLowerCase(c));
      } else if (c < 0x80 && c != '\'' && !endsWithHyphen(slug)) {
        slug.append('-');
      }
    }
    int start = slug.indexOf("-") == 0 ? 1 : 0;
    int end = Math.min(slug.length(), start + MAX_LENGTH);
    if (end > start && slug.charAt(end - 1) == '-') {
      end--;
    }
    return end > start ? slug.substring(start, end) : "job";
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static boolean endsWithHyphen(StringBuilder slug) {
    return !slug.isEmpty() && slug.charAt(slug.length() - 1) == '-';
  }
}
