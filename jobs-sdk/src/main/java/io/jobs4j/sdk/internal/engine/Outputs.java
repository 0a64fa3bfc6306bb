package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.OutputFile;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.OutputException;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import java.io.InputStream;
import java.util.List;

/** Reads what jobs have made: on the archive system if it is all there, else where they worked. */
final class Outputs {
  private final Catalog catalog;
  private final Adapters adapters;

  Outputs(Catalog catalog, Adapters adapters) {
    this.catalog = catalog;
    this.adapters = adapters;
  }

  List<OutputFile> list(StoredJob stored, String path) throws InterruptedException {
    String jobId = stored.job().id();
    try {
      Place place = place(stored, path);
      FileEntry entry = entry(jobId, place, path);
      if (!entry.directory()) {
        throw new OutputException(
            jobId, path, "\"%s\" of job %s is a file.".formatted(path, jobId), null);
      }
      return place.storage().list(place.path()).stream()
          .filter(file -> shown(place.root(), file.path()))
          .map(file -> outputFile(place.root(), file))
          .toList();
    } catch (PermanentAdapterException | TransientAdapterException e) {
      throw unreadable(jobId, path, e);
    }
  }

  InputStream read(StoredJob stored, String path, long offset) throws InterruptedException {
    String jobId = stored.job().id();
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset + " must not be negative");
    }
    try {
      Place place = place(stored, path);
      if (entry(jobId, place, path).directory()) {
        throw new OutputException(
            jobId, path, "\"%s\" of job %s is a directory.".formatted(path, jobId), null);
      }
      return place.storage().read(place.path(), offset);
    } catch (PermanentAdapterException | TransientAdapterException e) {
      throw unreadable(jobId, path, e);
    }
  }

  private Place place(StoredJob stored, String path) {
    Job job = stored.job();
    if (path.startsWith("/")) {
      throw new OutputException(
          job.id(),
          path,
          "\"%s\" is refused: give a path relative to the output of the job.".formatted(path),
          null);
    }
    Place root = stored.archived() ? archive(job) : work(job);
    Place place = new Place(root.storage(), root.root(), root.root().resolve(path));
    if (!shown(root.root(), place.path())) {
      throw missing(job.id(), path);
    }
    return place;
  }

  private Place archive(Job job) {
    String id = job.archiveSystem();
    String path = job.archivePath();
    StorageSystem system =
        id == null ? null : catalog.storageSystem(job.tenantId(), id).orElse(null);
    if (system == null || path == null) {
      throw new OutputException(
          job.id(),
          "",
          "Archive system %s of job %s is not defined any more.".formatted(id, job.id()),
          null);
    }
    StoragePath root = StoragePath.parse(system.storage().homeDir(), path);
    return new Place(adapters.storage(system), root, root);
  }

  private Place work(Job job) {
    String path = job.workPath();
    if (path == null) {
      throw new OutputException(
          job.id(), "", "Job %s has no output yet.".formatted(job.id()), null);
    }
    StoragePath root = StoragePath.parse(path);
    return catalog
        .executionSystem(job.tenantId(), job.systemId())
        .map(system -> new Place(adapters.storage(system), root, root))
        .orElseThrow(
            () ->
                new OutputException(
                    job.id(),
                    "",
                    "Execution system %s is not defined any more.".formatted(job.systemId()),
                    null));
  }

  private static FileEntry entry(String jobId, Place place, String path)
      throws InterruptedException {
    return place.storage().stat(place.path()).orElseThrow(() -> missing(jobId, path));
  }

  /** The engine's own records are not for users. */
  private static boolean shown(StoragePath root, StoragePath path) {
    return !path.startsWith(root.resolve(WorkDirectory.CONTROL));
  }

  private static OutputFile outputFile(StoragePath root, FileEntry file) {
    return new OutputFile(
        file.path().name(),
        file.path().relativeTo(root),
        file.directory(),
        file.length(),
        file.modified());
  }

  private static OutputException missing(String jobId, String path) {
    return new OutputException(
        jobId, path, "Job %s has no output \"%s\".".formatted(jobId, path), null);
  }

  private static OutputException unreadable(String jobId, String path, JobsException cause) {
    return new OutputException(
        jobId,
        path,
        "Output \"%s\" of job %s cannot be read: %s".formatted(path, jobId, cause.getMessage()),
        cause);
  }

  /**
   * A place in a job's output.
   *
   * @param root of the output
   * @param path of what was asked for
   */
  private record Place(FileStorage storage, StoragePath root, StoragePath path) {}
}
