package io.jobs4j.core.spi;

import java.util.concurrent.CompletionStage;

/**
 * A command under way that reads what it is told and whose lines are heard. Safe for use by several
 * threads.
 */
public interface Conversation extends AutoCloseable {
  /**
   * Adds to the standard input of the command. Does not wait for it to be read, unless the command
   * leaves so much unread that the system has no room for more. What a command that has ended is
   * told is lost; {@link #onEnd} tells of the end.
   */
  void say(String text);

  /** Completes when the command has closed its standard output, at the latest by ending. */
  CompletionStage<Void> onEnd();

  /** Ends the standard input of the command, after all that it was told. It may go on. */
  @Override
  void close();
}
