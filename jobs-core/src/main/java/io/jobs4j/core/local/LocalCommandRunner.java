package io.jobs4j.core.local;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Conversation;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands as child processes of this one. Safe for use by several threads.
 *
 * <p>A launched command is put into a session of its own by {@code setsid} of util-linux, so that
 * neither the end of this process nor a signal to its terminal reaches it.
 *
 * <p>While a command runs, two pooled daemon threads read what it writes. A command that leaves
 * children behind which hold its output open has ended all the same: its result comes at the latest
 * after a short grace, which marks it as truncated, and what the children write is lost.
 */
public final class LocalCommandRunner implements CommandRunner {
  /** How long output that children of an ended command hold open is waited for. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration IDLE_THREAD = Duration.ofSeconds(10);

  /** What a new pipe takes without a reader, however small the system made it: PIPE_BUF. */
  private static final int PIPE_ROOM = 4096;

  private static final int LONGEST_LINE = 4096;

  /** Enough for what the children of a command start until all are stopped. */
  private static final int KILL_ROUNDS = 10;

  /** Stops processes and waits until they have stopped. */
  private static final ShellScript STOP = ShellScript.of(LocalCommandRunner.class, "stop");

  /** With its path, which a new process would otherwise look for again and again. */
  private static final String SETSID = path("setsid");

  private static final File NOTHING = new File("/dev/null");

  /** EAGAIN, ENOMEM, ENFILE, EMFILE, ETXTBSY, as Java writes them, and as it does since 24. */
  private static final Pattern SHORTAGE =
      Pattern.compile("error(?:=(?:11|12|23|24|26),|: (?:11|12|23|24|26) )");

  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_THREAD.toSeconds(),
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          daemons());

  /** A runner of its own. */
  public LocalCommandRunner() {}

  @Override
  public CommandResult run(Command command) throws InterruptedException {
    ProcessBuilder builder = prepare(command, command.words());
    if (command.input().isEmpty()) {
      builder.redirectInput(NOTHING);
    }
    long deadline = System.nanoTime() + command.timeLimit().toNanos();
    Process process = start(builder, command);
    Capture output = new Capture(process.getInputStream(), command.outputLimit());
    Capture error = new Capture(process.getErrorStream(), command.outputLimit());
    try {
      CompletableFuture<Void> read =
          CompletableFuture.allOf(onThread(output, process), onThread(error, process));
      handOver(process, command);
      if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        kill(process);
        throw new TransientAdapterException(
            RecoveryCondition.SYSTEM_NOT_AVAILABLE,
            "Command "
                + program(command)
                + " did not end within "
                + command.timeLimit()
                + " and was killed",
            null);
      }
      boolean complete = endsWithin(read, GRACE.toNanos());
      return new CommandResult(
          process.exitValue(),
          output.text(),
          error.text(),
          !complete || output.overflowed() || error.overflowed());
    } catch (InterruptedException e) {
      kill(process);
      throw e;
    }
  }

  @Override
  public DetachedCommand launch(Command command) throws InterruptedException {
    Process process = start(detached(command), command);
    handOver(process, command);
    return new DetachedCommand("", Optional.of(exitOf(process)));
  }

  @Override
  public DetachedCommand launchAndListen(Command command) throws InterruptedException {
    // The listener first: a runner that is being closed must refuse before anything has started.
    CompletableFuture<Process> started = new CompletableFuture<>();
    CompletableFuture<String> line;
    try {
      line =
          CompletableFuture.supplyAsync(() -> firstLine(started.join().getInputStream()), threads);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the command runner is closed", e);
    }
    Process process;
    try {
      process = start(detached(command).redirectOutput(Redirect.PIPE), command);
    } catch (RuntimeException e) {
      started.completeExceptionally(e);
      throw e;
    }
    started.complete(process);
    handOver(process, command);
    endsWithin(line, command.timeLimit().toNanos());
    return new DetachedCommand(line.getNow(""), Optional.of(exitOf(process)));
  }

  @Override
  public Optional<Conversation> converse(Command command, Consumer<String> onLine) {
    Process process =
        start(
            detached(command).redirectInput(Redirect.PIPE).redirectOutput(Redirect.PIPE), command);
    LocalConversation conversation = new LocalConversation(process, threads);
    var unused = onThread(() -> conversation.hear(process.getInputStream(), onLine), process);
    conversation.say(command.input());
    return Optional.of(conversation);
  }

  /** Always. */
  @Override
  public boolean sharesFiles() {
    return true;
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  private ProcessBuilder detached(Command command) {
    requireProgram(command);
    List<String> words = new ArrayList<>();
    // A child of the JVM leads no process group, so setsid replaces itself instead of forking: the
    // child whose exit the JVM sees is the command.
    words.add(SETSID);
    words.addAll(command.words());
    return prepare(command, words)
        .redirectInput(command.input().isEmpty() ? Redirect.from(NOTHING) : Redirect.PIPE)
        .redirectOutput(Redirect.DISCARD)
        .redirectError(Redirect.DISCARD);
  }

  private static ProcessBuilder prepare(Command command, List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words);
    if (command.directory() != null) {
      builder.directory(new File(command.directory()));
    }
    try {
      if (command.bare()) {
        builder.environment().clear();
      }
      builder.environment().putAll(command.environment());
    } catch (IllegalArgumentException e) {
      throw refused(command, "an environment variable has a name or value that no system takes", e);
    }
    return builder;
  }

  private Process start(ProcessBuilder builder, Command command) {
    if (threads.isShutdown()) {
      throw new IllegalStateException("the command runner is closed");
    }
    try {
      return builder.start();
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      if (isShortage(message)) {
        throw new TransientAdapterException(
            RecoveryCondition.SYSTEM_NOT_AVAILABLE,
            "No process could be started for command " + program(command) + ": " + message,
            e);
      }
      File directory = builder.directory();
      if (directory != null && !directory.isDirectory()) {
        throw refused(command, "its directory " + directory + " does not exist", e);
      }
      throw refused(command, message, e);
    }
  }

  /** Whether a process could not be started for a reason that passes, by Java's text. */
  static boolean isShortage(String message) {
    return SHORTAGE.matcher(message).find();
  }

  private CompletableFuture<Void> onThread(Runnable task, Process process) {
    try {
      return CompletableFuture.runAsync(task, threads);
    } catch (RejectedExecutionException e) {
      kill(process);
      throw new IllegalStateException("the command runner is closed", e);
    }
  }

  /** Gives a launched command its input. */
  private void handOver(Process process, Command command) {
    byte[] input = command.input().getBytes(StandardCharsets.UTF_8);
    if (input.length > PIPE_ROOM) {
      var unused = onThread(() -> feed(process, input), process);
    } else if (input.length > 0) {
      feed(process, input);
    }
  }

  private static void feed(Process process, byte[] input) {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException e) {
      // The command need not read what it is given; how it ended says the rest.
    }
  }

  private static String firstLine(InputStream stream) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (stream) {
      for (int b = stream.read(); b >= 0 && line.size() < LONGEST_LINE; b = stream.read()) {
        if (b == '\n') {
          return line.toString(StandardCharsets.UTF_8);
        }
        line.write(b);
      }
    } catch (IOException e) {
      // As good as an end without a line.
    }
    return "";
  }

  private static boolean endsWithin(CompletableFuture<?> task, long nanos)
      throws InterruptedException {
    try {
      task.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("reading from a process failed", e);
    }
  }

  private static CompletableFuture<Void> exitOf(Process process) {
    return process.onExit().thenAccept(ended -> {});
  }

  /**
   * Stops all before it kills any: what is stopped starts no child that would escape between the
   * search and the kill, and once a parent is gone nobody knows whose its children were.
   */
  private static void kill(Process process) {
    Set<ProcessHandle> found = new LinkedHashSet<>();
    for (int round = 0; round < KILL_ROUNDS; round++) {
      List<ProcessHandle> fresh =
          Stream.concat(Stream.of(process.toHandle()), process.descendants())
              .filter(ProcessHandle::isAlive)
              .filter(found::add)
              .toList();
      if (fresh.isEmpty() || !stop(fresh)) {
        break;
      }
    }
    found.forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean stop(List<ProcessHandle> processes) {
    try {
      List<String> words = new ArrayList<>(List.of("sh", "-c", STOP.text(), "sh"));
      processes.forEach(process -> words.add(Long.toString(process.pid())));
      new ProcessBuilder(words)
          .redirectInput(NOTHING)
          .redirectOutput(Redirect.DISCARD)
          .redirectError(Redirect.DISCARD)
          .start()
          .waitFor();
      return true;
    } catch (IOException | UncheckedIOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** {@code setsid} could tell only when it is too late that a program is missing. */
  private static void requireProgram(Command command) {
    String program = command.words().get(0);
    if (program.indexOf('/') >= 0) {
      File file = new File(program);
      if (!file.isAbsolute() && command.directory() != null) {
        file = new File(command.directory(), program);
      }
      if (!file.canExecute() || file.isDirectory()) {
        throw refused(command, "there is no such program", null);
      }
      return;
    }
    String path = command.environment().getOrDefault("PATH", System.getenv("PATH"));
    if (path != null && find(program, path) == null) {
      throw refused(command, "there is no such program", null);
    }
  }

  private static @Nullable File find(String program, String path) {
    for (String directory : path.split(File.pathSeparator, -1)) {
      File file = new File(directory, program);
      if (file.isFile() && file.canExecute()) {
        return file;
      }
    }
    return null;
  }

  private static String path(String program) {
    String path = System.getenv("PATH");
    File found = path == null ? null : find(program, path);
    return found == null ? program : found.getPath();
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

  private static ThreadFactory daemons() {
    return task -> {
      Thread thread = new Thread(task, "jobs4j-command");
      thread.setDaemon(true);
      return thread;
    };
  }
}
