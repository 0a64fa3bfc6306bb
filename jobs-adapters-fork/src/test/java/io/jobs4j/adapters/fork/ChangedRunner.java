package io.jobs4j.adapters.fork;

import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Runs each command changed. Closes nothing. */
record ChangedRunner(CommandRunner runner, UnaryOperator<Command> change) implements CommandRunner {
  /** Programs of a directory come before those of the system. */
  static ChangedRunner finding(CommandRunner runner, String directory) {
    return new ChangedRunner(
        runner,
        command ->
            command.bare()
                ? command
                : command.withEnvironment(Map.of("PATH", directory + ":" + System.getenv("PATH"))));
  }

  /** The words of a command come after others. */
  static ChangedRunner behind(CommandRunner runner, String... prefix) {
    return new ChangedRunner(
        runner,
        command -> {
          List<String> words = new ArrayList<>(List.of(prefix));
          words.addAll(command.words());
          return new Command(
              words,
              command.directory(),
              command.environment(),
              command.bare(),
              command.input(),
              command.timeLimit(),
              command.outputLimit());
        });
  }

  @Override
  public CommandResult run(Command command) throws InterruptedException {
    return runner.run(change.apply(command));
  }

  @Override
  public DetachedCommand launch(Command command) throws InterruptedException {
    return runner.launch(change.apply(command));
  }

  @Override
  public DetachedCommand launchAndListen(Command command) throws InterruptedException {
    return runner.launchAndListen(change.apply(command));
  }

  @Override
  public boolean sharesFiles() {
    return runner.sharesFiles();
  }

  @Override
  public void close() {}
}
