package io.jobs4j.sdk;

/**
 * Is told of changes of jobs that this engine makes, of whatever tenant, after they are durable: of
 * each job's in their order. What other engines on the same database change, their listeners are
 * told.
 *
 * <p>Each listener has a thread of its own, which carries the job's id in the {@link
 * JobsEngine#MDC_JOB_ID} of its logging context, and 10,000 events may wait for it. A listener that
 * is slower than that misses events, which is logged and counted ({@link
 * EngineMetricNames#LISTENER_DROPPED}), and never holds up the engine. Events that wait when the
 * process dies are not told again: whoever must not miss anything reads the history.
 */
@FunctionalInterface
public interface JobListener {
  /**
   * Is told of a change. What it throws is logged and has no effect. When the engine closes, the
   * thread is interrupted if what waits is not done within 5 seconds.
   */
  void onChange(JobEvent event);
}
