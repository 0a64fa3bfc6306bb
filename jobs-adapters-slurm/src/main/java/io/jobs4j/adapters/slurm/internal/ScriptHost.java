package io.jobs4j.adapters.slurm.internal;

import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host where the commands of a batch system are: runs scripts there that answer in frames. Safe
 * for use by several threads.
 *
 * @param runner reaches the host
 * @param system the batch system, for people
 */
public record ScriptHost(CommandRunner runner, String system) {
  private static final Logger log = LoggerFactory.getLogger(ScriptHost.class);

  /** Bytes of an answer about many jobs. */
  private static final int MOST_DETAILS = 8 << 20;

  /** Runs a script whose answer may be too long. */
  public CommandResult run(Command command) throws InterruptedException {
    return runner.run(command);
  }

  /** Runs what is of use but changes no verdict; {@code null} if it did not come to its end. */
  public @Nullable ScriptAnswer attempted(Command command) throws InterruptedException {
    try {
      ScriptAnswer answer = ScriptAnswer.of(runner.run(command).output());
      return answer.complete() ? answer : null;
    } catch (TransientAdapterException | PermanentAdapterException e) {
      log.debug("A command on the host of the commands of {} failed", system, e);
      return null;
    }
  }

  /**
   * What a script said.
   *
   * @throws TransientAdapterException if it did not come to its end
   */
  public ScriptAnswer complete(CommandResult result) {
    ScriptAnswer answer = ScriptAnswer.of(result.output());
    if (!answer.complete()) {
      String error = result.error().strip();
      throw notAnswering(
          "No complete answer from the host of "
              + system
              + "'s commands: exit code "
              + result.exitCode()
              + (error.isEmpty() ? "" : ", " + error.lines().limit(3).toList()));
    }
    return answer;
  }

  /** What a command in a script said, in a frame of the name of the command. */
  public static ScriptAnswer.Frame answered(ScriptAnswer answer, String command) {
    return answered(answer, command, command);
  }

  /**
   * What a command in a script said.
   *
   * @param name of its frame
   * @throws TransientAdapterException if it said nothing, or failed
   */
  public static ScriptAnswer.Frame answered(ScriptAnswer answer, String name, String command) {
    ScriptAnswer.Frame frame = answer.frame(name);
    if (frame == null) {
      throw notAnswering("No answer from " + command);
    }
    if (frame.code() != 0) {
      throw notAnswering(
          "No answer from "
              + command
              + ": exit code "
              + frame.code()
              + (frame.errors().isEmpty() ? "" : ", " + frame.error()));
    }
    return frame;
  }

  /** A batch system that does not say what it was asked. */
  public static TransientAdapterException notAnswering(String message) {
    return new TransientAdapterException(RecoveryCondition.SCHEDULER_NOT_ANSWERING, message, null);
  }

  /** A work directory that cannot be seen. */
  public static TransientAdapterException away(Attempt attempt) {
    return new TransientAdapterException(
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        "The work directory %s of attempt %s and the directory above it are missing: its file system"
                .formatted(attempt.workPath(), attempt.key())
            + " seems to be away",
        null);
  }

  /** A script with arguments. */
  public static Command script(ShellScript script, String... arguments) {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", script.text(), "jobs4j"));
    words.addAll(List.of(arguments));
    return Command.of(words);
  }

  /** A script without arguments, of any length. */
  public static Command input(StringBuilder script) {
    return Command.of("/bin/sh")
        .withInput(script.append(AttemptScripts.DONE.text()).toString())
        .withOutputLimit(MOST_DETAILS);
  }
}
