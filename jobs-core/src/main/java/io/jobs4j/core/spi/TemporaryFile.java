package io.jobs4j.core.spi;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the files that storages write before they give them their own name: {@code
 * .jobs4j-<tag>-<uuid>.part}, or {@code .jobs4j-<uuid>.part} without a tag. Stateless.
 */
public final class TemporaryFile {
  /** One letter, digit, dot or hyphen and up to 99 more. */
  static final String TAG = "(?:[A-Za-z0-9.-]{1,100})";

  private static final Pattern NAME =
      Pattern.compile(
          "\\.jobs4j-(?:(" + TAG + ")-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.part");

  private TemporaryFile() {}

  /** A name that nobody else uses. */
  public static String name(String tag) {
    return ".jobs4j-" + (tag.isEmpty() ? "" : tag + "-") + UUID.randomUUID() + ".part";
  }

  /** Whether a file of this name is temporary. */
  public static boolean isOne(String name) {
    return NAME.matcher(name).matches();
  }

  /** The tag in a name; empty if it has none or is no name of a temporary file. */
  public static Optional<String> tag(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() ? Optional.ofNullable(matcher.group(1)) : Optional.empty();
  }
}
