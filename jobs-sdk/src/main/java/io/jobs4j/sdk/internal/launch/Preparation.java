package io.jobs4j.sdk.internal.launch;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.shell.ShellWords;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes what comes before the application in a launch script: the startup script of the system and
 * the modules of the application. How far that came is noted for {@link
 * io.jobs4j.core.spi.LaunchSpec}'s schedulers. Safe for use by several threads.
 */
final class Preparation {
  /** Shell functions, once they have been read. */
  private static volatile @Nullable String functions;

  private Preparation() {}

  /** Not read when the class is initialised, lest a read that fails is never tried again. */
  private static String functions() {
    String known = functions;
    if (known == null) {
      known = read();
      functions = known;
    }
    return known;
  }

  private static String read() {
    try (InputStream stream =
        Objects.requireNonNull(Preparation.class.getResourceAsStream("prepare.sh"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The part of the script; empty if there is nothing to prepare. */
  static String of(ExecutionSystem system, App app) {
    List<List<String>> modules =
        app.modules().stream().map(Modules::words).filter(words -> !words.isEmpty()).toList();
    String startup = system.startupScript();
    if (startup == null && modules.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(functions());
    if (startup != null) {
      // Not within a function, where what it declares would be the function's own.
      text.append("jobs4j_startup ")
          .append(word(startup))
          .append("\n. \"$jobs4j_script\" >>\"$jobs4j_log\" 2>&1\njobs4j_started $?\n");
    }
    for (List<String> words : modules) {
      text.append("jobs4j_module ").append(ShellWords.join(words)).append('\n');
    }
    return text.append("jobs4j_prepared\n").toString();
  }

  /** A path without a slash would be looked for in {@code PATH}. */
  private static String word(String path) {
    if (path.startsWith("~/")) {
      return "\"${HOME-}\"" + ShellWords.quote(path.substring(1));
    }
    return ShellWords.quote(path.indexOf('/') < 0 ? "./" + path : path);
  }
}
