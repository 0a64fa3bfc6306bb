package io.jobs4j.core.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A system that runs jobs.
 *
 * @param id unique in its tenant, at most 64 characters
 * @param tenantId the only tenant that sees it; {@code null} for all
 * @param available whether it may be used at present
 * @param scheduler FORK, SLURM ...
 * @param login how commands are run on it
 * @param storage how its files are reached
 * @param workDir where jobs work if there is no {@code scratchDir}
 * @param scratchDir where jobs work
 * @param startupScript path on the host of a script that is sourced before each job: absolute, with
 *     {@code ~/} in the account's home directory, or in the job's work directory
 * @param environment {@code NAME=value} lines for each job; may be secret
 * @param loginEnvironment whether jobs also have the environment of a login of the account
 * @param maxSystemJobs most active jobs; -1 for no limit
 * @param maxSystemJobsPerUser most active jobs of one user; -1 for no limit
 * @param queues may be empty
 */
public record ExecutionSystem(
    String id,
    @Nullable String tenantId,
    boolean available,
    String scheduler,
    LoginAccess login,
    StorageAccess storage,
    @Nullable String workDir,
    @Nullable String scratchDir,
    @Nullable String startupScript,
    List<String> environment,
    boolean loginEnvironment,
    int maxSystemJobs,
    int maxSystemJobsPerUser,
    List<BatchQueue> queues) {
  public ExecutionSystem {
    environment = List.copyOf(environment);
    queues = List.copyOf(queues);
  }
}
