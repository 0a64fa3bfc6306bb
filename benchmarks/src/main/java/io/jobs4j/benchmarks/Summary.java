package io.jobs4j.benchmarks;

import java.util.List;

/** Several measurements of the same. */
record Summary(double median, double min, double max) {
  static Summary of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Summary(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** The smallest value that {@code percent} of all do not exceed. */
  static double percentile(double[] values, double percent) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(0, rank - 1)];
  }
}
