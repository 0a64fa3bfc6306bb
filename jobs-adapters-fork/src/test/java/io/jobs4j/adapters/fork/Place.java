package io.jobs4j.adapters.fork;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Where this process runs, as {@link ForkScripts} find it out on other hosts. A part that cannot be
 * read is a hyphen.
 *
 * @param namespace inode of the PID namespace
 * @param host host name
 * @param machine machine-id
 */
record Place(String namespace, String host, String machine) {
  /** That of this process, which does not change while it lives. */
  static final Place HERE =
      new Place(
          ownNamespace(),
          line("/proc/sys/kernel/hostname"),
          line("/etc/machine-id", "/var/lib/dbus/machine-id"));

  private static final String UNKNOWN = "-";

  /** What a shell takes for one word. */
  private static boolean isWord(String text) {
    return Pattern.matches("[A-Za-z0-9._-]+", text);
  }

  /** In the order in which they stand in a run record. */
  String words() {
    return namespace + " " + host + " " + machine;
  }

  private static String ownNamespace() {
    try {
      String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      String number = link.replaceAll("\\D", "");
      return number.isEmpty() ? UNKNOWN : number;
    } catch (IOException | UnsupportedOperationException e) {
      return UNKNOWN;
    }
  }

  /** The first line of the first file that has one. */
  private static String line(String... files) {
    for (String file : files) {
      try {
        String text = Files.readString(Path.of(file)).lines().findFirst().orElse("");
        if (isWord(text)) {
          return text;
        }
      } catch (IOException e) {
        // The next one may be there.
      }
    }
    return UNKNOWN;
  }
}
