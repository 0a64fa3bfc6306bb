package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.store.PausedTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds paused jobs that their schedulers do not hold any more, and makes them ready, so that a
 * worker holds them again. One query for each system covers all its jobs, whatever their number.
 * Safe for use by several threads, and by several engines on one database.
 */
final class PausedJobs {
  private static final Logger log = LoggerFactory.getLogger(PausedJobs.class);

  /** How often it is to be looked at them. */
  static final Duration INTERVAL = Duration.ofMinutes(2);

  /** Jobs that are read and asked for together. */
  private static final int AT_ONCE = 1000;

  private final Catalog catalog;
  private final Adapters adapters;
  private final PausedTable paused;
  private final Runnable onReady;
  private final int atOnce;
  private final AtomicBoolean looking = new AtomicBoolean();

  /**
   * A look that was not taken yet.
   *
   * @param onReady is told when jobs have become ready
   */
  PausedJobs(Catalog catalog, Adapters adapters, PausedTable paused, Runnable onReady) {
    this(catalog, adapters, paused, onReady, AT_ONCE);
  }

  PausedJobs(Catalog catalog, Adapters adapters, PausedTable paused, Runnable onReady, int atOnce) {
    this.catalog = catalog;
    this.adapters = adapters;
    this.paused = paused;
    this.onReady = onReady;
    this.atOnce = atOnce;
  }

  /** Looks at all of them, unless that is going on already. Returns early if interrupted. */
  void look() {
    if (!looking.compareAndSet(false, true)) {
      return;
    }
    try {
      long after = 0;
      List<StoredJob> some;
      do {
        some = paused.resting(after, atOnce);
        Map<SystemKey, List<StoredJob>> bySystem = new LinkedHashMap<>();
        for (StoredJob job : some) {
          bySystem.computeIfAbsent(SystemKey.of(job), system -> new ArrayList<>()).add(job);
          after = job.id();
        }
        for (Map.Entry<SystemKey, List<StoredJob>> entry : bySystem.entrySet()) {
          look(entry.getKey(), entry.getValue());
        }
      } while (some.size() == atOnce);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.warn("Paused jobs could not be looked at: {}", e.toString());
    } finally {
      looking.set(false);
    }
  }

  private void look(SystemKey key, List<StoredJob> jobs) throws InterruptedException {
    try {
      ExecutionSystem system = catalog.executionSystem(key.tenantId(), key.id()).orElse(null);
      if (system == null || !system.available()) {
        return;
      }
      Map<RemoteJob, Long> ids = new LinkedHashMap<>();
      for (StoredJob job : jobs) {
        ids.put(adapters.remoteJob(system, job), job.id());
      }
      List<Long> free = new ArrayList<>();
      adapters
          .scheduler(system)
          .statuses(ids.keySet())
          .forEach(
              (job, status) -> {
                Long id = ids.get(job);
                if (id != null && isFree(status)) {
                  free.add(id);
                }
              });
      if (!free.isEmpty() && paused.ready(free) > 0) {
        onReady.run();
      }
    } catch (JobsException e) {
      log.warn("The paused jobs on {} could not be looked at: {}", key.id(), e.getMessage());
    } catch (RuntimeException e) {
      log.error("The paused jobs on {} could not be looked at", key.id(), e);
    }
  }

  private static boolean isFree(RemoteStatus status) {
    return !status.isOver() && Boolean.FALSE.equals(status.held());
  }

  private record SystemKey(String tenantId, String id) {
    static SystemKey of(StoredJob job) {
      return new SystemKey(job.job().tenantId(), job.job().systemId());
    }
  }
}
