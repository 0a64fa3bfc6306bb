package io.jobs4j.core.catalog;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a definition.
 *
 * @param file where, relative to the definitions directory; for definitions that come from no file,
 *     what they define
 * @param field which, for example {@code queues[1].maxNodes}; empty for the file as a whole
 * @param value what it holds, as JSON; {@code null} if it holds nothing, or what nobody should see
 * @param expected what would be right
 * @param message the problem in one sentence; Aloe's where Aloe has one
 */
public record DefinitionProblem(
    String file, String field, @Nullable String value, String expected, String message)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  DefinitionProblem(String file, String field, @Nullable String value, String expected) {
    this(
        file,
        field,
        value,
        expected,
        (field.isEmpty() ? "" : field + " ")
            + (value == null ? "" : "is " + value + "; it ")
            + expected);
  }

  /** The file and the problem in one line. */
  @Override
  public String toString() {
    return file + ": " + message;
  }
}
