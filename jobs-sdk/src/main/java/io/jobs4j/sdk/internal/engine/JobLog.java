package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.JobsEngine;
import org.slf4j.MDC;

/** Puts a job's id into the logging context of what is said about it. */
final class JobLog {
  private JobLog() {}

  static void about(String uuid, Runnable statement) {
    MDC.put(JobsEngine.MDC_JOB_ID, uuid);
    try {
      statement.run();
    } finally {
      MDC.remove(JobsEngine.MDC_JOB_ID);
    }
  }
}
