package io.jobs4j.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * One line of the result.
 *
 * @param name the benchmark
 * @param subject what was measured, of ours
 * @param value of all rounds
 * @param unit of both values
 * @param reference what it is compared with; {@code null} if with nothing
 * @param referenceValue of all rounds; {@code null} without a reference
 */
record Row(
    String name,
    String subject,
    Summary value,
    Unit unit,
    @Nullable String reference,
    @Nullable Summary referenceValue) {
  /** Larger is better; {@code null} without a reference. */
  @Nullable Double ratio() {
    return referenceValue == null ? null : unit.ratio(value.median(), referenceValue.median());
  }
}
