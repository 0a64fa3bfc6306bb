package io.jobs4j.sdk;

/** What becomes of a job's work directory once its output is archived. Others are kept. */
public enum WorkDirectoryPolicy {
  /** It is deleted, so that archiving moves the output. */
  DELETE_AFTER_ARCHIVE,
  /** It stays. */
  KEEP
}
