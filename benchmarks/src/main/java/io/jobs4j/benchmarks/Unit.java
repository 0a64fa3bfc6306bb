package io.jobs4j.benchmarks;

/** What a value counts, and whether more of it is better. */
enum Unit {
  PER_SECOND("1/s", true),
  PER_MINUTE("1/min", false),
  SECONDS("s", false),
  MILLISECONDS("ms", false),
  COMMANDS("cmds", false),
  BYTES("bytes", false),
  THREADS("threads", false);

  private final String label;
  private final boolean larger;

  Unit(String label, boolean larger) {
    this.label = label;
    this.larger = larger;
  }

  String label() {
    return label;
  }

  /** A ratio that is larger the better {@code ours} is. */
  double ratio(double ours, double reference) {
    return larger ? ours / reference : reference / ours;
  }
}
