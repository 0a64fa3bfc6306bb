package io.jobs4j.core.spi;

import java.util.concurrent.CompletionStage;

/**
 * A command that goes on by itself.
 *
 * @param onExit completes when the command has ended, if the runner can tell; otherwise never. It
 *     says nothing after a restart.
 */
public record DetachedCommand(CompletionStage<Void> onExit) {}
