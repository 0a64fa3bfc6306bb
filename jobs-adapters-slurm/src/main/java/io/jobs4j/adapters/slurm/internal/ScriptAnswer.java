package io.jobs4j.adapters.slurm.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a script said. Each command's output is in a frame of its own, so that what anybody else
 * writes, as login banners, does not matter; a frame without its end does not count.
 *
 * @param frames what commands said, by the name of their frame
 * @param notes the script's own lines, by their first word
 */
public record ScriptAnswer(Map<String, Frame> frames, Map<String, List<String>> notes) {
  private static final String PREFIX = "jobs4j ";
  private static final Pattern BEGIN = Pattern.compile("jobs4j begin (\\S+)");
  private static final Pattern END = Pattern.compile("jobs4j end (\\S+) (\\d{1,3})");
  private static final Pattern ERROR = Pattern.compile("jobs4j error (\\S+) (.*)");

  /**
   * What one command said.
   *
   * @param code what it returned
   * @param lines its standard output without empty lines
   * @param errors the first lines of its standard error
   */
  public record Frame(int code, List<String> lines, List<String> errors) {
    /** Its errors on one line. */
    public String error() {
      return String.join("; ", errors);
    }
  }

  /** Reads it. */
  public static ScriptAnswer of(String output) {
    Map<String, Frame> frames = new LinkedHashMap<>();
    Map<String, List<String>> notes = new LinkedHashMap<>();
    String open = null;
    List<String> lines = new ArrayList<>();
    for (String line : output.lines().toList()) {
      Matcher begin = BEGIN.matcher(line);
      Matcher end = END.matcher(line);
      Matcher error = ERROR.matcher(line);
      if (begin.matches()) {
        open = begin.group(1);
        lines = new ArrayList<>();
      } else if (open != null) {
        if (end.matches() && end.group(1).equals(open)) {
          int code = Integer.parseInt(end.group(2));
          frames.put(open, new Frame(code, List.copyOf(lines), new ArrayList<>()));
          open = null;
        } else if (!line.isBlank()) {
          lines.add(line);
        }
      } else if (error.matches()) {
        Frame frame = frames.get(error.group(1));
        if (frame != null) {
          frame.errors().add(error.group(2).strip());
        }
      } else if (line.startsWith(PREFIX)) {
        String rest = line.substring(PREFIX.length());
        int blank = rest.indexOf(' ');
        String word = blank < 0 ? rest : rest.substring(0, blank);
        notes
            .computeIfAbsent(word, unused -> new ArrayList<>())
            .add(blank < 0 ? "" : rest.substring(blank + 1));
      }
    }
    return new ScriptAnswer(frames, notes);
  }

  /** What a command said; {@code null} if it did not come to its end. */
  public @Nullable Frame frame(String name) {
    return frames.get(name);
  }

  /** The last note that begins with {@code word}, without it. */
  public Optional<String> note(String word) {
    List<String> all = notes.getOrDefault(word, List.of());
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Whether the script came to its end. */
  public boolean complete() {
    return notes.containsKey("done");
  }
}
