package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.adapters.fork.ForkScheduler;
import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jobs of FORK that are looked for from another PID namespace, and from what looks like another
 * host with the same files. To make namespaces takes the rights that servers for tests take.
 */
@Timeout(120)
@RequiresServices(value = Service.SSHD, shared = true)
class ForkPlacesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Makes another host of a namespace: another name, and another boot. */
  private static final String OTHER_HOST =
      """
      echo other-host >/proc/sys/kernel/hostname
      mount --bind "$0" /proc/sys/kernel/random/boot_id
      exec "$@"
      """;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aJobThatRunsElsewhereIsNeitherGoneNorCancelled(boolean otherHost) throws Exception {
    Path work = Files.createDirectory(directory.resolve("work"));
    Files.writeString(work.resolve("job.sh"), "until [ -e go ]; do sleep 0.05; done; exit 7\n");
    Path boot = Files.writeString(directory.resolve("boot"), UUID.randomUUID() + "\n");
    List<String> elsewhere = new ArrayList<>(List.of("unshare", "-p", "-f", "--mount-proc"));
    if (otherHost) {
      elsewhere.addAll(List.of("-m", "-u", "sh", "-c", OTHER_HOST, boot.toString()));
    }
    LaunchSpec spec = spec(work);
    try (CommandRunner here = new LocalCommandRunner();
        RemoteScheduler near = new ForkScheduler(here);
        RemoteScheduler far = new ForkScheduler(new Elsewhere(here, elsewhere))) {
      RemoteJob job = near.submit(spec).job();

      RemoteStatus status = far.statuses(List.of(job)).get(job);
      assertThat(status.state()).isEqualTo(RemoteStatus.State.UNSEEN);
      assertThat(status.reason())
          .contains(otherHost ? "from host other-host" : "and cannot be seen from host");
      assertThat(far.find(job.attempt())).contains(job);
      assertThat(far.submit(spec).status().state()).isEqualTo(RemoteStatus.State.UNSEEN);
      assertThatThrownBy(() -> far.cancel(job)).isInstanceOf(TransientAdapterException.class);
      assertThatThrownBy(() -> far.hold(job)).isInstanceOf(TransientAdapterException.class);

      assertThat(near.statuses(List.of(job)).get(job).state())
          .isEqualTo(RemoteStatus.State.RUNNING);
      Files.writeString(work.resolve("go"), "");
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                RemoteStatus end = far.statuses(List.of(job)).get(job);
                return end.isOver() && end.exitCode().orElse(-1) == 7;
              });
    }
  }

  @Test
  void aJobThatCannotBeSeenEndsWhenItsRecordIsDeleted() throws Exception {
    Path work = Files.createDirectory(directory.resolve("work"));
    Files.writeString(work.resolve("job.sh"), "until [ -e go ]; do sleep 0.05; done\n");
    List<String> elsewhere = List.of("unshare", "-p", "-f", "--mount-proc");
    LaunchSpec spec = spec(work);
    try (CommandRunner here = new LocalCommandRunner();
        RemoteScheduler near = new ForkScheduler(here);
        RemoteScheduler far = new ForkScheduler(new Elsewhere(here, elsewhere))) {
      RemoteJob job = near.submit(spec).job();
      assertThat(far.statuses(List.of(job)).get(job).state()).isEqualTo(RemoteStatus.State.UNSEEN);

      Path record = work.resolve(".jobs4j/" + job.attempt().key() + ".run");
      Path kept = Files.move(record, directory.resolve("record"));

      assertThat(far.statuses(List.of(job)).get(job).state()).isEqualTo(RemoteStatus.State.LOST);
      far.cancel(job);
      RemoteStatus end = far.statuses(List.of(job)).get(job);
      assertThat(end.isOver()).isTrue();
      assertThat(end.cause()).isEqualTo(RemoteStatus.Cause.CANCELLED);
      Files.move(kept, record);
      Files.writeString(work.resolve("go"), "");
      await().atMost(PATIENCE).until(() -> near.statuses(List.of(job)).get(job).isOver());
    }
  }

  private static LaunchSpec spec(Path work) {
    return LaunchSpec.builder(Attempt.of(UUID.randomUUID().toString(), 1, work.toString()))
        .name("job")
        .script("job.sh")
        .output("out")
        .error("err")
        .build();
  }

  /** A runner whose commands run elsewhere. */
  private record Elsewhere(CommandRunner runner, List<String> prefix) implements CommandRunner {
    @Override
    public CommandResult run(Command command) throws InterruptedException {
      return runner.run(moved(command));
    }

    @Override
    public DetachedCommand launch(Command command) throws InterruptedException {
      return runner.launch(moved(command));
    }

    @Override
    public DetachedCommand launchAndListen(Command command) throws InterruptedException {
      return runner.launchAndListen(moved(command));
    }

    private Command moved(Command command) {
      List<String> words = new ArrayList<>(prefix);
      words.addAll(command.words());
      return new Command(
          words,
          command.directory(),
          command.environment(),
          command.bare(),
          command.input(),
          command.timeLimit(),
          command.outputLimit());
    }

    @Override
    public void close() {}
  }
}
