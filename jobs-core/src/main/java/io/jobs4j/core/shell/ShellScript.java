package io.jobs4j.core.shell;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A program for a POSIX shell that is put together from files beside a class. It is read when it is
 * first needed, and kept; a read that fails is tried again at the next need. Safe for use by
 * several threads.
 *
 * <p>Lines that are comments are left out, with the empty lines after them, since hosts need not
 * read them. So no line within a quoted text or here-document may begin with {@code #}.
 */
public final class ShellScript {
  private static final Pattern COMMENT = Pattern.compile("(?m)^[ \\t]*#.*\\n+");

  private final Class<?> place;
  private final List<String> parts;
  private final Map<String, Supplier<String>> values;
  private volatile @Nullable String text;

  private ShellScript(Class<?> place, List<String> parts, Map<String, Supplier<String>> values) {
    this.place = place;
    this.parts = parts;
    this.values = values;
  }

  /**
   * Names the files of a script; none is read yet.
   *
   * @param place a class in the package where they are
   * @param parts their names in their order, without {@code .sh}
   */
  public static ShellScript of(Class<?> place, String... parts) {
    return new ShellScript(place, List.of(parts), Map.of());
  }

  /**
   * The same script with a text in place of a word, wherever that stands in the files.
   *
   * @param value is asked for when the script is read
   */
  public ShellScript with(String word, Supplier<String> value) {
    Map<String, Supplier<String>> more = new LinkedHashMap<>(values);
    more.put(word, value);
    return new ShellScript(place, parts, more);
  }

  /**
   * What a shell is to read.
   *
   * @throws UncheckedIOException if a file cannot be read
   */
  public String text() {
    String known = text;
    if (known == null) {
      known = read();
      text = known;
    }
    return known;
  }

  private String read() {
    StringBuilder files = new StringBuilder();
    for (String part : parts) {
      files.append(COMMENT.matcher(file(part + ".sh")).replaceAll(""));
    }
    String read = files.toString();
    for (Map.Entry<String, Supplier<String>> value : values.entrySet()) {
      read = read.replace(value.getKey(), value.getValue().get());
    }
    return read;
  }

  private String file(String name) {
    try (InputStream stream = place.getResourceAsStream(name)) {
      if (stream == null) {
        throw new FileNotFoundException(name + " beside " + place.getName());
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
