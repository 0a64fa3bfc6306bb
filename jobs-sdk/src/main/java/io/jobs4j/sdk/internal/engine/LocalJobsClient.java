package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.OutputFile;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.JobActionException;
import io.jobs4j.sdk.JobNotFoundException;
import io.jobs4j.sdk.JobPermissionException;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobTimeoutException;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.internal.job.BlockedOn;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.store.Cluster;
import io.jobs4j.sdk.internal.store.Jobs;
import io.jobs4j.sdk.internal.store.Recoveries;
import io.jobs4j.sdk.internal.store.Requests;
import io.jobs4j.sdk.internal.store.Store;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client of the engine in the same process. */
final class LocalJobsClient implements JobsClient {
  private static final int HISTORY_PAGE = 1000;

  /** Longest time to wait for a job that is still {@code ACCEPTED} to be seen. */
  private static final Duration UNSEEN = Duration.ofSeconds(5);

  private final Caller caller;
  private final Predicate<Caller> administrators;
  private final Intake intake;
  private final Outputs outputs;
  private final Jobs jobs;
  private final Requests requests;
  private final Recoveries recoveries;
  private final Cluster cluster;
  private final JobFeed feed;
  private final JobCompletions completions;
  private final Consumer<String> onRequest;
  private final EngineMetrics metrics;

  LocalJobsClient(
      Caller caller,
      Intake intake,
      Outputs outputs,
      Store store,
      JobFeed feed,
      JobCompletions completions,
      Consumer<String> onRequest,
      EngineMetrics metrics,
      Predicate<Caller> administrators) {
    this.caller = caller;
    this.intake = intake;
    this.outputs = outputs;
    this.jobs = store.jobs();
    this.requests = store.requests();
    this.recoveries = store.recoveries();
    this.cluster = store.cluster();
    this.feed = feed;
    this.completions = completions;
    this.onRequest = onRequest;
    this.metrics = metrics;
    this.administrators = administrators;
  }

  @Override
  public SubmittedJob submit(JobRequest request) {
    return timed(() -> intake.accept(caller, request));
  }

  @Override
  public SubmittedJob submit(String json) {
    return timed(() -> intake.accept(caller, json));
  }

  @Override
  public Job get(String jobId) {
    return jobs(List.of(find(jobId, "show"))).get(0);
  }

  @Override
  public JobStatus status(String jobId) {
    return find(jobId, "status").job().status();
  }

  @Override
  public List<Job> list(JobQuery query) {
    String owner = owner(query);
    String after = query.after();
    if (after != null) {
      find(after, "list");
    }
    return jobs(jobs.list(caller.tenantId(), owner, query));
  }

  @Override
  public long count(JobQuery query) {
    return jobs.count(caller.tenantId(), owner(query), query);
  }

  /** Whose jobs are asked for; {@code null} for everybody's. */
  private @Nullable String owner(JobQuery query) {
    String owner = query.owner() == null ? caller.user() : query.owner();
    boolean own = !query.allOwners() && owner.equals(caller.user());
    if (!own && !administrators.test(caller)) {
      throw new JobPermissionException(caller.user());
    }
    return query.allOwners() ? null : owner;
  }

  /** With what those that are blocked wait for. */
  private List<Job> jobs(List<StoredJob> stored) {
    Map<Long, BlockedOn> blocked =
        recoveries.blockedOn(
            stored.stream()
                .filter(job -> job.job().status() == JobStatus.BLOCKED)
                .map(StoredJob::id)
                .toList());
    return stored.stream()
        .map(
            job -> {
              BlockedOn on = blocked.get(job.id());
              return on == null ? job.job() : waiting(job.job(), on);
            })
        .toList();
  }

  private static Job waiting(Job job, BlockedOn on) {
    return job.toBuilder()
        .set(Job.Field.BLOCKED_ON, on.condition())
        .set(Job.Field.NEXT_ATTEMPT, on.nextAttempt())
        .build();
  }

  @Override
  public List<HistoryEvent> history(String jobId) {
    return jobs.history(find(jobId, "history").id(), 0, Integer.MAX_VALUE);
  }

  @Override
  public List<HistoryEvent> history(String jobId, long afterSequence, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit + " must be at least 1");
    }
    return jobs.history(find(jobId, "history").id(), afterSequence, limit);
  }

  @Override
  public Job await(String jobId, Duration timeout) throws InterruptedException {
    try (JobFeed.Subscription changes = feed.subscribeEnd(jobId)) {
      return watch(jobId, timeout, changes, job -> {});
    }
  }

  @Override
  public CompletableFuture<Job> completion(String jobId) {
    requireOwner(load(jobId).job(), "watch");
    return completions.of(jobId);
  }

  @Override
  public Job follow(String jobId, Duration timeout, Consumer<HistoryEvent> listener)
      throws InterruptedException {
    try (JobFeed.Subscription changes = feed.subscribe(jobId)) {
      return watch(jobId, timeout, changes, new Teller(listener));
    }
  }

  @Override
  public void cancel(String jobId) {
    find(jobId, "cancel");
    requireActive(jobId, requests.cancel(jobId, caller.user()), "canceled");
    onRequest.accept(jobId);
  }

  @Override
  public void pause(String jobId) {
    find(jobId, "pause");
    requireActive(jobId, requests.pause(jobId, caller.user()), "paused");
    onRequest.accept(jobId);
  }

  @Override
  public void resume(String jobId) {
    find(jobId, "resume");
    Requests.Requested request = requests.resume(jobId);
    requireActive(jobId, request, "resumed");
    if (request.isNew()) {
      // Whoever works for the job leaves that and looks again, which one that goes on needs not.
      onRequest.accept(jobId);
    }
  }

  private static void requireActive(String jobId, Requests.Requested request, String what) {
    JobStatus status = request.status();
    if (status.isTerminal()) {
      throw new JobActionException(
          jobId, status, "Job %s is in a Terminal state and can't be %s.".formatted(jobId, what));
    }
  }

  @Override
  public void hide(String jobId) {
    setVisible(jobId, "hide", false);
  }

  @Override
  public void unhide(String jobId) {
    setVisible(jobId, "unhide", true);
  }

  @Override
  public SubmittedJob resubmit(String jobId) {
    StoredJob stored = find(jobId, "resubmit");
    Job job = stored.job();
    if (job.status() == JobStatus.PENDING) {
      throw new JobActionException(
          jobId,
          job.status(),
          ("Job %s cannot be resubmitted at this time because it is in the %s state; resubmission"
                  + " is only possible on jobs that have progressed beyond PENDING.")
              .formatted(jobId, job.status()));
    }
    return timed(() -> intake.acceptAgain(caller, jobs.request(stored.id())));
  }

  @Override
  public List<OutputFile> outputs(String jobId, String path) throws InterruptedException {
    return outputs.list(find(jobId, "outputs"), path);
  }

  @Override
  public InputStream output(String jobId, String path, long offset) throws InterruptedException {
    return outputs.read(find(jobId, "outputs"), path, offset);
  }

  private SubmittedJob timed(Supplier<SubmittedJob> submission) {
    long start = System.nanoTime();
    String result = "FAILED";
    try {
      SubmittedJob accepted = submission.get();
      result = "DONE";
      return accepted;
    } finally {
      metrics.time(
          EngineMetricNames.SUBMIT, Duration.ofNanos(System.nanoTime() - start), "result", result);
    }
  }

  private Job watch(
      String jobId, Duration timeout, JobFeed.Subscription changes, Consumer<StoredJob> teller)
      throws InterruptedException {
    long start = System.nanoTime();
    while (true) {
      StoredJob stored = load(jobId);
      Job job = stored.job();
      requireOwner(job, "watch");
      teller.accept(stored);
      if (job.status().isTerminal()) {
        return job;
      }
      Duration passed = Duration.ofNanos(System.nanoTime() - start);
      if (passed.compareTo(timeout) >= 0) {
        throw new JobTimeoutException(jobId, job.status(), job.lastStatusMessage());
      }
      awaitChange(changes, timeout.minus(passed));
    }
  }

  private void setVisible(String jobId, String action, boolean visible) {
    Job job = find(jobId, action).job();
    if (!job.status().isTerminal()) {
      throw new JobActionException(
          jobId,
          job.status(),
          "Job %s is not in a Terminal state and visibility can't be changed.".formatted(jobId));
    }
    if (!jobs.setVisible(jobId, visible)) {
      throw new JobActionException(
          jobId,
          job.status(),
          "Job %s is already %s.".formatted(jobId, visible ? "visible" : "hidden"));
    }
  }

  private void awaitChange(JobFeed.Subscription changes, Duration left)
      throws InterruptedException {
    Duration look = cluster.hearsOthers() ? JobFeed.SAFETY_INTERVAL : JobFeed.POLL_INTERVAL;
    changes.awaitChange(left.compareTo(look) < 0 ? left : look);
  }

  private StoredJob find(String jobId, String action) {
    StoredJob stored = load(jobId);
    if (!stored.job().status().isVisible() && mayAct(stored.job())) {
      stored = loadOnceSeen(jobId);
    }
    if (!stored.job().status().isVisible()) {
      throw new JobNotFoundException(jobId);
    }
    requireOwner(stored.job(), action);
    return stored;
  }

  /** The job once it is no longer {@code ACCEPTED}, or as it is after a while. */
  private StoredJob loadOnceSeen(String jobId) {
    long start = System.nanoTime();
    try (JobFeed.Subscription changes = feed.subscribe(jobId)) {
      while (true) {
        StoredJob stored = load(jobId);
        Duration left = UNSEEN.minusNanos(System.nanoTime() - start);
        if (stored.job().status().isVisible() || left.isNegative() || left.isZero()) {
          return stored;
        }
        try {
          awaitChange(changes, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return load(jobId);
        }
      }
    }
  }

  /** A job of the tenant in whatever state. */
  private StoredJob load(String jobId) {
    return jobs.load(jobId)
        .filter(this::ofTenant)
        .orElseThrow(() -> new JobNotFoundException(jobId));
  }

  private boolean ofTenant(StoredJob stored) {
    return stored.job().tenantId().equals(caller.tenantId());
  }

  private void requireOwner(Job job, String action) {
    if (!mayAct(job)) {
      throw new JobPermissionException(job.id(), caller.user(), action);
    }
  }

  private boolean mayAct(Job job) {
    return job.owner().equals(caller.user()) || administrators.test(caller);
  }

  /** Tells of each history entry once. */
  private final class Teller implements Consumer<StoredJob> {
    private final Consumer<HistoryEvent> listener;
    private long last;

    Teller(Consumer<HistoryEvent> listener) {
      this.listener = listener;
    }

    @Override
    public void accept(StoredJob job) {
      List<HistoryEvent> page;
      do {
        page = jobs.history(job.id(), last, HISTORY_PAGE);
        for (HistoryEvent event : page) {
          last = event.sequence();
          listener.accept(event);
        }
      } while (page.size() == HISTORY_PAGE);
    }
  }
}
