package io.jobs4j.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/lifecycle.md} in step with {@link JobTransitions}. */
class LifecycleDiagramTest {
  private static final String UPDATE = "jobs4j.docs.update";
  private static final String BOX = "InProgress";
  private static final String ARROW = " --> ";

  /** What every state in the box shares, besides going to itself. */
  private static final Set<JobStatus> SHARED =
      EnumSet.of(JobStatus.BLOCKED, JobStatus.PAUSED, JobStatus.FAILED, JobStatus.STOPPED);

  @Test
  void thePageSaysWhatTheCodeDoes() throws IOException {
    Path page = Path.of("..", "docs", "lifecycle.md");
    String text = Files.readString(page);
    String expected = section(text, "diagram", "```mermaid\n" + diagram() + "```\n");
    expected = section(expected, "states", states());
    expected = section(expected, "transitions", transitions());
    if (Boolean.getBoolean(UPDATE)) {
      Files.writeString(page, expected);
      return;
    }
    assertThat(text)
        .as(
            "docs/lifecycle.md is out of date; refresh it with "
                + "mvn -pl jobs-core test -Dtest=LifecycleDiagramTest -D%s=true",
            UPDATE)
        .isEqualTo(expected);
  }

  @Test
  void theDiagramWrittenOutInFullIsTheTable() {
    Map<JobStatus, Set<JobStatus>> drawn = new EnumMap<>(JobStatus.class);
    // That each state in the box goes to itself is said under the diagram, not drawn.
    box().forEach(status -> drawn.put(status, EnumSet.of(status)));
    diagram()
        .lines()
        .map(String::strip)
        .filter(line -> line.contains(ARROW) && !line.contains("[*]"))
        .forEach(
            line -> {
              String from = line.substring(0, line.indexOf(ARROW));
              String to = line.substring(from.length() + ARROW.length()).replaceFirst(" :.*", "");
              for (JobStatus source : meant(from)) {
                drawn
                    .computeIfAbsent(source, key -> EnumSet.noneOf(JobStatus.class))
                    .addAll(meant(to));
              }
            });
    for (JobStatus status : JobStatus.values()) {
      assertThat(drawn.getOrDefault(status, Set.of()))
          .as("arrows from %s", status)
          .isEqualTo(JobTransitions.from(status));
    }
  }

  private static String diagram() {
    StringBuilder text = new StringBuilder("stateDiagram-v2\n");
    text.append("    state ").append(BOX).append(" {\n");
    for (JobStatus from : box()) {
      for (JobStatus to : forward(from)) {
        if (box().contains(to)) {
          text.append("        ").append(from).append(ARROW).append(to).append('\n');
        }
      }
    }
    text.append("    }\n");
    line(text, "[*]", JobStatus.ACCEPTED, "");
    for (JobStatus from : JobStatus.values()) {
      if (from.isActive()) {
        for (JobStatus to : forward(from)) {
          if (!box().contains(from) || !box().contains(to)) {
            line(text, from, to, "");
          }
        }
      }
    }
    SHARED.forEach(to -> line(text, BOX, to, ""));
    for (JobStatus held : List.of(JobStatus.BLOCKED, JobStatus.PAUSED)) {
      line(text, held, BOX, "back to where it was");
      JobTransitions.from(held).stream()
          .filter(to -> !box().contains(to))
          .forEach(to -> line(text, held, to, ""));
    }
    all(JobStatus::isTerminal).forEach(end -> line(text, end, "[*]", ""));
    return text.toString();
  }

  private static void line(StringBuilder text, Object from, Object to, String label) {
    text.append("    ").append(from).append(ARROW).append(to);
    text.append(label.isEmpty() ? "" : " : " + label).append('\n');
  }

  private static String states() {
    StringBuilder text =
        new StringBuilder("| State | Visible | Terminal | Message |\n| --- | --- | --- | --- |\n");
    for (JobStatus status : JobStatus.values()) {
      text.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  status,
                  status.isVisible() ? "yes" : "no",
                  status.isTerminal() ? "yes" : "no",
                  status.description()));
    }
    return text.toString();
  }

  private static String transitions() {
    StringBuilder text = new StringBuilder("| From | To |\n| --- | --- |\n");
    for (JobStatus from : JobStatus.values()) {
      String targets =
          new TreeSet<>(JobTransitions.from(from))
              .stream().map(JobStatus::name).collect(Collectors.joining(", "));
      text.append("| %s | %s |\n".formatted(from, targets.isEmpty() ? "none" : targets));
    }
    return text.toString();
  }

  /** The active states that can be held. */
  private static Set<JobStatus> box() {
    return all(status -> status.isActive() && status != JobStatus.ACCEPTED);
  }

  /** What follows a state, without what all states in the box share. */
  private static Set<JobStatus> forward(JobStatus from) {
    Set<JobStatus> targets = new TreeSet<>(JobTransitions.from(from));
    if (box().contains(from)) {
      targets.removeAll(SHARED);
      targets.remove(from);
    }
    return targets;
  }

  private static Set<JobStatus> meant(String name) {
    return name.equals(BOX) ? box() : EnumSet.of(JobStatus.valueOf(name));
  }

  private static Set<JobStatus> all(Predicate<JobStatus> which) {
    return Arrays.stream(JobStatus.values())
        .filter(which)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(JobStatus.class)));
  }

  /** The page with another text between the marks of a section. */
  private static String section(String page, String name, String text) {
    String begin = "<!-- " + name + ": generated, see the end of this page -->\n";
    int start = page.indexOf(begin);
    int end = page.indexOf("<!-- end -->", start);
    assertThat(start).as("the mark %s in docs/lifecycle.md", begin).isNotNegative();
    assertThat(end).as("the end of section %s in docs/lifecycle.md", name).isNotNegative();
    return page.substring(0, start + begin.length()) + "\n" + text + "\n" + page.substring(end);
  }
}
