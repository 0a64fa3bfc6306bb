package io.jobs4j.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.internal.selector.JobProperties;
import io.jobs4j.core.internal.selector.Selector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/tenant-queues.md} true. */
class TenantQueuesPageTest {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private final String page;

  TenantQueuesPageTest() throws IOException {
    page = Files.readString(Path.of("..", "docs", "tenant-queues.md"));
  }

  private String section(String title) {
    String section = page.substring(page.indexOf("\n## " + title + "\n") + 1);
    int next = section.indexOf("\n## ");
    return next < 0 ? section : section.substring(0, next);
  }

  private static List<String> code(String text) {
    return CODE.matcher(text)
        .results()
        .map(MatchResult::group)
        .map(it -> it.replace("`", ""))
        .toList();
  }

  @Test
  void itsFileIsSound() {
    String start = "```json\n";
    String json = page.substring(page.indexOf(start) + start.length());

    assertThat(
            QueueDefinitions.parse(
                "tenant-queues.md", json.substring(0, json.indexOf("```")), List.of()))
        .hasSize(3);
  }

  @Test
  void itsFiltersAreSelectors() {
    assertThat(code(section("Filters")))
        .filteredOn(it -> it.contains(" "))
        .hasSizeGreaterThan(5)
        .allSatisfy(it -> assertThat(Selector.parse(it)).hasToString(it));
  }

  @Test
  void itTellsTheNamesOfAllProperties() {
    List<String> names =
        section("Properties")
            .lines()
            .filter(line -> line.startsWith("| `"))
            .flatMap(line -> code(line.substring(0, line.indexOf('|', 1))).stream())
            .toList();

    assertThat(names).doesNotHaveDuplicates();
    assertThat(new TreeSet<>(names)).isEqualTo(JobProperties.names());
  }
}
