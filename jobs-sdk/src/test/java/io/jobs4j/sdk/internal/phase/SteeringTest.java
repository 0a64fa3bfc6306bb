package io.jobs4j.sdk.internal.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.RETURNS_DEFAULTS;
import static org.mockito.Mockito.mock;

import io.jobs4j.core.catalog.DefinitionCatalog;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.WorkDirectoryPolicy;
import io.jobs4j.sdk.internal.engine.Adapters;
import io.jobs4j.sdk.internal.engine.Samples;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.store.Stored;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.Transfers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What is done to jobs on their schedulers is done under a lease that holds. */
class SteeringTest {
  private static final Fence OVER =
      new Fence(
          "job",
          1,
          () -> {
            throw new IllegalStateException("the lease is over");
          });

  private final List<String> calls = new ArrayList<>();

  @Test
  void nothingIsHeldOrReleasedUnderALeaseThatIsOver() throws Exception {
    assertThatThrownBy(() -> run(new Pause(), OVER)).hasMessage("the lease is over");
    assertThatThrownBy(() -> run(new Resume(), OVER)).hasMessage("the lease is over");
    assertThat(calls).isEmpty();

    assertThat(run(new Pause(), Fence.NONE))
        .as("it is looked at by no timer of its own")
        .isInstanceOfSatisfying(
            PhaseResult.WaitUntil.class, waits -> assertThat(waits.time()).isNull());
    assertThat(run(new Resume(), Fence.NONE)).isInstanceOf(PhaseResult.Advance.class);
    assertThat(calls).containsExactly("hold", "release");
  }

  private PhaseResult run(Phase phase, Fence fence) throws InterruptedException {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (Adapters adapters =
        new Adapters(List.of(), List.of(), List.of(new Recorded()), (system, job) -> {})) {
      return phase.run(
          new PhaseContext(
              new StoredJob(1, job(), 1, 1, JobStatus.RUNNING, null, "alice", false, null),
              catalog(),
              adapters,
              new Transfers(pool, 1, Clock.systemUTC()),
              WorkDirectoryPolicy.DELETE_AFTER_ARCHIVE,
              ArchiveComparison.LENGTHS,
              Set.of(),
              Clock.systemUTC(),
              true,
              false,
              () -> false,
              step -> {},
              fence,
              () -> {}));
    } finally {
      pool.shutdownNow();
    }
  }

  private static Job job() {
    return Stored.job().toBuilder()
        .set(Job.Field.STATUS, JobStatus.PAUSED)
        .set(Job.Field.WORK_PATH, "work")
        .set(Job.Field.REMOTE_JOB_ID, "1")
        .build();
  }

  private static Catalog catalog() {
    return DefinitionCatalog.of(
        List.of(), List.of(Samples.system("system", "RECORDED", "LOCAL")), List.of());
  }

  /** Opens a scheduler that notes what is asked of it. */
  private final class Recorded implements RemoteSchedulerProvider {
    @Override
    public String scheduler() {
      return "RECORDED";
    }

    @Override
    public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
      return mock(
          RemoteScheduler.class,
          call -> {
            String name = call.getMethod().getName();
            if (List.of("hold", "release").contains(name)) {
              calls.add(name);
            }
            return RETURNS_DEFAULTS.answer(call);
          });
    }
  }
}
