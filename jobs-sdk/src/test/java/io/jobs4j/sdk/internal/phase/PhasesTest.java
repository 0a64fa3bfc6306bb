package io.jobs4j.sdk.internal.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.catalog.DefinitionCatalog;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.WorkDirectoryPolicy;
import io.jobs4j.sdk.internal.engine.Adapters;
import io.jobs4j.sdk.internal.engine.Samples;
import io.jobs4j.sdk.internal.engine.StatusOnlyScheduler;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.Transfers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PhasesTest {
  private static final Instant TIME = Instant.parse("2030-01-02T03:04:05.678Z");

  private static final StoredJob ACCEPTED = accepted();

  private final Phases phases = new Phases();
  private final Scripted scheduler = new Scripted();

  @TempDir Path work;

  @ParameterizedTest
  @EnumSource(JobStatus.class)
  void eachStateHasAPhaseUntilTheJobIsOver(JobStatus status) {
    StoredJob job = job(status, null, null);
    if (status.isTerminal()) {
      assertThatThrownBy(() -> phases.due(job, false)).isInstanceOf(IllegalStateException.class);
    } else if (status == JobStatus.BLOCKED) {
      assertThat(phases.due(job, false)).as("it goes on where it was").isNull();
    } else {
      assertThat(phases.due(job, false)).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ACCEPTED", "FINISHED", "STOPPED", "FAILED"})
  void whatUsersWantComesFirst(JobStatus status) {
    assertThat(phases.due(job(status, "alice", "alice"), true)).isInstanceOf(Cancel.class);
    assertThat(phases.due(job(status, null, "alice"), false))
        .isInstanceOf(
            switch (status) {
              case PAUSED -> StayPaused.class;
              // It is paused once it is known whether it was launched.
              case SUBMITTING -> Submit.class;
              default -> Pause.class;
            });
  }

  @Test
  void aPausedJobGoesOnWhenNobodyWantsItPaused() {
    assertThat(phases.due(job(JobStatus.PAUSED, null, null), false)).isInstanceOf(Resume.class);
  }

  /**
   * All but {@code STAGING_JOB}, which needs an application's files, and copies to an archive:
   * whole lives of jobs have these.
   */
  static Stream<Arguments> decisions() {
    Stream.Builder<Arguments> all = Stream.builder();
    for (JobStatus status : JobTransitions.longestPath()) {
      if (status != JobStatus.STAGING_JOB && !status.isTerminal()) {
        for (RemoteStatus remote :
            List.of(
                RemoteStatus.queued("Priority"),
                RemoteStatus.running(TIME),
                RemoteStatus.exited(0, TIME, TIME),
                RemoteStatus.exited(2, TIME, TIME),
                RemoteStatus.lost(TIME, "gone"),
                RemoteStatus.unseen("elsewhere"))) {
          all.add(Arguments.of(status, remote, null));
        }
      }
    }
    for (RemoteOutcome outcome : RemoteOutcome.values()) {
      all.add(Arguments.of(JobStatus.CLEANING_UP, RemoteStatus.queued(""), outcome));
      all.add(Arguments.of(JobStatus.ARCHIVING, RemoteStatus.queued(""), outcome));
    }
    return all.build();
  }

  @ParameterizedTest
  @MethodSource("decisions")
  void phasesLeadOnlyToStatesThatMayFollow(
      JobStatus status, RemoteStatus remote, @Nullable RemoteOutcome outcome) throws Exception {
    scheduler.status = remote;
    for (boolean archive : new boolean[] {false, true}) {
      var job =
          job(status, null, null).job().toBuilder()
              .set(Job.Field.ARCHIVE, archive)
              .set(Job.Field.ARCHIVE_ON_APP_ERROR, archive)
              .set(Job.Field.REMOTE_OUTCOME, outcome)
              .build();
      StoredJob stored = new StoredJob(1, job, 1, 1, null, null, null, true, null);
      requireAllowed(stored, false);
      StoredJob cancelled = new StoredJob(1, job, 1, 1, null, "alice", null, true, null);
      if (status.isVisible()) {
        requireAllowed(cancelled, true);
      }
      if (status.isVisible() && status != JobStatus.SUBMITTING) {
        requireAllowed(new StoredJob(1, job, 1, 1, null, null, "alice", true, null), false);
      }
      for (JobStatus held : List.of(JobStatus.PAUSED, JobStatus.BLOCKED)) {
        if (JobTransitions.from(held).contains(status)) {
          var waiting = job.toBuilder().set(Job.Field.STATUS, held).build();
          requireAllowed(new StoredJob(1, waiting, 1, 1, status, "alice", null, true, null), true);
          requireAllowed(new StoredJob(1, waiting, 1, 1, status, null, "alice", true, null), false);
          requireAllowed(new StoredJob(1, waiting, 1, 1, status, null, null, true, null), false);
        }
      }
    }
  }

  /** Throws if what the phase decides is not in the table of states. */
  private void requireAllowed(StoredJob stored, boolean cancels) throws InterruptedException {
    Phase phase = phases.due(stored, cancels);
    if (phase == null) {
      return;
    }
    JobChange change = run(phase, stored).accept(new ResultChanges(stored));
    StoredJob next = Applied.expected(stored, change, TIME);
    assertThat(next.job().id()).isEqualTo(stored.job().id());
  }

  private static StoredJob accepted() {
    try (Store store = new Store(Database.inMemory(), Clock.systemUTC())) {
      String uuid = Samples.accepted(store, UUID.randomUUID().toString(), "system");
      return store.jobs().load(uuid).orElseThrow();
    }
  }

  private static StoredJob job(
      JobStatus status, @Nullable String cancelledBy, @Nullable String pausedBy) {
    var job =
        ACCEPTED.job().toBuilder()
            .set(Job.Field.STATUS, status)
            .set(Job.Field.WORK_PATH, "work")
            .set(Job.Field.INPUTS, Map.of())
            .set(Job.Field.REMOTE_JOB_ID, "1")
            .set(Job.Field.MAX_HOURS, 1.0)
            .build();
    return new StoredJob(1, job, 1, 1, null, cancelledBy, pausedBy, false, null);
  }

  private PhaseResult run(Phase phase, StoredJob stored) throws InterruptedException {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (Adapters adapters =
        new Adapters(List.of(), List.of(), List.of(scheduler), (system, job) -> {})) {
      return phase.run(
          new PhaseContext(
              stored,
              DefinitionCatalog.of(List.of(), List.of(system()), List.of()),
              adapters,
              new Transfers(pool, 1, Clock.systemUTC()),
              WorkDirectoryPolicy.KEEP,
              ArchiveComparison.LENGTHS,
              Set.of(),
              Clock.systemUTC(),
              true,
              false,
              () -> false,
              step -> {},
              Fence.NONE,
              () -> {}));
    } finally {
      pool.shutdownNow();
    }
  }

  private ExecutionSystem system() {
    return Samples.system("system", StatusOnlyScheduler.NAME, "LOCAL", work.toString());
  }

  /** Has launched every attempt, and says of each job the same. */
  private static final class Scripted extends StatusOnlyScheduler {
    RemoteStatus status = RemoteStatus.queued("");

    @Override
    public Submission submit(LaunchSpec spec) {
      return new Submission(new RemoteJob("1", spec.attempt()), status);
    }

    @Override
    public Optional<RemoteJob> find(Attempt attempt) {
      return Optional.of(new RemoteJob("1", attempt));
    }

    @Override
    public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs) {
      Map<RemoteJob, RemoteStatus> all = new HashMap<>();
      jobs.forEach(job -> all.put(job, status));
      return all;
    }
  }
}
