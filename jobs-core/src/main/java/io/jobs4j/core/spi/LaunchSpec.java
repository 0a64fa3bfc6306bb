package io.jobs4j.core.spi;

import io.jobs4j.core.model.BatchQueue;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a scheduler needs to run a job. The script is in the work directory already.
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
