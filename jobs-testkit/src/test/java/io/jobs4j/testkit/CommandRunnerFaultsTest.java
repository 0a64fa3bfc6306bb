package io.jobs4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** That {@link CommandRunnerContract} finds faults. */
class CommandRunnerFaultsTest {
  static Stream<Arguments> faults() {
    return Stream.of(
        arguments(JoinsWords.class, "wordsArriveInTheirOrder"),
        arguments(DropsVariables.class, "theCommandHasItsVariablesBesidesThoseOfTheHost"),
        arguments(StripsOutput.class, "outputAndErrorsAreKeptApart"),
        arguments(HidesTruncation.class, "ofMuchOutputTheBeginningIsKept"),
        arguments(MistakesExitCodes.class, "theResultHasTheExitCode"),
        arguments(LeavesChildren.class, "theTimeLimitKillsTheCommandAndItsChildren"),
        arguments(HidesInterrupts.class, "anInterruptKillsTheCommandAndItsChildren"),
        arguments(EndsWhatItLaunched.class, "aLaunchedCommandOutlivesTheRunner"),
        arguments(LeaksThreads.class, "nothingIsHeldForCommandsThatHaveEnded"),
        arguments(LeaksThreads.class, "nothingIsHeldByAClosedRunner"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theContractFindsTheFault(Class<? extends CommandRunnerContract> runner, String test) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();

    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(runner, test))
                // Nobody is to look at the logs of failures that are wanted.
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "false")
                .build(),
            listener);

    // Not before it nor after it.
    assertThat(listener.getSummary().getFailures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.getException()).hasStackTraceContaining(test));
  }

  abstract static class Faulty extends CommandRunnerContract {
    @Override
    protected CommandRunner open() {
      LocalCommandRunner sound = new LocalCommandRunner();
      return new CommandRunner() {
        @Override
        public CommandResult run(Command command) throws InterruptedException {
          // The commands of the kit itself take the sound way.
          return command.timeLimit().equals(Command.of("true").timeLimit())
                  && isOfTheKit(command.words())
              ? sound.run(command)
              : Faulty.this.run(sound, command);
        }

        @Override
        public DetachedCommand launch(Command command) throws InterruptedException {
          return Faulty.this.launch(sound, command);
        }

        @Override
        public DetachedCommand launchAndListen(Command command) throws InterruptedException {
          return sound.launchAndListen(command);
        }

        @Override
        public void close() {
          Faulty.this.close();
          sound.close();
        }
      };
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(3);
    }

    CommandResult run(CommandRunner sound, Command command) throws InterruptedException {
      return sound.run(command);
    }

    DetachedCommand launch(CommandRunner sound, Command command) throws InterruptedException {
      return sound.launch(command);
    }

    void close() {}

    private static boolean isOfTheKit(List<String> words) {
      return words.get(0).equals("test") || (words.size() > 4 && words.get(3).equals("sh"));
    }
  }

  static final class JoinsWords extends Faulty {
    @Override
    CommandResult run(CommandRunner sound, Command command) throws InterruptedException {
      return sound.run(Command.of("sh", "-c", String.join(" ", command.words())));
    }
  }

  static final class DropsVariables extends Faulty {
    @Override
    CommandResult run(CommandRunner sound, Command command) throws InterruptedException {
      return sound.run(command.withEnvironment(Map.of()));
    }
  }

  static final class StripsOutput extends Faulty {
    @Override
    CommandResult run(CommandRunner sound, Command command) throws InterruptedException {
      CommandResult result = sound.run(command);
      return new CommandResult(
          result.exitCode(), result.output().strip(), result.error(), result.truncated());
    }
  }

  static final class HidesTruncation extends Faulty {
    @Override
    CommandResult run(CommandRunner sound, Command command) throws InterruptedException {
      CommandResult result = sound.run(command);
      return new CommandResult(result.exitCode(), result.output(), result.error(), false);
    }
  }

  static final class MistakesExitCodes extends Faulty {
    @Override
    CommandResult run(CommandRunner sound, Command command) throws InterruptedException {
      CommandResult result = sound.run(command);
      if (result.exitCode() == 127) {
        throw new PermanentAdapterException(ConditionCode.JOB_LAUNCH_FAILURE, "not found");
      }
      return result;
    }
  }

  static final class LeavesChildren extends Faulty {
    private final List<ProcessHandle> left = new CopyOnWriteArrayList<>();

    @Override
    void close() {
      left.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    CommandResult run(CommandRunner sound, Command command) throws InterruptedException {
      try {
        Process process =
            new ProcessBuilder(command.words()).directory(new File(command.directory())).start();
        if (!process.waitFor(command.timeLimit().toMillis(), TimeUnit.MILLISECONDS)) {
          left.addAll(process.descendants().toList());
          process.destroyForcibly();
          throw new TransientAdapterException(
              RecoveryCondition.SYSTEM_NOT_AVAILABLE, "too long", null);
        }
        return new CommandResult(process.exitValue(), "", "", false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static final class HidesInterrupts extends Faulty {
    @Override
    CommandResult run(CommandRunner sound, Command command) {
      try {
        return sound.run(command);
      } catch (InterruptedException e) {
        return new CommandResult(130, "", "", false);
      }
    }
  }

  static final class EndsWhatItLaunched extends Faulty {
    private Process launched;

    @Override
    DetachedCommand launch(CommandRunner sound, Command command) {
      try {
        launched =
            new ProcessBuilder(command.words()).directory(new File(command.directory())).start();
        return new DetachedCommand("", Optional.empty());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    void close() {
      if (launched != null) {
        launched.destroyForcibly().onExit().join();
      }
    }
  }

  static final class LeaksThreads extends Faulty {
    @Override
    CommandResult run(CommandRunner sound, Command command) throws InterruptedException {
      CountDownLatch never = new CountDownLatch(1);
      Thread thread =
          new Thread(
              () -> {
                try {
                  never.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "left behind");
      thread.setDaemon(true);
      thread.start();
      return sound.run(command);
    }
  }
}
