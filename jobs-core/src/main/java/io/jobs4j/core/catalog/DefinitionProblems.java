package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobs4j.core.internal.json.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with definitions. Confined to the thread that loads. */
final class DefinitionProblems extends Problems<DefinitionProblem> {
  private static final int LONGEST_VALUE = 120;

  private final Set<List<String>> wrongFields = new HashSet<>();

  DefinitionProblems() {
    super(Integer.MAX_VALUE);
  }

  @Override
  protected InvalidDefinitionException exception(List<DefinitionProblem> problems) {
    return new InvalidDefinitionException(problems);
  }

  void add(String file, String field, @Nullable String value, String expected) {
    wrongFields.add(List.of(file, field));
    add(new DefinitionProblem(file, field, value, expected));
  }

  /** Whether something is wrong with a field already. */
  boolean has(String file, String field) {
    return wrongFields.contains(List.of(file, field));
  }

  /** Adds a problem with a value, which shows only if it can hold no secret. */
  void addValue(String file, String field, JsonNode value, String expected) {
    String shown = value.isContainerNode() ? null : value.toString();
    if (shown != null && shown.length() > LONGEST_VALUE) {
      shown = shown.substring(0, LONGEST_VALUE) + "...";
    }
    add(file, field, shown, expected);
  }
}
