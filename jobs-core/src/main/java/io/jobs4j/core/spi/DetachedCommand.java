package io.jobs4j.core.spi;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A command that goes on by itself.
 *
 * @param firstLine the first line that it wrote to standard output, without its end, if {@link
 *     CommandRunner#launchAndListen} heard one; otherwise empty
 * @param onExit completes when the command has ended; empty if the runner cannot tell. It says
 *     nothing after a restart.
 */
public record DetachedCommand(String firstLine, Optional<CompletionStage<Void>> onExit) {}
