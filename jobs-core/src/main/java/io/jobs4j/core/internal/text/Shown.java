package io.jobs4j.core.internal.text;

import java.util.regex.Pattern;

/** Makes what users sent fit to be shown in errors and logs: one short line without secrets. */
public final class Shown {
  private static final int SHORT = 120;
  private static final int LONG = 4096;

  /** User and password of a URL; a password may have slashes and at signs that nobody escaped. */
  private static final Pattern USER_INFO =
      Pattern.compile("://(?:[^\\s/@:\"]*:[^\\s\"]*|[^/?#\\s\"]*)@");

  /** Query parameters whose names say that their values are secret. */
  private static final Pattern SECRET_QUERY =
      Pattern.compile(
          "([?&][^=&#\\s]{0,40}(?:token|secret|passw|key|sig|auth)[^=&#\\s]{0,40}=)[^&#\\s\"]*",
          Pattern.CASE_INSENSITIVE);

  private Shown() {}

  /** A value or name, shortened. */
  public static String value(String text) {
    String clean = text(text);
    return clean.length() <= SHORT ? clean : clean.substring(0, SHORT - 3) + "...";
  }

  /** A message, which may hold values. */
  public static String text(String text) {
    // Cut first, so that no text can make the patterns slow.
    String cut = text.length() <= LONG ? text : text.substring(0, LONG - 3) + "...";
    String redacted = USER_INFO.matcher(cut).replaceAll("://***@");
    return escaped(SECRET_QUERY.matcher(redacted).replaceAll("$1***"));
  }

  /** Characters that do not show, break lines or turn the direction of text become escapes. */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (Character.getType(c)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    out.append("\\u%04x".formatted(c));
                default -> out.appendCodePoint(c);
              }
            });
    return out.toString();
  }
}
