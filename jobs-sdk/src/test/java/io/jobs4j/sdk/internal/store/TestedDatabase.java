package io.jobs4j.sdk.internal.store;

/** The databases that tests of stores run on. */
enum TestedDatabase {
  H2_IN_MEMORY,
  H2_FILE,
  POSTGRESQL
}
