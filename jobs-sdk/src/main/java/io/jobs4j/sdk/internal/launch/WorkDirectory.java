package io.jobs4j.sdk.internal.launch;

import io.jobs4j.core.internal.validation.JobSlug;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.StoragePath;
import java.util.Set;

/**
 * Names of what is in a job's work directory, where inputs, the application's files, the launch
 * script and the output lie flat beside each other.
 *
 * @param uuid of the job
 * @param slug of the job's name
 */
public record WorkDirectory(String uuid, String slug) {
  /** Where adapters keep their records; never archived and never shown. */
  public static final String CONTROL = ".jobs4j";

  /**
   * Lists, one on a line, what is not to be archived, if the application writes it, as with Agave.
   */
  public static final String MANIFEST = ".agave.archive";

  /** Output of the system's startup script. */
  public static final String LOG = ".agave.log";

  /** The work directory of a job. */
  public static WorkDirectory of(String uuid, String jobName) {
    return new WorkDirectory(uuid, JobSlug.of(jobName));
  }

  /** Where the directory is on the storage of {@code system}. */
  public StoragePath path(ExecutionSystem system, String owner) {
    String scratch = system.scratchDir();
    String work = system.workDir();
    String base = scratch != null ? scratch : work != null ? work : "";
    return StoragePath.parse(system.storage().homeDir(), base)
        .resolve(owner)
        .resolve("job-" + uuid + "-" + slug);
  }

  /** The launch script. */
  public String script() {
    return slug + ".ipcexe";
  }

  /** Standard output of the job. */
  public String output() {
    return slug + "-" + uuid + ".out";
  }

  /** Standard error of the job. */
  public String error() {
    return slug + "-" + uuid + ".err";
  }

  /** Names that neither an input nor a file of the application may have. */
  public Set<String> reserved() {
    return Set.of(CONTROL, MANIFEST, LOG, script(), output(), error());
  }
}
