package io.jobs4j.benchmarks;

import java.util.List;

/** One question about speed. */
interface Benchmark {
  /** By which the command line knows it. */
  String name();

  /** Measures. A subject that fails is reported to the context and has no row. */
  List<Row> run(Context context) throws Exception;
}
