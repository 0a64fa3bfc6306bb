package io.jobs4j.core.internal.json;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects what is wrong with what somebody wrote, in the order in which it was found and each
 * thing once. Not safe for use by several threads.
 *
 * @param <P> a problem
 */
public abstract class Problems<P> {
  private final int most;
  private final Set<P> found = new LinkedHashSet<>();

  /**
   * No problems yet.
   *
   * @param most how many are kept, so that the answer to a hostile text is small
   */
  protected Problems(int most) {
    this.most = most;
  }

  /** What is thrown. */
  protected abstract RuntimeException exception(List<P> problems);

  /** One more problem. */
  public final void add(P problem) {
    if (found.size() < most) {
      found.add(problem);
    }
  }

  /** How many there are. */
  public final int count() {
    return found.size();
  }

  /** Throws if there are any. */
  public final void throwIfAny() {
    if (!found.isEmpty()) {
      throw exception(List.copyOf(found));
    }
  }
}
