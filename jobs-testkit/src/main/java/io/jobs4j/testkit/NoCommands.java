package io.jobs4j.testkit;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.PermanentAdapterException;
import java.util.Set;

/**
 * Runs no command. Stands where a {@link ScriptedScheduler} has no host, in an engine that a test
 * builds itself; that of {@link JobsExtension} has one. Safe for use by several threads.
 */
public final class NoCommands implements CommandRunner, CommandRunnerProvider {
  /** For the builder of an engine. */
  public NoCommands() {}

  @Override
  public Set<String> protocols() {
    return Set.of("LOCAL", "SSH");
  }

  @Override
  public CommandRunner open(LoginAccess access) {
    return this;
  }

  @Override
  public CommandResult run(Command command) {
    throw refused(command);
  }

  @Override
  public DetachedCommand launch(Command command) {
    throw refused(command);
  }

  @Override
  public void close() {}

  private static PermanentAdapterException refused(Command command) {
    return new PermanentAdapterException(
        ConditionCode.JOB_REMOTE_ACCESS_ERROR,
        "\"%s\" is not run in a test with a scripted scheduler.".formatted(command.words().get(0)));
  }
}
