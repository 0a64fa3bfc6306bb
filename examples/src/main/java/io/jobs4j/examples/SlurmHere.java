package io.jobs4j.examples;

import io.jobs4j.sdk.JobsEngine;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Submits a job to Slurm from a login node of its cluster, or from any machine with {@code sbatch}.
 *
 * <p>How to run it, from the top of the repository: {@code dev/example SlurmHere}. The files are
 * below {@code jobs-data}, which the cluster's nodes must see by the same path; {@code
 * examples/slurm/here/systems/cluster.json} says so, and names the queue.
 */
public final class SlurmHere {
  private SlurmHere() {}

  /** Runs the example; the one argument, if there is one, is another directory of definitions. */
  public static void main(String[] arguments) throws Exception {
    Path definitions =
        arguments.length > 0 ? Path.of(arguments[0]) : Path.of("examples", "slurm", "here");
    Path data = Path.of("jobs-data");
    Files.createDirectories(data.resolve("archive"));
    Files.createDirectories(data.resolve("work"));

    // The adapter for Slurm is on the class path; that is all it takes.
    try (JobsEngine engine =
        JobsEngine.builder().database(data.resolve("slurm")).definitions(definitions).start()) {
      Greeting.from(engine);
    }
  }
}
