package io.jobs4j.adapters.fork;

import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what is asked of another runner, and cannot listen, like a runner of a far host. */
final class CountingRunner implements CommandRunner {
  final AtomicInteger runs = new AtomicInteger();
  final AtomicInteger launches = new AtomicInteger();

  private final CommandRunner runner;

  CountingRunner(CommandRunner runner) {
    this.runner = runner;
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
  public void close() {}
}
