package io.jobs4j.it;

import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.DetachedCommand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Another's commands with variables of their own. Remembers what was run. */
final class WithEnvironment implements CommandRunnerProvider {
  private final CommandRunnerProvider provider;
  private final Map<String, String> variables;
  private final List<Command> commands = new CopyOnWriteArrayList<>();

  WithEnvironment(CommandRunnerProvider provider, Map<String, String> variables) {
    this.provider = provider;
    this.variables = variables;
  }

  /** All that was run so far. */
  List<Command> commands() {
    return commands;
  }

  @Override
  public Set<String> protocols() {
    return provider.protocols();
  }

  @Override
  public CommandRunner open(LoginAccess access) {
    CommandRunner runner = provider.open(access);
    return new CommandRunner() {
      @Override
      public CommandResult run(Command command) throws InterruptedException {
        return runner.run(with(command));
      }

      @Override
      public DetachedCommand launch(Command command) throws InterruptedException {
        return runner.launch(with(command));
      }

      @Override
      public DetachedCommand launchAndListen(Command command) throws InterruptedException {
        return runner.launchAndListen(with(command));
      }

      @Override
      public void close() {
        runner.close();
      }
    };
  }

  private Command with(Command command) {
    commands.add(command);
    Map<String, String> all = new HashMap<>(variables);
    all.putAll(command.environment());
    return command.withEnvironment(all);
  }
}
