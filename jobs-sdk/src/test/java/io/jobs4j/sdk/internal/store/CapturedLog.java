package io.jobs4j.sdk.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What is logged while it is open, by whomever; it is printed when this is closed. */
final class CapturedLog implements AutoCloseable {
  private final ByteArrayOutputStream captured = new ByteArrayOutputStream();
  private final PrintStream real = System.err;

  CapturedLog() {
    System.setErr(new PrintStream(captured, true, UTF_8));
  }

  /** The lines that say something, in their order. */
  List<String> lines(String part) {
    return captured.toString(UTF_8).lines().filter(line -> line.contains(part)).toList();
  }

  @Override
  public void close() {
    System.setErr(real);
    real.print(captured.toString(UTF_8));
  }
}
