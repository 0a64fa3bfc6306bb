package io.jobs4j.core.spi;

/**
 * How a command ended.
 *
 * @param exitCode its exit code; 128 and the number of the signal if one killed it
 * @param output what it wrote to standard output, in UTF-8, up to the limit of the command
 * @param error what it wrote to standard error, in UTF-8, up to the limit of the command
 * @param truncated whether it wrote more than was kept
 */
public record CommandResult(int exitCode, String output, String error, boolean truncated) {
  /** Whether it returned zero. */
  public boolean succeeded() {
    return exitCode == 0;
  }
}
