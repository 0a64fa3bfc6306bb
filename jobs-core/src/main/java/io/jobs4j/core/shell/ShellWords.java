package io.jobs4j.core.shell;

import java.util.List;
import java.util.stream.Collectors;

/** Quotes words for POSIX shells so that no value can become code. Stateless. */
public final class ShellWords {
  private ShellWords() {}

  /**
   * One word that a shell reads back as exactly {@code value}, whatever it contains.
   *
   * @throws IllegalArgumentException if {@code value} has a NUL character, which no shell word can
   *     hold
   */
  public static String quote(String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a shell word cannot hold a NUL character");
    }
    return "'" + value.replace("'", "'\\''") + "'";
  }

  /** The words of a command line, each quoted, with a blank between them. */
  public static String join(List<String> words) {
    return words.stream().map(ShellWords::quote).collect(Collectors.joining(" "));
  }
}
