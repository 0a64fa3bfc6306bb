package io.jobs4j.testkit;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.core.spi.RemoteStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A scheduler that runs nothing: a test says what becomes of each job. By default a job runs and
 * has returned zero by the time anyone looks. Give it to the builder of an engine as an adapter.
 * Safe for use by several threads.
 */
public final class ScriptedScheduler implements RemoteSchedulerProvider {
  private final String kind;
  private final Map<String, Launched> jobs = new LinkedHashMap<>();
  private final List<Consumer<RemoteJob>> listeners = new CopyOnWriteArrayList<>();
  private Function<LaunchSpec, RemoteStatus> onSubmit = spec -> RemoteStatus.exited(0, null, null);
  private boolean obeysCancel = true;
  private Runnable onProbe = () -> {};
  private int probes;

  /** In place of scheduler FORK. */
  public ScriptedScheduler() {
    this("FORK");
  }

  /** In place of the scheduler that system definitions call {@code kind}. */
  public ScriptedScheduler(String kind) {
    this.kind = kind;
  }

  @Override
  public String scheduler() {
    return kind;
  }

  @Override
  public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
    return new Opened();
  }

  /**
   * Says where jobs are right after their submission. What it throws, the submission throws.
   *
   * @return this
   */
  public synchronized ScriptedScheduler onSubmit(Function<LaunchSpec, RemoteStatus> script) {
    this.onSubmit = script;
    return this;
  }

  /**
   * Says whether a cancelled job ends at once, which it does by default.
   *
   * @return this
   */
  public synchronized ScriptedScheduler obeysCancel(boolean obeys) {
    this.obeysCancel = obeys;
    return this;
  }

  /**
   * Says what is done when the scheduler is asked whether it can be reached, which it can by
   * default. What it throws, the probe throws.
   *
   * @return this
   */
  public synchronized ScriptedScheduler onProbe(Runnable script) {
    this.onProbe = script;
    return this;
  }

  /** How often the scheduler was asked whether it can be reached. */
  public synchronized int probes() {
    return probes;
  }

  /** Whether the job is held. */
  public synchronized boolean isHeld(String jobId) {
    return jobs.values().stream().anyMatch(launched -> launched.isOf(jobId) && launched.held);
  }

  /**
   * Moves a job and tells the engine of it.
   *
   * @param jobId UUID of the job
   * @throws IllegalArgumentException if the job was not submitted yet
   */
  public void move(String jobId, RemoteStatus status) {
    RemoteJob job;
    synchronized (this) {
      Launched launched = latest(jobId);
      launched.status = status;
      job = launched.job;
    }
    listeners.forEach(listener -> listener.accept(job));
  }

  /**
   * Holds a job or lets it go on behind the engine's back, as a call of another engine does that
   * comes late.
   *
   * @param jobId UUID of the job
   * @throws IllegalArgumentException if the job was not submitted yet
   */
  public synchronized void setHeld(String jobId, boolean held) {
    latest(jobId).held = held;
  }

  /** How often the job was launched; submissions of one attempt count once. */
  public synchronized long launches(String jobId) {
    return jobs.values().stream().filter(launched -> launched.isOf(jobId)).count();
  }

  /** Whether the job was asked to end. */
  public synchronized boolean wasCancelled(String jobId) {
    return jobs.values().stream().anyMatch(launched -> launched.isOf(jobId) && launched.cancelled);
  }

  private Launched latest(String jobId) {
    return jobs.values().stream()
        .filter(launched -> launched.isOf(jobId))
        .reduce((first, second) -> second)
        .orElseThrow(() -> new IllegalArgumentException("job " + jobId + " was not submitted"));
  }

  private static final class Launched {
    final RemoteJob job;
    RemoteStatus status;
    boolean cancelled;
    boolean held;

    Launched(RemoteJob job, RemoteStatus status) {
      this.job = job;
      this.status = status;
    }

    RemoteStatus said() {
      return switch (status.state()) {
        case QUEUED, RUNNING -> status.withHeld(held);
        default -> status;
      };
    }

    boolean isOf(String jobId) {
      return job.attempt().key().startsWith(jobId + "-");
    }
  }

  private final class Opened implements RemoteScheduler {
    @Override
    public Submission submit(LaunchSpec spec) {
      Function<LaunchSpec, RemoteStatus> script;
      synchronized (ScriptedScheduler.this) {
        Launched known = jobs.get(spec.attempt().key());
        if (known != null) {
          return new Submission(known.job, known.status);
        }
        script = onSubmit;
      }
      // Without the lock, so that it may take its time.
      RemoteStatus status = script.apply(spec);
      synchronized (ScriptedScheduler.this) {
        Launched launched =
            jobs.computeIfAbsent(
                spec.attempt().key(),
                key ->
                    new Launched(
                        new RemoteJob(Integer.toString(jobs.size() + 1), spec.attempt()), status));
        return new Submission(launched.job, launched.status);
      }
    }

    @Override
    public Optional<RemoteJob> find(Attempt attempt) {
      synchronized (ScriptedScheduler.this) {
        return Optional.ofNullable(jobs.get(attempt.key())).map(launched -> launched.job);
      }
    }

    @Override
    public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> asked) {
      Map<RemoteJob, RemoteStatus> statuses = new HashMap<>();
      synchronized (ScriptedScheduler.this) {
        for (RemoteJob job : asked) {
          Launched launched = jobs.get(job.attempt().key());
          if (launched != null) {
            statuses.put(job, launched.said());
          }
        }
      }
      return statuses;
    }

    @Override
    public void cancel(RemoteJob job) {
      RemoteJob ended;
      synchronized (ScriptedScheduler.this) {
        Launched launched = jobs.get(job.attempt().key());
        if (launched == null || launched.status.isOver()) {
          return;
        }
        launched.cancelled = true;
        if (!obeysCancel) {
          return;
        }
        launched.status =
            RemoteStatus.endedBy(RemoteStatus.Cause.CANCELLED, OptionalInt.empty(), null, null, "");
        ended = launched.job;
      }
      listeners.forEach(listener -> listener.accept(ended));
    }

    @Override
    public void hold(RemoteJob job) {
      held(job, true);
    }

    @Override
    public void release(RemoteJob job) {
      held(job, false);
    }

    private void held(RemoteJob job, boolean held) {
      synchronized (ScriptedScheduler.this) {
        Launched launched = jobs.get(job.attempt().key());
        if (launched != null) {
          launched.held = held;
        }
      }
    }

    @Override
    public void probe() {
      synchronized (ScriptedScheduler.this) {
        probes++;
        onProbe.run();
      }
    }

    @Override
    public void onChange(Consumer<RemoteJob> listener) {
      listeners.add(listener);
    }

    @Override
    public boolean tellsOf(RemoteJob job) {
      synchronized (ScriptedScheduler.this) {
        Launched launched = jobs.get(job.attempt().key());
        return launched != null && !launched.status.isOver();
      }
    }

    @Override
    public void close() {}
  }
}
