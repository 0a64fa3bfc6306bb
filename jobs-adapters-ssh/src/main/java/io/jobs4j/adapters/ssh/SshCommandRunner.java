package io.jobs4j.adapters.ssh;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands over SSH. The account may have any login shell, as long as that can start {@code
 * sh}; what its startup files and the server's greetings say does not get into results. A command
 * of which they read the input does not run.
 *
 * <p>A command runs in the session that the server made for it, or else in one made by {@code
 * setsid} of util-linux or BusyBox, and at its time limit or an interrupt that session is killed.
 * Where both are missing only the command itself is killed, and children that it started go on.
 * When the connection breaks, nothing is killed: nobody knows whether the command goes on. A
 * command that kills its whole process group with KILL breaks off, too.
 *
 * <p>Words and variables of a command can be seen by the other users of the host in its list of
 * processes, as those of any command can.
 */
final class SshCommandRunner implements CommandRunner {
  private static final Logger log = LoggerFactory.getLogger(SshCommandRunner.class);

  /** How long the end of what a command wrote is waited for once it has ended. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration LAUNCH_LIMIT = Duration.ofSeconds(60);
  private static final int LONGEST_LINE = 4096;
  private static final int SHOWN_NOISE = 300;

  private final HostConnections host;
  private final RemoteKill kills;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** A runner that holds the connections of an endpoint until it is closed. */
  SshCommandRunner(ConnectionPool pool, Endpoint endpoint) {
    this.host = pool.retain(endpoint);
    this.kills = new RemoteKill(host);
    this.release = () -> pool.release(host);
  }

  /** A runner on connections that somebody else holds. */
  SshCommandRunner(HostConnections host) {
    this.host = host;
    this.kills = new RemoteKill(host);
    this.release = () -> {};
  }

  @Override
  public CommandResult run(Command command) throws InterruptedException {
    String token = Frame.token();
    String script = script(command, RemoteScript.run(checked(command), token));
    Frame output = new Frame(token, command.outputLimit());
    Frame error = new Frame(token, command.outputLimit());
    // Closed last: a connection that was given up is open only as long as somebody uses it.
    try (Channel channel = host.channel()) {
      try {
        return run(command, channel, script, output, error, token);
      } catch (InterruptedException e) {
        String why = kills.kill(channel.connection(), output.begin(), token);
        if (why != null) {
          log.warn(
              "Command {} on {} was interrupted but could not be killed, so it may go on: {}",
              program(command),
              host.endpoint(),
              why);
        }
        throw e;
      }
    }
  }

  private CommandResult run(
      Command command, Channel channel, String script, Frame output, Frame error, String token)
      throws InterruptedException {
    long deadline = System.nanoTime() + command.timeLimit().toNanos();
    byte[] input = RemoteScript.input(command, token);
    Execution execution = null;
    try {
      execution =
          Execution.start(
              host, channel, script, input, output, error, frame -> frame.end() != null);
      if (!execution.awaitOutput(deadline - System.nanoTime())) {
        throw cutShort(
            command,
            "did not end within " + command.timeLimit(),
            output.begin(),
            kills.kill(channel.connection(), output.begin(), token));
      }
      return result(command, execution, output, error);
    } catch (IOException e) {
      SshFailures.heedInterrupt(e);
      if (execution != null && execution.starved()) {
        // Before the channel is closed, which would end its input.
        throw cutShort(
            command,
            "did not take its input within " + host.settings().answerTimeout(),
            output.begin(),
            kills.kill(channel.connection(), output.begin(), token));
      }
      throw SshFailures.broken(
          host.endpoint().address(),
          "Command " + program(command) + " may or may not have run to its end",
          e);
    }
  }

  @Override
  public DetachedCommand launch(Command command) throws InterruptedException {
    return launch(command, false);
  }

  @Override
  public DetachedCommand launchAndListen(Command command) throws InterruptedException {
    return launch(command, true);
  }

  /** Launched commands go on. Connections are closed if nobody else uses them. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }

  @Override
  public String toString() {
    return "SshCommandRunner[" + host.endpoint() + "]";
  }

  private DetachedCommand launch(Command command, boolean listen) throws InterruptedException {
    String token = Frame.token();
    String script = script(command, RemoteScript.launch(checked(command), token, listen));
    Frame output = new Frame(token, LONGEST_LINE);
    Frame error = new Frame(token, 0);
    Channel channel = host.channel();
    long deadline = System.nanoTime() + (listen ? command.timeLimit() : LAUNCH_LIMIT).toNanos();
    try (Execution execution =
        Execution.startOrClose(
            host,
            channel,
            script,
            RemoteScript.input(command, token),
            output,
            error,
            frame -> frame.end() != null || (listen && frame.hasLine()))) {
      boolean heard = execution.awaitOutput(deadline - System.nanoTime());
      refuseIfMissing(command, output);
      if (output.begin() == null || (!listen && output.end() == null)) {
        throw heard
            ? notRun(command, execution, output, error)
            : new TransientAdapterException(
                RecoveryCondition.SSH_CONNECTION_TIMEOUT,
                "Command %s may or may not have been launched: %s did not say so in time."
                    .formatted(program(command), host.endpoint().address()),
                null);
      }
      return new DetachedCommand(listen ? firstLine(output) : "", Optional.empty());
    } catch (IOException e) {
      SshFailures.heedInterrupt(e);
      throw SshFailures.broken(
          host.endpoint().address(),
          "Command " + program(command) + " may or may not have been launched",
          e);
    }
  }

  private static String firstLine(Frame output) {
    if (!output.hasLine()) {
      return "";
    }
    String text = new String(output.content(), StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private CommandResult result(Command command, Execution execution, Frame output, Frame error)
      throws IOException, InterruptedException {
    refuseIfMissing(command, output);
    String end = output.end();
    if (end == null) {
      throw notRun(command, execution, output, error);
    }
    if (end.equals(RemoteScript.NO_PROGRAM)) {
      throw noProgram(command);
    }
    boolean complete = execution.awaitError(GRACE.toNanos());
    return new CommandResult(
        exitCode(end),
        new String(output.content(), StandardCharsets.UTF_8),
        new String(error.content(), StandardCharsets.UTF_8),
        !complete || output.overflowed() || error.overflowed());
  }

  private static int exitCode(String value) throws IOException {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IOException("the exit code is not a number", e);
    }
  }

  private void refuseIfMissing(Command command, Frame output) {
    String begin = output.begin();
    if (RemoteScript.NO_DIRECTORY.equals(begin)) {
      throw refused(command, "its directory " + command.directory() + " does not exist", null);
    }
    if (RemoteScript.NO_INPUT.equals(begin)) {
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          ("%s did not run command %s, because its input did not arrive whole. The startup files of"
                  + " the account (.bashrc, .profile, .cshrc and the like) read from standard input;"
                  + " they must do so only in interactive shells.")
              .formatted(host.endpoint().address(), program(command)),
          null);
    }
    if (RemoteScript.NO_PROGRAM.equals(begin)) {
      throw noProgram(command);
    }
  }

  private static PermanentAdapterException noProgram(Command command) {
    return refused(command, "there is no such program", null);
  }

  /** The output ended without what should have been in it. */
  private TransientAdapterException notRun(
      Command command, Execution execution, Frame output, Frame error) throws InterruptedException {
    String address = host.endpoint().address();
    if (execution.refused()) {
      return new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          "%s did not run command %s: it runs no commands for this account."
              .formatted(address, program(command)),
          null);
    }
    Integer status = execution.exitStatus(Math.toIntExact(GRACE.toMillis()));
    if (output.begin() != null) {
      return new TransientAdapterException(
          RecoveryCondition.TRANSMISSION_FAILURE,
          "Command %s may or may not have run to its end: what it wrote on %s broke off."
              .formatted(program(command), address),
          null);
    }
    String noise = (output.noise() + error.noise() + text(error)).strip();
    return new TransientAdapterException(
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        "The login shell on %s did not run command %s%s%s."
            .formatted(
                address,
                program(command),
                status == null ? "" : " and returned " + status,
                noise.isEmpty() ? "" : ", saying: " + shown(noise)),
        null);
  }

  private static String text(Frame frame) {
    return new String(frame.content(), StandardCharsets.UTF_8);
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > SHOWN_NOISE ? line.substring(0, SHOWN_NOISE) + "..." : line;
  }

  /**
   * @param why in the past tense, after the command's name
   */
  private static TransientAdapterException cutShort(
      Command command, String why, @Nullable String process, @Nullable String notKilled) {
    String killed =
        process != null && process.startsWith(RemoteScript.ALONE)
            ? " and was killed, but not what it had started: the host has no setsid"
            : " and was killed";
    return new TransientAdapterException(
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        "Command "
            + program(command)
            + " "
            + why
            + (notKilled == null
                ? killed
                : " and could not be killed, so it may go on: " + notKilled),
        null);
  }

  private Command checked(Command command) {
    if (closed.get()) {
      throw new IllegalStateException("the command runner is closed");
    }
    for (Map.Entry<String, String> variable : command.environment().entrySet()) {
      String name = variable.getKey();
      if (name.isEmpty()
          || name.indexOf('=') >= 0
          || name.indexOf('\0') >= 0
          || variable.getValue().indexOf('\0') >= 0) {
        throw refused(
            command, "an environment variable has a name or value that no system takes", null);
      }
    }
    if (command.words().stream().anyMatch(word -> word.indexOf('\0') >= 0)
        || (command.directory() != null && command.directory().indexOf('\0') >= 0)) {
      throw refused(command, "a word has a NUL character", null);
    }
    if (command.words().get(0).isEmpty()) {
      throw refused(command, "it has no name", null);
    }
    return command;
  }

  private static String script(Command command, String script) {
    if (script.length() > RemoteScript.LONGEST) {
      throw refused(
          command,
          "its words and variables are too long for a command line (%s bytes, %s at most)"
              .formatted(script.length(), RemoteScript.LONGEST),
          null);
    }
    return script;
  }

  private static PermanentAdapterException refused(
      Command command, String why, @Nullable Throwable cause) {
    return new PermanentAdapterException(
        ConditionCode.JOB_LAUNCH_FAILURE,
        "Command " + program(command) + " cannot be started: " + why,
        cause);
  }

  /** The program alone: arguments may hold secrets. */
  private static String program(Command command) {
    return command.words().get(0);
  }
}
