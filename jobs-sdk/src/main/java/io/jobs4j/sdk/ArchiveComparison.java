package io.jobs4j.sdk;

/**
 * How an archive is compared with the work directory before that is deleted. What differs is copied
 * again, and no work directory is deleted as long as something does.
 */
public enum ArchiveComparison {
  /** By the names and lengths of files. */
  LENGTHS,
  /**
   * By the SHA-256 of their content too, for which each archived file is read back and the file in
   * the work directory is read once more.
   */
  CHECKSUMS
}
