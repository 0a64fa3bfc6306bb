package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.WorkDirectoryPolicy;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.Transfers;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What a phase sees of the world.
 *
 * @param stored the job as it was stored when the phase began
 * @param catalog apps and systems
 * @param systems opens what the catalog describes
 * @param transfers moves files
 * @param workDirectories what becomes of work directories
 * @param archiveComparison how archives are compared with them
 * @param inputSchemes the schemes of URIs that inputs may have
 * @param clock the time
 * @param staged whether it is certain that all files of the job are in its work directory
 * @param attempted whether something was done for the job before that may have left temporary
 *     files: under an earlier lease, or under this one without success
 * @param cancelled whether the work should stop; long work asks again and again
 * @param reports takes history entries that are to be stored while the phase goes on
 * @param fence the lease, for what is done with files
 * @param leaseCheck asks the database whether the job is still this engine's, and throws what ends
 *     the phase if it is not
 */
public record PhaseContext(
    StoredJob stored,
    Catalog catalog,
    Systems systems,
    Transfers transfers,
    WorkDirectoryPolicy workDirectories,
    ArchiveComparison archiveComparison,
    Set<String> inputSchemes,
    Clock clock,
    boolean staged,
    boolean attempted,
    BooleanSupplier cancelled,
    Consumer<JobChange.Step> reports,
    Fence fence,
    Runnable leaseCheck) {
  /** Opens the adapters of systems. */
  public interface Systems {
    FileStorage storage(StorageSystem system);

    FileStorage storage(ExecutionSystem system);

    RemoteScheduler scheduler(ExecutionSystem system);
  }

  /** The time. */
  public Instant now() {
    return clock.instant();
  }

  /** The job. */
  public Job job() {
    return stored.job();
  }

  /**
   * The application.
   *
   * @throws TransientAdapterException if it is not defined at present
   */
  public App app() {
    return catalog
        .app(job().tenantId(), job().appId())
        .orElseThrow(
            () ->
                undefined(
                    RecoveryCondition.APPLICATION_NOT_AVAILABLE, "Application", job().appId()));
  }

  /**
   * The execution system.
   *
   * @throws TransientAdapterException if it is not defined or not available at present
   */
  public ExecutionSystem system() {
    ExecutionSystem system =
        catalog
            .executionSystem(job().tenantId(), job().systemId())
            .orElseThrow(
                () ->
                    undefined(
                        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
                        "Execution system",
                        job().systemId()));
    requireAvailable(system.available(), system.id());
    return system;
  }

  /** The storage of the execution system. */
  public FileStorage workStorage() {
    return systems.storage(system());
  }

  /**
   * A storage system.
   *
   * @throws TransientAdapterException if it is not defined or not available at present
   */
  public StorageSystem storageSystem(String id) {
    StorageSystem system =
        findStorageSystem(id)
            .orElseThrow(
                () -> undefined(RecoveryCondition.SYSTEM_NOT_AVAILABLE, "Storage system", id));
    requireAvailable(system.available(), id);
    return system;
  }

  /** A storage system, if it is defined. */
  public Optional<StorageSystem> findStorageSystem(String id) {
    return catalog.storageSystem(job().tenantId(), id);
  }

  /** The names in the work directory. */
  public WorkDirectory workDirectory() {
    return WorkDirectory.of(job().id(), job().name());
  }

  /** Where the work directory is. */
  public StoragePath workPath() {
    String stored = job().workPath();
    return stored == null
        ? workDirectory().path(system(), job().owner())
        : StoragePath.parse(stored);
  }

  /** The attempt that the job is at, or comes to next if it has not been submitted yet. */
  public Attempt attempt() {
    return Attempt.of(
        job().id(), Math.max(1, job().submitRetries()), workStorage().hostPath(workPath()));
  }

  /** The job as its scheduler knows it. */
  public RemoteJob remoteJob() {
    String id = job().remoteJobId();
    return new RemoteJob(id == null ? "" : id, attempt());
  }

  /**
   * A definition that is gone may come back: an operator who starts an engine with other
   * definitions by mistake must not lose the jobs.
   */
  private static TransientAdapterException undefined(
      RecoveryCondition condition, String what, String id) {
    return new TransientAdapterException(
        condition, id, "%s %s, which the job needs, is not defined.".formatted(what, id), null);
  }

  private static void requireAvailable(boolean available, String systemId) {
    if (!available) {
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          systemId,
          "System %s is not available at present.".formatted(systemId),
          null);
    }
  }
}
