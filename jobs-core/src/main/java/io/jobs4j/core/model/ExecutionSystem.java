package io.jobs4j.core.model;

import java.util.ArrayList;
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

  /**
   * A builder of a system that every tenant sees, without limits and queues.
   *
   * @param scheduler FORK, SLURM, or the name of one that the program brings
   */
  public static Builder builder(
      String id, String scheduler, LoginAccess login, StorageAccess storage) {
    return new Builder(id, scheduler, login, storage);
  }

  /** Builds execution systems. Not safe for use by several threads. */
  public static final class Builder {
    private final String id;
    private final String scheduler;
    private final LoginAccess login;
    private final StorageAccess storage;
    private @Nullable String tenantId;
    private boolean available = true;
    private @Nullable String workDir;
    private @Nullable String scratchDir;
    private @Nullable String startupScript;
    private final List<String> environment = new ArrayList<>();
    private boolean loginEnvironment;
    private int maxSystemJobs = -1;
    private int maxSystemJobsPerUser = -1;
    private final List<BatchQueue> queues = new ArrayList<>();

    private Builder(String id, String scheduler, LoginAccess login, StorageAccess storage) {
      this.id = id;
      this.scheduler = scheduler;
      this.login = login;
      this.storage = storage;
    }

    public Builder tenantId(@Nullable String value) {
      this.tenantId = value;
      return this;
    }

    public Builder available(boolean value) {
      this.available = value;
      return this;
    }

    public Builder workDir(@Nullable String value) {
      this.workDir = value;
      return this;
    }

    public Builder scratchDir(@Nullable String value) {
      this.scratchDir = value;
      return this;
    }

    public Builder startupScript(@Nullable String value) {
      this.startupScript = value;
      return this;
    }

    /** One more variable of the environment of each job; may be secret. */
    public Builder environment(String name, String value) {
      return environment(name + "=" + value);
    }

    /** One more {@code NAME=value} line for each job; may be secret. */
    public Builder environment(String line) {
      environment.add(line);
      return this;
    }

    /** Whether jobs also have the environment of a login; for Slurm only. */
    public Builder loginEnvironment(boolean value) {
      this.loginEnvironment = value;
      return this;
    }

    public Builder maxSystemJobs(int value) {
      this.maxSystemJobs = value;
      return this;
    }

    public Builder maxSystemJobsPerUser(int value) {
      this.maxSystemJobsPerUser = value;
      return this;
    }

    /** One more queue. */
    public Builder queue(BatchQueue queue) {
      queues.add(queue);
      return this;
    }

    /**
     * Returns the system.
     *
     * @throws IllegalArgumentException if something is wrong with it as far as that shows without
     *     other definitions; tells the field, its value and what would be right
     */
    public ExecutionSystem build() {
      return build(DefinitionCheck.refusing("system " + id));
    }

    /** Returns the system, right or wrong, and tells all that is wrong with it. */
    public ExecutionSystem build(FieldProblems problems) {
      ExecutionSystem system =
          new ExecutionSystem(
              id,
              tenantId,
              available,
              scheduler,
              login,
              storage,
              workDir,
              scratchDir,
              startupScript,
              environment,
              loginEnvironment,
              maxSystemJobs,
              maxSystemJobsPerUser,
              queues);
      ExecutionSystemRules.check(new DefinitionCheck(problems), system);
      return system;
    }
  }
}
