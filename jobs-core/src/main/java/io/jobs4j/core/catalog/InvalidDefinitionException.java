package io.jobs4j.core.catalog;

import io.jobs4j.core.JobsException;
import java.util.List;
import java.util.stream.Collectors;

/** Definitions are wrong. Tells all that is wrong with all of them; nothing was loaded. */
public final class InvalidDefinitionException extends JobsException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf makes serializable lists
  private final List<DefinitionProblem> problems;

  InvalidDefinitionException(List<DefinitionProblem> problems) {
    super(
        problems.stream()
            .map(problem -> "\n  " + problem)
            .collect(Collectors.joining("", "Invalid definitions:", "")));
    this.problems = List.copyOf(problems);
  }

  /** All problems, at least one, in the order of the files. */
  public List<DefinitionProblem> problems() {
    return problems;
  }
}
