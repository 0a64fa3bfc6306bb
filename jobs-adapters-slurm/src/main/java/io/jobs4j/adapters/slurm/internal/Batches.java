package io.jobs4j.adapters.slurm.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Divides what is asked about into as much as one command takes. Stateless. */
public final class Batches {
  private Batches() {}

  /** Lists of at most so many, in order. */
  public static <T> List<List<T>> of(List<T> all, int most) {
    return of(all, most, each -> 0, Integer.MAX_VALUE);
  }

  /**
   * Lists of at most so many, in order.
   *
   * @param length of one in a command
   * @param longest that all of a list may be together
   */
  public static <T> List<List<T>> of(List<T> all, int most, ToIntFunction<T> length, int longest) {
    List<List<T>> batches = new ArrayList<>();
    int from = 0;
    int total = 0;
    for (int i = 0; i < all.size(); i++) {
      int more = length.applyAsInt(all.get(i));
      if (i > from && (i - from == most || total + more > longest)) {
        batches.add(all.subList(from, i));
        from = i;
        total = 0;
      }
      total += more;
    }
    if (from < all.size()) {
      batches.add(all.subList(from, all.size()));
    }
    return batches;
  }
}
