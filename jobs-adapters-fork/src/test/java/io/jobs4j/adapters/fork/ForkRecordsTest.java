package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the records of jobs say, those that are broken, gone or of other hosts too. */
class ForkRecordsTest extends ForkFixture {
  @Test
  void nothingIsCertainWhileTheFileSystemIsAway() throws Exception {
    Path mount = Files.createDirectory(temporary.resolve("mount"));
    Path deep = Files.createDirectory(mount.resolve("work"));
    RemoteJob job = submit(spec(write(deep, "echo $$ >script; touch ready; sleep 313; :"))).job();
    await().atMost(PATIENCE).until(() -> Files.exists(deep.resolve("ready")));
    String script = Files.readString(deep.resolve("script")).strip();
    Path aside = Files.move(mount, temporary.resolve("aside"));
    try {
      assertThat(scheduler.find(job.attempt())).contains(job);
      assertThatThrownBy(() -> scheduler.cancel(job)).satisfies(this::saysThatItIsAway);
      await().atMost(PATIENCE).until(() -> !isAlive(script));
      awaitNone(keyOf(work));

      assertThat(status(job)).isEmpty();
      assertThatThrownBy(() -> scheduler.find(job.attempt())).satisfies(this::saysThatItIsAway);
    } finally {
      Files.move(aside, mount);
    }
    assertThat(awaitEnd(job).state()).isEqualTo(State.ENDED);
  }

  private void saysThatItIsAway(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SYSTEM_NOT_AVAILABLE))
        .hasMessageContaining("its file system seems to be away");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run 4711 %s 100 - - - free 99\njob 47\nend 5 exited 200\n",
        "job 4712 job\n\nend 5 exited 200\n",
        "run 4711 %s 100 - - - free 99\njob 4712 job\n\nend 5 exited 200\n",
      })
  void anEndIsReadFromARecordThatWasCutOrBegunAnew(String record) throws Exception {
    Attempt attempt = write(work, ":");
    Files.createDirectory(work.resolve(".jobs4j"));
    Files.writeString(
        work.resolve(".jobs4j/" + attempt.key() + ".run"),
        record.formatted("11111111-1111-1111-1111-111111111111"));
    RemoteJob job = new RemoteJob("4711", attempt);

    assertThat(status(job)).get().satisfies(end -> assertThat(end.exitCode()).hasValue(5));
  }

  @Test
  void aJobWhoseRecordIsGoneIsLostOnceItsProcessesAre() throws Exception {
    RemoteJob job = submit("touch ready\n" + gate("gate")).job();
    awaitFile("ready");
    Files.delete(work.resolve(".jobs4j/" + keyOf(work) + ".run"));
    RemoteJob cancelled = new RemoteJob("4711", new Attempt("cancelled", work.toString()));
    scheduler.cancel(cancelled);
    RemoteJob deletedRecord = new RemoteJob("4711", new Attempt("record", work.toString()));
    RemoteJob unknown = new RemoteJob("", new Attempt("unknown", work.toString()));

    Map<RemoteJob, RemoteStatus> statuses =
        scheduler.statuses(List.of(job, deletedRecord, cancelled, unknown));

    assertThat(statuses.get(job)).isEqualTo(RemoteStatus.running(null).withHeld(false));
    RemoteStatus lost = RemoteStatus.lost(null, "Its run record in the work directory is gone.");
    assertThat(statuses.get(deletedRecord)).isEqualTo(lost);
    assertThat(statuses.get(cancelled).cause()).isEqualTo(Cause.CANCELLED);
    assertThat(statuses).doesNotContainKey(unknown);
    open("gate");
    assertThat(awaitEnd(job).exitCode()).as("what the wrapper wrote anew").hasValue(0);
  }

  @Test
  void aJobWhoseWholeWorkDirectoryIsMissingMayHaveRunElsewhere() throws Exception {
    Path none = temporary.resolve("none");
    RemoteJob launched = new RemoteJob("4711", attempt(none));
    RemoteJob unknown = new RemoteJob("", attempt(none));

    RemoteStatus status = status(launched).orElseThrow();

    assertThat(status.state()).isEqualTo(State.UNSEEN);
    assertThat(status.reason())
        .startsWith("The work directory " + none + " does not exist on host " + Place.HERE.host());
    assertThatThrownBy(() -> scheduler.cancel(launched))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.JOB_NOT_VISIBLE))
        .hasMessageContaining(status.reason());
    assertThat(status(unknown)).isEmpty();
    assertThat(scheduler.find(unknown.attempt())).as("nobody can launch it there").isEmpty();
    scheduler.cancel(unknown);
  }

  @Test
  void recordsThatNobodyCanReadHarmNoOtherJob() throws Exception {
    RemoteJob good = submit("exit 6").job();
    awaitEnd(good);
    RemoteJob big = record("big", "1".repeat(3_000_000) + "\n");
    RemoteJob number = record("number", "1".repeat(1000) + " boot 1\n");
    RemoteJob pipe = record("pipe", "1");
    Files.delete(work.resolve(".jobs4j/pipe.run"));
    gate(".jobs4j/pipe.run");
    RemoteJob device = record("device", "1");
    Files.delete(work.resolve(".jobs4j/device.run"));
    Files.createSymbolicLink(work.resolve(".jobs4j/device.run"), Path.of("/dev/zero"));
    List<RemoteJob> damaged = List.of(big, number, pipe, device);
    List<RemoteJob> all = new ArrayList<>(damaged);
    all.add(good);

    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(all);

    assertThat(statuses.get(good).exitCode()).hasValue(6);
    for (RemoteJob job : damaged) {
      assertThat(statuses.get(job).state()).as(job.attempt().key()).isEqualTo(State.LOST);
      scheduler.hold(job);
      cancelNow(job);
    }
  }

  @Test
  void isNotMistakenByAProcessNumberInUseAgain() throws Exception {
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    String script = "# jobs4j wrapper same\nread -r nothing";
    Process foreign = new ProcessBuilder("setsid", "sh", "-c", script).start();
    try {
      Path words = Path.of("/proc", Long.toString(foreign.pid()), "cmdline");
      await().atMost(PATIENCE).until(() -> Files.readString(words).startsWith("sh"));
      RemoteJob same = record("same", foreign.pid() + " " + boot + " 1\n");
      RemoteJob reused = record("reused", foreign.pid() + " " + boot + " 1\n");
      Path other = Files.createDirectories(work.resolve("other/.jobs4j"));
      Files.writeString(
          other.resolve("same.run"),
          "run %d another-boot 1 4026531836 %s %s\n"
              .formatted(foreign.pid(), Place.HERE.host(), Place.HERE.machine()));
      RemoteJob rebooted =
          new RemoteJob(same.remoteJobId(), new Attempt("same", other.getParent().toString()));

      Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(List.of(same, reused));
      try (ForkScheduler first = new ForkScheduler(inNamespace("4026531836"))) {
        statuses.putAll(first.statuses(List.of(rebooted)));
      }
      cancelNow(reused);
      cancelNow(rebooted);
      scheduler.hold(reused);

      assertThat(statuses.get(same).state()).isEqualTo(State.RUNNING);
      assertThat(statuses.get(reused).state()).isEqualTo(State.LOST);
      assertThat(statuses.get(rebooted).state()).isEqualTo(State.LOST);
      assertThat(foreign.isAlive()).isTrue();
      assertThat(stateOf(Long.toString(foreign.pid()))).isNotEqualTo("T");
      assertThat(status(reused)).get().extracting(RemoteStatus::cause).isEqualTo(Cause.CANCELLED);
    } finally {
      foreign.destroyForcibly();
    }
  }

  @Test
  void anIncompleteRecordIsNoEvidenceUntilItIsOld() throws Exception {
    RemoteJob job = record("torn", "12");
    Path record = work.resolve(".jobs4j/torn.run");

    assertThat(status(job)).isEmpty();
    assertThat(scheduler.find(job.attempt())).isPresent();
    Files.setLastModifiedTime(record, FileTime.from(Instant.now().minusSeconds(300)));
    assertThat(status(job)).get().extracting(RemoteStatus::state).isEqualTo(State.LOST);
  }

  @Test
  void aRecordThatAJobTamperedWithHarmsNoOtherJob() throws Exception {
    RemoteJob bad =
        record(
            "bad",
            "1 boot 08\nend 0 x\\njobs4j\\040job\\0401\\0401\\040ended a[$(touch${IFS}hacked)]\n");
    RemoteJob good = submit("exit 6").job();
    awaitEnd(good);

    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(List.of(bad, good));

    assertThat(statuses.get(good).exitCode()).hasValue(6);
    assertThat(statuses.get(bad).state()).isEqualTo(State.UNSEEN);
    assertThat(work.resolve("hacked")).doesNotExist();
  }

  @Test
  void asksForManyJobsInOneCommand() throws Exception {
    List<RemoteJob> jobs = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Path directory = Files.createDirectory(work.resolve("job " + i));
      Attempt attempt = new Attempt("many-" + i, directory.toString());
      write(directory, "exit " + i % 100);
      jobs.add(submit(spec(attempt, null, Map.of())).job());
    }
    jobs.add(new RemoteJob("0", new Attempt("never-1", work.toString())));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                scheduler.statuses(jobs).values().stream().filter(RemoteStatus::isOver).count()
                    == 300);
    CountingRunner counting = CountingRunner.far(runner);
    Map<RemoteJob, RemoteStatus> statuses;
    try (ForkScheduler counted = new ForkScheduler(counting)) {
      statuses = counted.statuses(jobs);
    }

    assertThat(counting.runs).hasValue(1);
    assertThat(counting.launches).hasValue(0);
    assertThat(statuses)
        .as("what the scripts say and what is read here")
        .hasSize(300)
        .isEqualTo(scheduler.statuses(jobs));
    for (int i = 0; i < 300; i++) {
      assertThat(statuses.get(jobs.get(i)).exitCode()).hasValue(i % 100);
      assertThat(statuses.get(jobs.get(i)).ended()).isNotNull();
    }
  }

  @Test
  void takesNoCommandForAJobWhoseFilesItSees() throws Exception {
    CountingRunner counting = CountingRunner.near(runner);
    try (ForkScheduler near = new ForkScheduler(counting)) {
      List<RemoteJob> told = new CopyOnWriteArrayList<>();
      near.onChange(told::add);
      // The first also asks for the account, and starts the shell that launches both.
      Path first = Files.createDirectory(work.resolve("first"));
      submitted.add(near.submit(spec(write(first, "exit 0"))).job());
      await().atMost(PATIENCE).until(() -> told.equals(submitted));
      told.clear();
      counting.launches.set(0);
      counting.runs.set(0);
      RemoteJob job = near.submit(spec(write(work, "exit 3"))).job();
      submitted.add(job);
      await().atMost(PATIENCE).until(() -> told.equals(List.of(job)));

      assertThat(near.statuses(List.of(job)).get(job).exitCode()).hasValue(3);
      assertThat(counting.launches).hasValue(0);
      assertThat(counting.runs).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "end 3 exited 700",
        "end 137 exited 700",
        "ending 143 cancelled 650\nend 143 cancelled 700",
        "ending 124 limit 650\nend 124 limit 700",
        "ending 0 exited 650",
        "end 3 exited 400",
        "end 1234 exited 700",
        "end 3 gone 700",
        "end 3 exited 700\nend 4 exited 800",
        "end 3 exited 1234567890123456789",
        "end -3 exited 700",
        "end 3 exited 700\r",
      })
  void readsRecordsAsTheScriptsDo(String lines) throws Exception {
    RemoteJob job = record("read", "4711 another-boot 500\n" + lines + "\n");
    RemoteJob torn = record("torn", "4711 another-boot 500\n" + lines);
    List<RemoteJob> jobs = List.of(job, torn);

    try (ForkScheduler far = new ForkScheduler(CountingRunner.far(runner))) {
      assertThat(scheduler.statuses(jobs)).isEqualTo(far.statuses(jobs)).containsKey(job);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "same, other, same, same",
    "other, same, other, same",
    "other, same, same, other",
    "other, other, same, same",
    "other, same, -, same",
    "other, same, same, -",
    "other, '', '', ''",
  })
  void nothingIsSaidOrDoneOfAJobThatRunsElsewhere(
      String boot, String namespace, String host, String machine) throws Exception {
    RemoteJob job = record("far", recordedAt(boot, namespace, host, machine));

    RemoteStatus status = status(job).orElseThrow();
    assertThat(status.state()).isEqualTo(State.UNSEEN);
    if (!host.isEmpty()) {
      assertThat(status.reason())
          .startsWith("The job runs on host " + (host.equals("same") ? Place.HERE.host() : host))
          .contains(" and cannot be seen from host " + Place.HERE.host() + " (boot ");
    }
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> scheduler.cancel(job), () -> scheduler.hold(job), () -> scheduler.release(job))) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.JOB_NOT_VISIBLE))
          .hasMessageContaining(status.reason());
    }
    assertThat(work.resolve(".jobs4j/far.cancel")).doesNotExist();
    assertThat(work.resolve(".jobs4j/far.hold")).doesNotExist();
    assertThat(scheduler.find(job.attempt())).contains(job);
    assertThat(scheduler.submit(spec(job.attempt())).status().state()).isEqualTo(State.UNSEEN);

    Files.writeString(
        work.resolve(".jobs4j/far.run"), "end 4 exited 700\n", StandardOpenOption.APPEND);
    assertThat(status(job).orElseThrow().exitCode()).as("what it recorded itself").hasValue(4);
  }

  @ParameterizedTest
  @CsvSource({"4026531836, LOST", "4026532201, UNSEEN"})
  void onlyInTheFirstNamespaceIsAJobOfAnEarlierBootOfItsHostGone(String namespace, State state)
      throws Exception {
    RemoteJob job = record("before", recordedAt("other", namespace, "same", "same"));

    try (ForkScheduler there = new ForkScheduler(inNamespace(namespace))) {
      assertThat(there.statuses(List.of(job)).get(job).state()).isEqualTo(state);
    }
  }

  /** A runner of a host whose processes are in a namespace of this number. */
  private CommandRunner inNamespace(String number) throws IOException {
    program("readlink", "echo 'pid:[" + number + "]'");
    return ChangedRunner.finding(runner, temporary.resolve("bin").toString());
  }

  private static String recordedAt(String boot, String namespace, String host, String machine)
      throws IOException {
    String here = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    return "4711 %s 500 %s %s %s\n"
        .formatted(
            boot.equals("same") ? here : boot,
            namespace.equals("same") ? Place.HERE.namespace() : namespace,
            host.equals("same") ? Place.HERE.host() : host,
            machine.equals("same") ? Place.HERE.machine() : machine);
  }

  private RemoteJob record(String key, String rest) throws IOException {
    Path directory = Files.createDirectories(work.resolve(".jobs4j"));
    Files.writeString(directory.resolve(key + ".run"), "run " + rest);
    return new RemoteJob(rest.split(" ", -1)[0], new Attempt(key, work.toString()));
  }
}
