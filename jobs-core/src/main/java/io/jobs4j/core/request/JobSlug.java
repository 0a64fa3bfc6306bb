package io.jobs4j.core.request;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** The form of a job's name that goes into file names and scheduler job names. Stateless. */
public final class JobSlug {
  private static final int MAX_LENGTH = 64;

  private static final Pattern DROPPED = Pattern.compile("['\u2019]|[^\\x00-\\x7F]");
  private static final Pattern REPLACED = Pattern.compile("[^A-Za-z0-9]+");

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
    String plain = DROPPED.matcher(Normalizer.normalize(name, Normalizer.Form.NFD)).replaceAll("");
    String hyphened = REPLACED.matcher(plain).replaceAll("-").toLowerCase(Locale.ROOT);
    int start = hyphened.startsWith("-") ? 1 : 0;
    int end = Math.min(hyphened.length(), start + MAX_LENGTH);
    if (end > start && hyphened.charAt(end - 1) == '-') {
      end--;
    }
    return end > start ? hyphened.substring(start, end) : "job";
  }
}
