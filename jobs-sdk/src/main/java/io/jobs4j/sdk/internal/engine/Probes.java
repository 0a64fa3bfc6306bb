package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.store.JobStore;
import io.jobs4j.sdk.internal.store.Recovery;
import io.jobs4j.sdk.internal.store.StoredJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Looks whether what jobs wait for has cleared. */
final class Probes {
  /** Jobs that are asked for together; those after them have their turn when these can be seen. */
  private static final int AT_ONCE = 1000;

  private final Catalog catalog;
  private final Adapters adapters;
  private final JobStore store;

  Probes(Catalog catalog, Adapters adapters, JobStore store) {
    this.catalog = catalog;
    this.adapters = adapters;
    this.store = store;
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
        default -> answers(recovery.tenantId(), recovery.subject());
      };
    } catch (TransientAdapterException | PermanentAdapterException e) {
      return false;
    }
  }

  /**
   * Which of the jobs that cannot be seen can be now; none if their scheduler does not answer.
   *
   * @return their UUIDs
   */
  List<String> visible(Recovery recovery) throws InterruptedException {
    Optional<ExecutionSystem> system =
        catalog.executionSystem(recovery.tenantId(), recovery.subject());
    if (system.isEmpty() || !system.get().available()) {
      return List.of();
    }
    Map<RemoteJob, String> jobs = new LinkedHashMap<>();
    for (StoredJob stored : store.waitingJobs(recovery, AT_ONCE)) {
      jobs.put(remoteJob(system.get(), stored), stored.job().uuid());
    }
    List<String> visible = new ArrayList<>();
    try {
      adapters
          .scheduler(system.get())
          .statuses(jobs.keySet())
          .forEach(
              (job, status) -> {
                String uuid = jobs.get(job);
                if (uuid != null && status.state() != RemoteStatus.State.UNSEEN) {
                  visible.add(uuid);
                }
              });
    } catch (TransientAdapterException | PermanentAdapterException e) {
      return List.of();
    }
    return visible;
  }

  private RemoteJob remoteJob(ExecutionSystem system, StoredJob stored) {
    JobRecord job = stored.job();
    String path = Objects.requireNonNull(job.workPath(), "a job that was launched has one");
    String id = job.remoteJobId();
    return new RemoteJob(
        id == null ? "" : id,
        Attempt.of(
            job.uuid(),
            Math.max(1, job.submitRetries()),
            adapters.storage(system).hostPath(StoragePath.parse(path))));
  }

  private boolean answers(String tenantId, String systemId) throws InterruptedException {
    Optional<ExecutionSystem> execution = catalog.executionSystem(tenantId, systemId);
    if (execution.isPresent()) {
      if (!execution.get().available()) {
        return false;
      }
      adapters.scheduler(execution.get()).probe();
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
