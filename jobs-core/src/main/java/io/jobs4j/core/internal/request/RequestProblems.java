package io.jobs4j.core.internal.request;

import io.jobs4j.core.internal.json.Problems;
import io.jobs4j.core.request.InvalidRequestException;
import io.jobs4j.core.request.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The problems of one request, and the fields that they are about. */
public final class RequestProblems extends Problems<Problem> {
  private static final int LIMIT = 1000;

  private final Set<String> flawed = new HashSet<>();

  /** No problems yet. */
  public RequestProblems() {
    super(LIMIT);
  }

  @Override
  protected InvalidRequestException exception(List<Problem> problems) {
    return new InvalidRequestException(problems);
  }

  /** One more problem, of a field. */
  public void add(String field, @Nullable Object value, String message) {
    add(new Problem(field, value == null ? null : value.toString(), message));
    flawed.add(field);
  }

  /** Says that nothing more need be said of a field, because another problem stands for it. */
  public void settle(String field) {
    flawed.add(field);
  }

  /** Whether something was said of exactly this field. */
  public boolean flawed(String field) {
    return flawed.contains(field);
  }
}
