package io.jobs4j.core.spi;

/**
 * One attempt to run a job. Whatever happens, an attempt runs at most once.
 *
 * @param key unique for ever: the job's UUID, a hyphen and the number of the attempt; letters,
 *     digits and hyphens only
 * @param workPath host path of the job's work directory
 */
public record Attempt(String key, String workPath) {
  /** The attempt with this number, from 1. */
  public static Attempt of(String jobUuid, int number, String workPath) {
    return new Attempt(jobUuid + "-" + number, workPath);
  }
}
