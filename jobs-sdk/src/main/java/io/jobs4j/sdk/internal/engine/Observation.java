package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.JobEvent;
import io.jobs4j.sdk.JobListener;
import io.jobs4j.sdk.internal.store.StoreObserver;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes what happens on to those who wait for jobs, and to the listeners and metrics of the user,
 * neither of which can harm.
 */
final class Observation implements StoreObserver, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Observation.class);

  private final JobFeed feed;
  private final GuardedMetrics metrics;
  private final List<ListenerThread> listeners;

  Observation(JobFeed feed, List<JobListener> listeners, EngineMetrics metrics) {
    this.feed = feed;
    this.metrics = new GuardedMetrics(metrics);
    this.listeners =
        listeners.stream()
            .map(listener -> new ListenerThread(listener, ListenerThread.CAPACITY, this.metrics))
            .toList();
  }

  /** Metrics that do not throw. */
  EngineMetrics metrics() {
    return metrics;
  }

  @Override
  public void committed(JobEvent event) {
    try {
      // First, so that whoever waits for the job finds it counted.
      count(event);
    } catch (RuntimeException e) {
      log.error("A change of job {} could not be counted", event.jobId(), e);
    }
    feed.changed(event.jobId(), event.status().isTerminal());
    try {
      listeners.forEach(listener -> listener.tell(event));
    } catch (RuntimeException e) {
      log.error("A change of job {} could not be passed on", event.jobId(), e);
    }
  }

  private void count(JobEvent event) {
    if (event.previous() == null) {
      metrics.count(EngineMetricNames.JOBS_SUBMITTED, 1);
    }
    JobEventName last = event.previous() == null ? null : JobEventName.of(event.previous());
    for (HistoryEvent step : event.steps()) {
      if (step.status() != last) {
        metrics.count(EngineMetricNames.JOB_TRANSITIONS, 1, "status", step.status().name());
        last = step.status();
      }
    }
    if (event.status().isTerminal()) {
      metrics.count(
          EngineMetricNames.JOBS_ENDED,
          1,
          "status",
          event.status().name(),
          "condition",
          event.conditionCode() == null ? "NONE" : event.conditionCode().name());
    }
  }

  @Override
  public void group(int changes, Duration time) {
    metrics.time(EngineMetricNames.COMMIT, time);
    metrics.count(EngineMetricNames.COMMIT_CHANGES, changes);
  }

  @Override
  public void claimed(int jobs) {
    metrics.count(EngineMetricNames.JOBS_CLAIMED, jobs);
  }

  @Override
  public void adopted(int jobs) {
    metrics.count(EngineMetricNames.JOBS_ADOPTED, jobs);
  }

  /** Lets listeners see the last events. */
  @Override
  public void close() {
    listeners.forEach(ListenerThread::stop);
    ShutdownDeadline deadline = ShutdownDeadline.within(ListenerThread.LAST_EVENTS);
    listeners.forEach(listener -> listener.close(deadline.left()));
    metrics.close();
  }
}
