package io.jobs4j.adapters.fork;

import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Conversation;
import io.jobs4j.core.spi.DetachedCommand;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Counts what is asked of another runner. It can listen and shares files if that does, or neither,
 * like a runner of a far host.
 */
class CountingRunner implements CommandRunner {
  final AtomicInteger runs = new AtomicInteger();
  final AtomicInteger launches = new AtomicInteger();

  private final CommandRunner runner;
  private final boolean far;

  private final boolean listens;

  CountingRunner(CommandRunner runner, boolean far) {
    this(runner, far, !far);
  }

  private CountingRunner(CommandRunner runner, boolean far, boolean listens) {
    this.runner = runner;
    this.far = far;
    this.listens = listens;
  }

  /** Like a runner of a far host, and hears what launched commands say. */
  static CountingRunner farListening(CommandRunner runner) {
    return new CountingRunner(runner, true, true);
  }

  static CountingRunner far(CommandRunner runner) {
    return new CountingRunner(runner, true);
  }

  static CountingRunner near(CommandRunner runner) {
    return new CountingRunner(runner, false);
  }

  @Override
  public CommandResult run(Command command) throws InterruptedException {
    runs.incrementAndGet();
    return runner.run(command);
  }

  @Override
  public DetachedCommand launch(Command command) throws InterruptedException {
    launches.incrementAndGet();
    return runner.launch(command);
  }

  @Override
  public DetachedCommand launchAndListen(Command command) throws InterruptedException {
    launches.incrementAndGet();
    return listens ? runner.launchAndListen(command) : runner.launch(command);
  }

  @Override
  public Optional<Conversation> converse(Command command, Consumer<String> onLine)
      throws InterruptedException {
    if (far) {
      return Optional.empty();
    }
    launches.incrementAndGet();
    return runner.converse(command, onLine);
  }

  @Override
  public boolean sharesFiles() {
    return !far && runner.sharesFiles();
  }

  @Override
  public void close() {}
}
