package io.jobs4j.sdk.internal.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The {@code modules} of an application as words of the command {@code module}. An entry has the
 * words that Agave puts after that command: {@code "purge"}, {@code "load TACC"}, {@code "swap
 * intel gcc/9.1"}. An entry that begins with none of its subcommands names modules to load: {@code
 * "samtools/1.9"}. Stateless.
 */
final class Modules {
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /** Of Environment Modules 3 to 5 and of Lmod. */
  private static final Set<String> SUBCOMMANDS =
      Set.of(
          ("add add-any aliases append-path apropos avail av category cachebuild cacheclear clear"
                  + " clearresetlmod config del delete describe disable display edit help info-loaded"
                  + " initadd initclear initlist initprepend initrm initswitch initunload is-avail"
                  + " is-loaded is-saved is-used keyword key lint list load load-any mcc mod-to-sh"
                  + " overview path paths prepend-path purge refresh reload remove remove-path reset"
                  + " restore rm save savelist saveshow saverm search sh-to-mod show sn snapshot"
                  + " source spider stash stashclear stashlist stashpop stashrm state sw swap switch"
                  + " switchml tablelist test try-add try-load tryadd tryload unload unstage unuse"
                  + " unsource update use whatis")
              .split(" "));

  private Modules() {}

  /**
   * The words after {@code module}; none if the entry is blank.
   *
   * @param entry of an application's {@code modules}
   */
  static List<String> words(String entry) {
    String text = entry.strip();
    if (text.isEmpty()) {
      return List.of();
    }
    List<String> words = new ArrayList<>(List.of(BLANKS.split(text)));
    String first = words.get(0);
    if (!SUBCOMMANDS.contains(first) && !first.startsWith("-")) {
      words.add(0, "load");
    }
    return words;
  }
}
