package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.store.Recoveries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether what jobs wait for has cleared. */
final class Probes {
  private static final Logger log = LoggerFactory.getLogger(Probes.class);

  /** Jobs that are read and asked for together. */
  private static final int AT_ONCE = 1000;

  private final Catalog catalog;
  private final Adapters adapters;
  private final Recoveries recoveries;
  private final int atOnce;

  Probes(Catalog catalog, Adapters adapters, Recoveries recoveries) {
    this(catalog, adapters, recoveries, AT_ONCE);
  }

  Probes(Catalog catalog, Adapters adapters, Recoveries recoveries, int atOnce) {
    this.catalog = catalog;
    this.adapters = adapters;
    this.recoveries = recoveries;
    this.atOnce = atOnce;
  }

  /**
   * Whether it has cleared, as far as that can be told without a job.
   *
   * @throws InterruptedException if the engine is closing
   */
  boolean hasCleared(Recovery recovery) throws InterruptedException {
    try {
      return switch (recovery.condition()) {
        case APPLICATION_NOT_AVAILABLE ->
            catalog.app(recovery.tenantId(), recovery.subject()).filter(App::available).isPresent();
        // Limits are for the database to tell.
        case QUOTA_EXCEEDED -> true;
        // Whatever its scheduler does, which may be out of order while its files are not.
        case STORAGE_NOT_WRITABLE, TRANSMISSION_FAILURE ->
            answers(recovery.tenantId(), recovery.subject(), false);
        default -> answers(recovery.tenantId(), recovery.subject(), true);
      };
    } catch (TransientAdapterException | PermanentAdapterException e) {
      return false;
    }
  }

  /**
   * Which of the jobs that cannot be seen can be now; of those for which their scheduler does not
   * answer, none.
   *
   * @return their UUIDs
   */
  List<String> visible(Recovery recovery) throws InterruptedException {
    Optional<ExecutionSystem> system =
        catalog.executionSystem(recovery.tenantId(), recovery.subject());
    if (system.isEmpty() || !system.get().available()) {
      return List.of();
    }
    List<String> visible = new ArrayList<>();
    try {
      long after = 0;
      List<StoredJob> some;
      do {
        some = recoveries.waitingJobs(recovery, after, atOnce);
        Map<RemoteJob, String> jobs = new LinkedHashMap<>();
        for (StoredJob stored : some) {
          jobs.put(adapters.remoteJob(system.get(), stored), stored.job().id());
          after = stored.id();
        }
        if (!jobs.isEmpty()) {
          visible.addAll(visible(system.get(), jobs));
        }
      } while (some.size() == atOnce);
    } catch (TransientAdapterException | PermanentAdapterException e) {
      log.warn("The jobs on {} could not be looked for: {}", recovery.subject(), e.getMessage());
    }
    return visible;
  }

  private List<String> visible(ExecutionSystem system, Map<RemoteJob, String> jobs)
      throws InterruptedException {
    List<String> visible = new ArrayList<>();
    adapters
        .scheduler(system)
        .statuses(jobs.keySet())
        .forEach(
            (job, status) -> {
              String uuid = jobs.get(job);
              if (uuid != null && status.state() != RemoteStatus.State.UNSEEN) {
                visible.add(uuid);
              }
            });
    return visible;
  }

  private boolean answers(String tenantId, String systemId, boolean withScheduler)
      throws InterruptedException {
    Optional<ExecutionSystem> execution = catalog.executionSystem(tenantId, systemId);
    if (execution.isPresent()) {
      if (!execution.get().available()) {
        return false;
      }
      if (withScheduler) {
        adapters.scheduler(execution.get()).probe();
      }
      return canBeRead(adapters.storage(execution.get()));
    }
    Optional<StorageSystem> storage = catalog.storageSystem(tenantId, systemId);
    return storage.isPresent()
        && storage.get().available()
        && canBeRead(adapters.storage(storage.get()));
  }

  private static boolean canBeRead(FileStorage storage) throws InterruptedException {
    return storage.stat(StoragePath.ROOT).isPresent();
  }
}
