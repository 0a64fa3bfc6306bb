package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong. Confined to the thread that loads. */
final class Problems {
  private static final int LONGEST_VALUE = 120;

  private final Set<DefinitionProblem> found = new LinkedHashSet<>();

  void add(String file, String field, @Nullable String value, String expected) {
    found.add(new DefinitionProblem(file, field, value, expected));
  }

  void add(DefinitionProblem problem) {
    found.add(problem);
  }

  /** Adds a problem with a value, which shows only if it can hold no secret. */
  void addValue(String file, String field, JsonNode value, String expected) {
    String shown = value.isContainerNode() ? null : value.toString();
    if (shown != null && shown.length() > LONGEST_VALUE) {
      shown = shown.substring(0, LONGEST_VALUE) + "...";
    }
    add(file, field, shown, expected);
  }

  int count() {
    return found.size();
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new InvalidDefinitionException(List.copyOf(found));
    }
  }
}
