package io.jobs4j.sdk.internal.launch;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.shell.ShellWords;
import java.util.List;

/**
 * Writes what comes before the application in a launch script: the startup script of the system and
 * the modules of the application. How far that came is noted for {@link
 * io.jobs4j.core.spi.LaunchSpec}'s schedulers. Safe for use by several threads.
 */
final class Preparation {
  private static final ShellScript FUNCTIONS = ShellScript.of(Preparation.class, "prepare");

  private Preparation() {}

  /** The part of the script; empty if there is nothing to prepare. */
  static String of(ExecutionSystem system, App app) {
    List<List<String>> modules =
        app.modules().stream().map(Modules::words).filter(words -> !words.isEmpty()).toList();
    String startup = system.startupScript();
    if (startup == null && modules.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(FUNCTIONS.text());
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
