package io.jobs4j.adapters.fork;

import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Conversation;
import io.jobs4j.core.spi.DetachedCommand;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A pool of shells that launch jobs. Each has one job at a time and waits for it; those that have
 * none are used again, because it costs more to start a shell than to run a short job. They end
 * when the pool is closed or this process is gone, each after its job. Safe for use by several
 * threads.
 */
final class LaunchShells implements AutoCloseable {
  /** How many may wait for jobs. */
  private static final int MOST_IDLE = Math.max(8, 2 * Runtime.getRuntime().availableProcessors());

  /** For how long, up to twice that. */
  private static final Duration IDLE_TIME = Duration.ofSeconds(30);

  private static final String IDLE = "jobs4j idle";

  private final CommandRunner runner;

  /** Those without a job, the last used first; guarded by itself, with all of them. */
  private final Deque<Shell> idle = new ArrayDeque<>();

  private final Set<Shell> all = new HashSet<>();
  private boolean closed;

  /** Whether idle shells are going to be looked at. */
  private boolean looking;

  LaunchShells(CommandRunner runner) {
    this.runner = runner;
  }

  /**
   * Launches a job, and waits for the line that says what came of it.
   *
   * @param environment of the shell, which its jobs inherit
   * @param words arguments of {@link ForkScripts#wrapper}
   * @param exports what sets the variables of the job
   * @param limit how long the line is waited for
   * @return empty if the runner cannot converse
   */
  Optional<DetachedCommand> launch(
      Map<String, String> environment, List<String> words, String exports, Duration limit)
      throws InterruptedException {
    StringBuilder line = new StringBuilder("job");
    words.forEach(word -> line.append(' ').append(ShellWords.quote(word)));
    line.append(' ').append(ShellWords.quote(exports)).append('\n');
    String order = line.toString();
    Shell used = take(environment);
    if (used != null) {
      DetachedCommand launched = used.launch(order, limit);
      if (!launched.firstLine().isEmpty() || !used.ended) {
        return Optional.of(launched);
      }
      // It had ended before, or died of this; what it did with the job, the job's record knows.
    }
    Shell fresh = start(environment);
    return fresh == null ? Optional.empty() : Optional.of(fresh.launch(order, limit));
  }

  private @Nullable Shell take(Map<String, String> environment) {
    List<Shell> outdated = new ArrayList<>();
    Shell shell;
    synchronized (idle) {
      shell = idle.pollFirst();
      while (shell != null && !shell.environment.equals(environment)) {
        outdated.add(shell);
        shell = idle.pollFirst();
      }
    }
    outdated.forEach(Shell::close);
    return shell;
  }

  private @Nullable Shell start(Map<String, String> environment) throws InterruptedException {
    Shell shell = new Shell(environment);
    Command command =
        Command.of("/bin/sh", "-s", ForkScripts.SHELL_MARK)
            .in("/")
            .withOnly(environment)
            .withInput(ForkScripts.shell());
    Conversation conversation = runner.converse(command, shell::hear).orElse(null);
    if (conversation == null) {
      return null;
    }
    shell.conversation = conversation;
    boolean late;
    synchronized (idle) {
      all.add(shell);
      late = closed;
    }
    var unused = conversation.onEnd().thenRun(shell::end);
    if (late) {
      conversation.close();
    }
    return shell;
  }

  /** Sees to it that idle shells are looked at. Called with the lock on {@code idle}. */
  private void lookLater() {
    if (!looking) {
      looking = true;
      CompletableFuture.delayedExecutor(IDLE_TIME.toNanos(), TimeUnit.NANOSECONDS)
          .execute(this::endIdle);
    }
  }

  private void endIdle() {
    List<Shell> old = new ArrayList<>();
    synchronized (idle) {
      looking = false;
      long now = System.nanoTime();
      // The last is the one that was used least.
      while (!idle.isEmpty() && now - idle.getLast().rested >= IDLE_TIME.toNanos()) {
        old.add(idle.removeLast());
      }
      if (!idle.isEmpty()) {
        lookLater();
      }
    }
    old.forEach(Shell::close);
  }

  /** Ends each shell when it has no job any more. */
  @Override
  public void close() {
    List<Shell> rest;
    synchronized (idle) {
      closed = true;
      idle.clear();
      rest = List.copyOf(all);
    }
    rest.forEach(Shell::close);
  }

  private final class Shell {
    private final Map<String, String> environment;
    private volatile @Nullable Conversation conversation;
    private volatile @Nullable Job job;
    private volatile boolean ended;

    /** When it last had a job; guarded by {@code idle}. */
    private long rested;

    Shell(Map<String, String> environment) {
      this.environment = Map.copyOf(environment);
    }

    DetachedCommand launch(String line, Duration limit) throws InterruptedException {
      Job launched = new Job();
      job = launched;
      Conversation open = conversation;
      if (open != null) {
        open.say(line);
      }
      if (ended) {
        launched.end();
      }
      return new DetachedCommand(firstLine(launched, limit), Optional.of(launched.exit));
    }

    private String firstLine(Job launched, Duration limit) throws InterruptedException {
      try {
        return launched.line.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // It is not to be used again.
        close();
        return "";
      } catch (ExecutionException e) {
        throw new IllegalStateException("nothing fails it", e);
      }
    }

    /** Hears a line of the shell. */
    void hear(String line) {
      Job running = job;
      if (running == null) {
        return;
      }
      if (line.equals(IDLE)) {
        job = null;
        // Whoever hears of the end may launch the next.
        rest();
        running.end();
      } else {
        running.line.complete(line);
      }
    }

    private void rest() {
      boolean spare;
      synchronized (idle) {
        spare = closed || idle.size() >= MOST_IDLE || !all.contains(this);
        if (!spare) {
          rested = System.nanoTime();
          idle.addFirst(this);
          lookLater();
        }
      }
      if (spare) {
        close();
      }
    }

    void end() {
      ended = true;
      synchronized (idle) {
        all.remove(this);
        idle.remove(this);
      }
      Job running = job;
      if (running != null) {
        running.end();
      }
    }

    void close() {
      synchronized (idle) {
        all.remove(this);
      }
      Conversation open = conversation;
      if (open != null) {
        open.close();
      }
    }
  }

  private static final class Job {
    final CompletableFuture<String> line = new CompletableFuture<>();
    final CompletableFuture<Void> exit = new CompletableFuture<>();

    void end() {
      line.complete("");
      exit.complete(null);
    }
  }
}
