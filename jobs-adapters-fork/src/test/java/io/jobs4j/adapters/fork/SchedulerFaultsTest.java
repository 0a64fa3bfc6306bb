package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testkit.ForwardingScheduler;
import io.jobs4j.testkit.RemoteSchedulerContract;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** That {@link RemoteSchedulerContract} finds faults. */
class SchedulerFaultsTest {
  static Stream<Arguments> faults() {
    return Stream.of(
        arguments(LaunchesAgain.class, "anAttemptIsLaunchedOnceHoweverOftenItIsSubmitted"),
        arguments(LaunchesAgain.class, "anAttemptIsLaunchedOnceIfManySubmitItAtOnce"),
        arguments(TakesSilenceForAbsence.class, "anAnswerThatSaysNothingIsNoEvidence"),
        arguments(TakesSilenceForAbsence.class, "aHostThatCannotBeReachedBlocks"),
        arguments(TakesSilenceForAnEnd.class, "anAnswerThatSaysNothingIsNoEvidence"),
        arguments(TakesSilenceForAnEnd.class, "aHostThatCannotBeReachedBlocks"),
        arguments(AsksOneByOne.class, "oneAnswerTellsOfManyJobs"),
        arguments(ForgetsTheId.class, "aJobIsCancelledByItsAttemptAlone"),
        arguments(IgnoresHold.class, "aRunningJobIsHeldWhereItIs"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theContractFindsTheFault(Class<? extends RemoteSchedulerContract> scheduler, String test) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();

    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(scheduler, test))
                // Nobody is to look at the logs of failures that are wanted.
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "false")
                .build(),
            listener);

    // Not before it nor after it.
    assertThat(listener.getSummary().getFailures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.getException()).hasStackTraceContaining(test));
  }

  abstract static class Faulty extends RemoteSchedulerContract {
    @Override
    protected CommandRunner openRunner() {
      return new LocalCommandRunner();
    }

    @Override
    protected RemoteScheduler openScheduler(CommandRunner runner) {
      return faulty(new ForkScheduler(runner));
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(10);
    }

    abstract RemoteScheduler faulty(RemoteScheduler sound);
  }

  static final class LaunchesAgain extends Faulty {
    @Override
    RemoteScheduler faulty(RemoteScheduler sound) {
      return new ForwardingScheduler(sound) {
        @Override
        public Submission submit(LaunchSpec spec) throws InterruptedException {
          if (sound.find(spec.attempt()).isPresent()) {
            Attempt again = new Attempt(spec.attempt().key() + "-again", spec.attempt().workPath());
            var unused = sound.submit(spec.toBuilder().attempt(again).build());
          }
          return sound.submit(spec);
        }
      };
    }
  }

  static final class TakesSilenceForAbsence extends Faulty {
    @Override
    RemoteScheduler faulty(RemoteScheduler sound) {
      return new ForwardingScheduler(sound) {
        @Override
        public Optional<RemoteJob> find(Attempt attempt) throws InterruptedException {
          try {
            return sound.find(attempt);
          } catch (TransientAdapterException e) {
            return Optional.empty();
          }
        }
      };
    }
  }

  static final class TakesSilenceForAnEnd extends Faulty {
    @Override
    RemoteScheduler faulty(RemoteScheduler sound) {
      return new ForwardingScheduler(sound) {
        @Override
        public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs)
            throws InterruptedException {
          try {
            return sound.statuses(jobs);
          } catch (TransientAdapterException e) {
            Map<RemoteJob, RemoteStatus> statuses = new HashMap<>();
            jobs.forEach(job -> statuses.put(job, RemoteStatus.exited(0, null, null)));
            return statuses;
          }
        }
      };
    }
  }

  static final class AsksOneByOne extends Faulty {
    @Override
    RemoteScheduler faulty(RemoteScheduler sound) {
      return new ForwardingScheduler(sound) {
        @Override
        public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs)
            throws InterruptedException {
          Map<RemoteJob, RemoteStatus> statuses = new HashMap<>();
          for (RemoteJob job : jobs) {
            statuses.putAll(sound.statuses(List.of(job)));
          }
          return statuses;
        }
      };
    }
  }

  static final class ForgetsTheId extends Faulty {
    @Override
    RemoteScheduler faulty(RemoteScheduler sound) {
      return new ForwardingScheduler(sound) {
        @Override
        public void cancel(RemoteJob job) throws InterruptedException {
          if (!job.remoteJobId().isEmpty()) {
            sound.cancel(job);
          }
        }
      };
    }
  }

  static final class IgnoresHold extends Faulty {
    @Override
    RemoteScheduler faulty(RemoteScheduler sound) {
      return new ForwardingScheduler(sound) {
        @Override
        public void hold(RemoteJob job) {}
      };
    }
  }
}
