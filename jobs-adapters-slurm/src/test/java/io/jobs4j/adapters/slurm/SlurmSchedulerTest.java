package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the scheduler asks of the cluster, how often, and what it makes of broken answers. */
class SlurmSchedulerTest extends SlurmFixture {
  @Test
  void isFoundByItsNames() {
    assertThat(ServiceLoader.load(RemoteSchedulerProvider.class))
        .extracting(RemoteSchedulerProvider::scheduler)
        .containsExactlyInAnyOrder("SLURM", "CUSTOM_SLURM");
  }

  @ParameterizedTest
  @CsvSource({"SLURM, true", "CUSTOM_SLURM, false"})
  void onlyOnCustomSystemsDirectivesAreAll(String name, boolean both) throws Exception {
    RemoteSchedulerProvider provider =
        ServiceLoader.load(RemoteSchedulerProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(one -> one.scheduler().equals(name))
            .findFirst()
            .orElseThrow();
    LaunchSpec spec =
        LaunchSpec.builder(attempt())
            .name("name")
            .script("job.sh")
            .output("job.out")
            .error("job.err")
            .nodeCount(3)
            .queue(SlurmDirectivesTest.queue("-A mine"))
            .build();

    try (RemoteScheduler opened = provider.open(system(name), cluster)) {
      assertThat(opened.submit(spec).job().remoteJobId()).isEqualTo("101");
    }

    assertThat(cluster.words()).contains("--account=mine\n");
    assertThat(cluster.words().contains("--nodes=3\n")).isEqualTo(both);
  }

  @Test
  void anAnswerThatIsLostAnywhereLosesNothing() throws Exception {
    for (int lost = 1; lost <= 2; lost++) {
      Attempt attempt = new Attempt("lost-" + lost, work.toString());
      SlurmScheduler scheduler = other();
      int[] left = {lost};
      cluster.answers =
          result -> {
            if (--left[0] == 0) {
              throw new TransientAdapterException(
                  RecoveryCondition.SSH_CONNECTION_FAILURE, "gone", null);
            }
            return result;
          };
      long before = cluster.calls("sbatch");
      assertThatThrownBy(() -> scheduler.submit(spec(attempt)))
          .isInstanceOf(TransientAdapterException.class);
      cluster.answers = result -> result;
      clock.advance(Duration.ofSeconds(1));

      RemoteJob job = scheduler.submit(spec(attempt)).job();

      assertThat(cluster.calls("sbatch")).isEqualTo(before + 1);
      assertThat(scheduler.find(attempt)).contains(job);
    }
  }

  @Test
  void aTruncatedAnswerIsNoEvidence() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    for (int length : List.of(0, 10, 30, 45)) {
      cluster.answers =
          result ->
              new CommandResult(
                  0,
                  result.output().substring(0, Math.min(length, result.output().length())),
                  "",
                  true);
      assertThatThrownBy(() -> scheduler.statuses(List.of(job)))
          .isInstanceOf(TransientAdapterException.class);
      assertThatThrownBy(() -> other().find(attempt()))
          .isInstanceOf(TransientAdapterException.class);
    }
  }

  @Test
  void bannersDoNotMatter() throws Exception {
    String banner = "*** Welcome ***\n101             COMPLETED\njobs4jx done\n".repeat(200);
    cluster.answers =
        result ->
            new CommandResult(result.exitCode(), banner + result.output() + banner, banner, false);

    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "RUNNING");

    assertThat(job.remoteJobId()).isEqualTo("101");
    assertThat(status(job))
        .isEqualTo(RemoteStatus.running(Instant.ofEpochSecond(1_700_000_000)).withHeld(false));
    assertThat(other().find(attempt())).contains(job);
  }

  @ParameterizedTest
  @CsvSource({"500, 10, 1", "2000, 36, 1", "2001, 36, 2", "1000, 200, 2"})
  void manyJobsAreFewCommands(int count, int keyLength, int looks) throws Exception {
    List<RemoteJob> jobs = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      String key = "many-" + "0".repeat(keyLength - 10) + (10_000 + i);
      jobs.add(new RemoteJob(Integer.toString(10_000 + i), new Attempt(key, "/w")));
    }
    for (RemoteJob job : List.of(jobs.get(0), jobs.get(count - 1))) {
      cluster.job(job.remoteJobId(), "jobs-" + job.attempt().key(), "RUNNING");
    }
    scheduler.probe();
    long before = cluster.calls("squeue");

    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(jobs);

    assertThat(cluster.calls("squeue") - before).isEqualTo(looks);
    assertThat(statuses).containsOnlyKeys(jobs.get(0), jobs.get(count - 1));
  }

  @Test
  void ofAUserThatSlurmCannotLookUpNothingIsKnown() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.nobody();
    Files.delete(work.resolve(".jobs4j/attempt-1.id"));

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> scheduler.statuses(List.of(job)))
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageContaining("Invalid user");
      clock.advance(Duration.ofHours(1));
    }
    assertThatThrownBy(() -> scheduler.find(attempt()))
        .isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.submit(spec()))
        .isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.hold(job)).isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.release(job)).isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.cancel(job))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("Invalid user");
    assertThatThrownBy(() -> scheduler.probe()).isInstanceOf(TransientAdapterException.class);
    assertThat(cluster.calls("sbatch")).isEqualTo(1);
  }

  @Test
  void onlyJobsOfTheUserAreAskedFor() throws Exception {
    cluster.accounting(true);
    RemoteJob job = scheduler.submit(spec()).job();
    Files.delete(work.resolve(".jobs4j/attempt-1.id"));
    cluster.purge("101");
    cluster.accounts("77|COMPLETED\n");
    assertThat(scheduler.find(attempt())).contains(new RemoteJob("77", attempt()));
    cluster.job("101", NAME, "PENDING");
    cluster.job("102", NAME, "PENDING");
    status(job);
    scheduler.probe();
    scheduler.cancel(job);

    assertThat(cluster.calls())
        .filteredOn(call -> call.matches("squeue.*|sacct.*--name.*"))
        .hasSizeGreaterThan(4)
        .allMatch(call -> call.contains(" -u "));
    assertThat(cluster.calls())
        .filteredOn(call -> call.startsWith("scancel"))
        .isNotEmpty()
        .allMatch(call -> call.matches("scancel \\d+"));
  }

  @Test
  void jobsOfWhichTogetherTooMuchIsSaidAreSettledSingly() throws Exception {
    cluster.accounting(true);
    cluster.accounts("");
    List<RemoteJob> jobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path directory = Files.createDirectories(temporary.resolve("of-" + i + "/.jobs4j"));
      Files.writeString(directory.resolve("of-" + i + ".run"), "run 7%d 0 1\n".formatted(i));
      Files.writeString(
          directory.resolve("of-" + i + ".end"),
          "end of-%d 7%d 0 %d exited 1 2\n".formatted(i, i, i));
      jobs.add(new RemoteJob("7" + i, new Attempt("of-" + i, directory.getParent().toString())));
    }
    cluster.answers =
        result ->
            // Of the last there are too many steps by itself.
            result.output().contains("begin records-1")
                    || (result.output().contains("end of-2") && !lastCall("sacct").endsWith(" -X"))
                ? new CommandResult(0, result.output().substring(0, 20), "", true)
                : result;

    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(jobs);

    assertThat(jobs).allSatisfy(job -> assertThat(statuses).containsKey(job));
    assertThat(statuses.get(jobs.get(2)).exitCode()).hasValue(2);
  }

  @Test
  void settingsAreAskedForOnceADay() throws Exception {
    scheduler.probe();
    scheduler.probe();
    assertThat(cluster.calls("scontrol show config")).isEqualTo(1);
    clock.advance(Duration.ofDays(1));
    scheduler.probe();
    assertThat(cluster.calls("scontrol show config")).isEqualTo(2);
  }

  @Test
  void aClusterThatDoesNotSayHowItIsConfiguredIsLeftInPeaceForAWhile() throws Exception {
    cluster.down(true);
    int asked = 0;
    for (int pause : List.of(1, 2, 4, 8, 16, 32, 60, 60)) {
      asked++;
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> scheduler.find(attempt()))
            .isInstanceOfSatisfying(
                TransientAdapterException.class,
                e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SCHEDULER_NOT_ANSWERING))
            .hasMessageContaining("No answer from scontrol");
      }
      assertThat(cluster.calls("scontrol show config")).isEqualTo(asked);
      clock.advance(Duration.ofSeconds(pause));
    }
    assertThatThrownBy(() -> scheduler.find(attempt()))
        .isInstanceOf(TransientAdapterException.class);
    // Whoever asks whether it answers wants to know.
    assertThatThrownBy(() -> scheduler.probe()).isInstanceOf(TransientAdapterException.class);
    assertThat(cluster.calls("scontrol show config")).isEqualTo(asked + 2);
    cluster.down(false);
    scheduler.probe();
    assertThat(scheduler.find(attempt())).isEmpty();
  }

  @Test
  void whatWasKnownIsBelievedWhileTheClusterDoesNotSayHowItIsConfigured() throws Exception {
    scheduler.probe();
    clock.advance(Duration.ofDays(1));
    cluster.answers =
        result ->
            result.output().contains("jobs4j begin config")
                ? new CommandResult(0, "", "", false)
                : result;

    assertThat(scheduler.find(attempt())).isEmpty();
    assertThat(scheduler.find(attempt())).isEmpty();

    assertThat(cluster.calls("scontrol show config")).isEqualTo(2);
  }

  private String lastCall(String command) {
    try {
      return cluster.calls().stream()
          .filter(call -> call.startsWith(command))
          .reduce("", (first, last) -> last);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ExecutionSystem system(String scheduler) {
    return new ExecutionSystem(
        "system",
        null,
        true,
        scheduler,
        new LoginAccess("LOCAL", null, 0),
        new StorageAccess("LOCAL", null, 0, "/", "/"),
        null,
        null,
        null,
        List.of(),
        false,
        -1,
        -1,
        List.of());
  }
}
