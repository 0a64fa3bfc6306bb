package io.jobs4j.core.request;

import io.jobs4j.core.JobsException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A request that cannot be accepted. The message lists all problems, one in a line. Nothing was
 * stored; the caller can mend the request and submit it again.
 */
public final class InvalidRequestException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final Problem[] problems;

  /**
   * An exception about these problems.
   *
   * @param problems at least one
   */
  public InvalidRequestException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = problems.toArray(new Problem[0]);
  }

  /** All problems of the request in the order of its fields; a thousand at most. */
  public List<Problem> problems() {
    return List.of(problems);
  }
}
