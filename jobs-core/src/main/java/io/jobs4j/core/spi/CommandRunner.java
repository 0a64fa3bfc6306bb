package io.jobs4j.core.spi;

import java.util.Optional;
import java.util.function.Consumer;

/** Runs commands on one host. Safe for use by several threads. */
public interface CommandRunner extends AutoCloseable {
  /**
   * Runs a command to its end.
   *
   * @return how it ended, whatever its exit code
   * @throws TransientAdapterException if the host cannot be reached, or the time limit passed: then
   *     the command and its children have been killed
   * @throws PermanentAdapterException if the command cannot be started
   * @throws InterruptedException if the thread was interrupted: then the command has been killed
   */
  CommandResult run(Command command) throws InterruptedException;

  /**
   * Starts a command in a session of its own with its output thrown away, so that it outlives this
   * runner and this process. Its input may break off; {@link #launchAndListen} hands over all that
   * the command reads before it says its line.
   *
   * @throws TransientAdapterException if the host cannot be reached; the command may have started
   * @throws PermanentAdapterException if the command cannot be started
   * @throws InterruptedException if the thread was interrupted; the command may have started
   */
  DetachedCommand launch(Command command) throws InterruptedException;

  /**
   * Launches a command that says in one line that it is under way, and waits for that line, for the
   * end of the command, or for its time limit. After the line the command must not write to its
   * standard output any more: nobody reads it, and it may be closed. A runner that cannot listen
   * answers at once and without a line.
   *
   * @throws TransientAdapterException if the host cannot be reached; the command may have started
   * @throws PermanentAdapterException if the command cannot be started
   * @throws InterruptedException if the thread was interrupted; the command may have started
   */
  default DetachedCommand launchAndListen(Command command) throws InterruptedException {
    return launch(command);
  }

  /**
   * Starts a command as {@link #launch} does, that reads and writes as long as it goes on.
   *
   * @param command the beginning of its standard input is its input
   * @param onLine is told each line that it writes, without its end, one after the other; it must
   *     not block or throw. What is longer than 4096 bytes is cut.
   * @return empty if this runner cannot do so
   * @throws TransientAdapterException if the host cannot be reached; the command may have started
   * @throws PermanentAdapterException if the command cannot be started
   * @throws InterruptedException if the thread was interrupted; the command may have started
   */
  default Optional<Conversation> converse(Command command, Consumer<String> onLine)
      throws InterruptedException {
    return Optional.empty();
  }

  /**
   * Whether commands see the files of this process under the same names, so that what they wrote
   * can be read without another command. Unlike a command, such a read has no time limit: a runner
   * whose files may be on a server that hangs should say no.
   */
  default boolean sharesFiles() {
    return false;
  }

  /** Gives back what the runner holds. Launched commands go on. */
  @Override
  void close();
}
