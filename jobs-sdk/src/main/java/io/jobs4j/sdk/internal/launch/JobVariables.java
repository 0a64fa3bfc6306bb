package io.jobs4j.sdk.internal.launch;

import io.jobs4j.core.internal.validation.JobSlug;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RunTimes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables that a job is launched with: those of its system and the {@code
 * AGAVE_JOB_} variables of Agave's wrapper templates.
 */
public final class JobVariables {
  private JobVariables() {}

  /**
   * The variables with their values.
   *
   * @param workPath host path of the work directory
   */
  public static Map<String, String> of(Job job, ExecutionSystem system, String workPath) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String line : system.environment()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        all.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    all.putAll(job(job, workPath));
    return all;
  }

  /** The names that templates may use. */
  public static Set<String> names(Job job) {
    return job(job, "").keySet();
  }

  private static Map<String, String> job(Job job, String workPath) {
    Duration limit = Objects.requireNonNullElse(job.maxRunTime(), Duration.ZERO);
    Map<String, String> all = new LinkedHashMap<>();
    all.put("AGAVE_JOB_ID", job.id());
    all.put("AGAVE_JOB_NAME", JobSlug.of(job.name()));
    all.put("AGAVE_JOB_NAME_RAW", job.name());
    all.put("AGAVE_JOB_APP_ID", job.appId());
    all.put("AGAVE_JOB_OWNER", job.owner());
    all.put("AGAVE_JOB_TENANT", job.tenantId());
    all.put("AGAVE_JOB_EXECUTION_SYSTEM", job.systemId());
    all.put("AGAVE_JOB_BATCH_QUEUE", text(job.remoteQueue()));
    all.put("AGAVE_JOB_SUBMIT_TIME", job.accepted().toString());
    all.put("AGAVE_JOB_ARCHIVE", job.archive() ? "1" : "");
    all.put("AGAVE_JOB_ARCHIVE_SYSTEM", text(job.archiveSystem()));
    all.put("AGAVE_JOB_ARCHIVE_PATH", text(job.archivePath()));
    all.put("AGAVE_JOB_NODE_COUNT", Integer.toString(job.nodeCount()));
    all.put("AGAVE_JOB_PROCESSORS_PER_NODE", Integer.toString(job.processorsPerNode()));
    all.put("AGAVE_JOB_MEMORY_PER_NODE", Double.toString(job.memoryPerNode()));
    all.put("AGAVE_JOB_MAX_RUNTIME", RunTimes.format(limit));
    all.put("AGAVE_JOB_MAX_RUNTIME_SECONDS", Long.toString(limit.toSeconds()));
    all.put("AGAVE_JOB_MAX_RUNTIME_MILLISECONDS", Long.toString(limit.toMillis()));
    all.put("AGAVE_JOB_WORK_PATH", workPath);
    return all;
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
