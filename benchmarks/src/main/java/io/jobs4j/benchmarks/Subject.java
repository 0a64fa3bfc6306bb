package io.jobs4j.benchmarks;

import java.util.Map;

/**
 * Something that is measured once in each round.
 *
 * @param name how the result calls it
 * @param ours whether it is the engine rather than what it is compared with
 */
record Subject(String name, boolean ours, Measurement measurement) {
  /** Sets up, measures and cleans up. */
  interface Measurement {
    /** A value for each thing that was measured. */
    Map<Metric, Double> measure() throws Exception;
  }

  /**
   * One of the things that a measurement tells.
   *
   * @param name added to the name of the subject; empty if there is only one
   */
  record Metric(String name, Unit unit) {}

  static Subject ours(String name, Measurement measurement) {
    return new Subject(name, true, measurement);
  }

  static Subject reference(String name, Measurement measurement) {
    return new Subject(name, false, measurement);
  }
}
