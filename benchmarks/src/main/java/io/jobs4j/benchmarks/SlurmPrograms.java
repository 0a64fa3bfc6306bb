package io.jobs4j.benchmarks;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.testsupport.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Commands of this machine that find a cluster, and count: themselves, and the programs of Slurm
 * that they start, before which others stand that write a line each.
 */
final class SlurmPrograms implements CommandRunnerProvider {
  private static final List<String> NAMES =
      List.of("sbatch", "squeue", "scontrol", "sacct", "scancel");

  private final Path calls;
  private final Map<String, String> environment = new HashMap<>();
  private final AtomicInteger commands = new AtomicInteger();

  SlurmPrograms(Path directory, SlurmCluster cluster) throws IOException {
    calls = directory.resolve("calls");
    Path programs = Files.createDirectory(directory.resolve("bin"));
    for (String name : NAMES) {
      Path program = programs.resolve(name);
      Files.writeString(
          program,
          "#!/bin/sh\necho %s >>%s\nexec /usr/bin/%s \"$@\"\n"
              .formatted(name, ShellWords.quote(calls.toString()), name));
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    environment.putAll(cluster.environment());
    environment.put("PATH", programs + ":/usr/bin:/bin");
  }

  /** How many commands were run. */
  int commands() {
    return commands.get();
  }

  /** How many of Slurm's programs were started. */
  int calls() throws IOException {
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  @Override
  public Set<String> protocols() {
    return Set.of("LOCAL");
  }

  @Override
  public CommandRunner open(LoginAccess access) {
    LocalCommandRunner runner = new LocalCommandRunner();
    return new CommandRunner() {
      @Override
      public CommandResult run(Command command) throws InterruptedException {
        return runner.run(counted(command));
      }

      @Override
      public DetachedCommand launch(Command command) throws InterruptedException {
        return runner.launch(counted(command));
      }

      @Override
      public void close() {
        runner.close();
      }
    };
  }

  private Command counted(Command command) {
    commands.incrementAndGet();
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(command.environment());
    return command.withEnvironment(all);
  }
}
