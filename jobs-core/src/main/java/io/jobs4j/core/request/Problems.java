package io.jobs4j.core.request;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the problems of one request. Not safe for use by several threads. */
final class Problems {
  /** Keeps the answer to a hostile request small. */
  private static final int LIMIT = 1000;

  private final List<Problem> all = new ArrayList<>();
  private final Set<String> flawed = new HashSet<>();

  void add(String field, @Nullable Object value, String message) {
    if (all.size() < LIMIT) {
      all.add(new Problem(field, value == null ? null : value.toString(), message));
    }
    flawed.add(field);
  }

  /** Says that nothing more need be said of a field, because another problem stands for it. */
  void settle(String field) {
    flawed.add(field);
  }

  /** Whether something was said of exactly this field. */
  boolean flawed(String field) {
    return flawed.contains(field);
  }

  void throwIfAny() {
    if (!all.isEmpty()) {
      throw new InvalidRequestException(all);
    }
  }
}
