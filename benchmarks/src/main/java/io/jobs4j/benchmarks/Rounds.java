package io.jobs4j.benchmarks;

import io.jobs4j.benchmarks.Subject.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures subjects one after the other, round after round, so that whatever else the machine does
 * meanwhile meets all of them.
 */
final class Rounds {
  private Rounds() {}

  /** Rows of each of ours beside each reference; a subject that fails is left out from then on. */
  static List<Row> run(Context context, String benchmark, List<Subject> subjects)
      throws InterruptedException {
    Map<Subject, Map<Metric, List<Double>>> measured = new LinkedHashMap<>();
    Set<Subject> failed = new LinkedHashSet<>();
    for (int round = 1; round <= context.rounds(); round++) {
      for (Subject subject : subjects) {
        if (failed.contains(subject)) {
          continue;
        }
        try {
          Map<Metric, Double> values = subject.measurement().measure();
          context.progress(benchmark, round, subject.name(), values);
          values.forEach(
              (metric, value) ->
                  measured
                      .computeIfAbsent(subject, key -> new LinkedHashMap<>())
                      .computeIfAbsent(metric, key -> new ArrayList<>())
                      .add(value));
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          failed.add(subject);
          context.failed(benchmark, subject.name(), e);
        }
      }
    }
    failed.forEach(measured::remove);
    return rows(benchmark, measured);
  }

  private static List<Row> rows(
      String benchmark, Map<Subject, Map<Metric, List<Double>>> measured) {
    List<Row> rows = new ArrayList<>();
    measured.forEach(
        (subject, metrics) -> {
          if (!subject.ours()) {
            return;
          }
          metrics.forEach(
              (metric, values) -> {
                int before = rows.size();
                String name = named(subject, metric);
                Summary value = Summary.of(values);
                measured.forEach(
                    (other, otherMetrics) -> {
                      List<Double> reference = otherMetrics.get(metric);
                      if (!other.ours() && reference != null) {
                        rows.add(
                            new Row(
                                benchmark,
                                name,
                                value,
                                metric.unit(),
                                named(other, metric),
                                Summary.of(reference)));
                      }
                    });
                if (rows.size() == before) {
                  rows.add(new Row(benchmark, name, value, metric.unit(), null, null));
                }
              });
        });
    return rows;
  }

  private static String named(Subject subject, Metric metric) {
    return metric.name().isEmpty() ? subject.name() : subject.name() + ", " + metric.name();
  }
}
