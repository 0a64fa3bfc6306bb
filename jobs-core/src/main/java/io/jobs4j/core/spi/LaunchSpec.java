package io.jobs4j.core.spi;

import io.jobs4j.core.model.BatchQueue;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a scheduler needs to run a job. The script is in the work directory already.
 *
 * <p>The script finds the key of its attempt in the variable {@code JOBS4J_ATTEMPT}. If it has
 * something to prepare, it notes in {@code .jobs4j/KEY.stage} of the work directory how far it is:
 * the first word of the only line is {@code startup}, {@code modules} or {@code application}. A
 * scheduler reads that note once the script has ended by itself or by a signal, and where it says
 * one of the first two, the cause of the end is {@link RemoteStatus.Cause#STARTUP_SCRIPT} or {@link
 * RemoteStatus.Cause#MODULES}, whatever the script returned.
 *
 * @param attempt what is launched, at most once
 * @param name short name of letters, digits and hyphens
 * @param script file name of the script that {@code sh} runs in the work directory
 * @param output file name for standard output in the work directory
 * @param error file name for standard error in the work directory
 * @param nodeCount nodes
 * @param processorsPerNode processors on each node
 * @param memoryPerNode GB on each node; 0 if none was asked for
 * @param maxRunTime after which the job is ended; zero for no limit
 * @param queue where to; {@code null} if the system has no queues
 * @param environment variables for the job
 */
public record LaunchSpec(
    Attempt attempt,
    String name,
    String script,
    String output,
    String error,
    int nodeCount,
    int processorsPerNode,
    double memoryPerNode,
    Duration maxRunTime,
    @Nullable BatchQueue queue,
    Map<String, String> environment) {
  public LaunchSpec {
    environment = Map.copyOf(environment);
  }
}
