package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.adapters.slurm.internal.AttemptScripts;
import io.jobs4j.adapters.slurm.internal.RunRecord;
import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options, and what the batch script does in a real shell. */
@Timeout(60)
class BatchSubmissionTest {
  private static final String KEY = "attempt-1";

  @TempDir private Path temporary;

  private final LocalCommandRunner runner = new LocalCommandRunner();
  private Path work;
  private String path = System.getenv("PATH");

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    work = Files.createDirectory(temporary.resolve("it's a \"work\" $(dir) `of` % \\n ü"));
  }

  @AfterEach
  void close() {
    runner.close();
  }

  @Test
  void asksForWhatTheJobNeeds() {
    List<String> words =
        BatchSubmission.of(
                spec("/w/d", Map.of(), queue(null), 2, 8, 1.5, Duration.ofSeconds(61)),
                false,
                false)
            .words();

    assertThat(words)
        .containsExactly(
            "sbatch",
            "--parsable",
            "--job-name=jobs-attempt-1",
            "--comment=attempt-1",
            "--export=ALL",
            "--chdir=/w/d",
            "--output=/w/d/job.out",
            "--error=/w/d/job.err",
            "--open-mode=append",
            "--no-requeue",
            "--nodes=2",
            "--ntasks-per-node=8",
            "--time=2",
            "--mem=1536M",
            "--partition=long");
  }

  @Test
  void asksForNothingThatWasNotAskedFor() {
    assertThat(BatchSubmission.of(spec("/w", Map.of(), null, 1, 1, 0, null), false, false).words())
        .noneMatch(word -> word.startsWith("--time") || word.startsWith("--mem"))
        .noneMatch(word -> word.startsWith("--partition"));
  }

  @Test
  void directivesCount() {
    List<String> words =
        BatchSubmission.of(
                spec(
                    "/w",
                    Map.of(),
                    queue("--requeue\n-c 4\n--mem-per-cpu=1G\n-p other"),
                    1,
                    4,
                    2,
                    null),
                false,
                false)
            .words();

    assertThat(words)
        .contains("--requeue", "--cpus-per-task=4", "--mem-per-cpu=1G")
        .doesNotContain("--no-requeue")
        .noneMatch(word -> word.startsWith("--ntasks-per-node") || word.startsWith("--mem="))
        .containsSubsequence("--partition=long", "--partition=other");
  }

  @Test
  void directivesOfCustomSystemsTakeThePlaceOfAllResources() {
    BatchQueue queue = queue("-n 7");

    assertThat(
            BatchSubmission.of(
                    spec("/w", Map.of(), queue, 2, 4, 2, Duration.ofHours(1)), true, false)
                .words())
        .containsExactly(
            "sbatch",
            "--parsable",
            "--job-name=jobs-attempt-1",
            "--comment=attempt-1",
            "--export=ALL",
            "--chdir=/w",
            "--output=/w/job.out",
            "--error=/w/job.err",
            "--open-mode=append",
            "--no-requeue",
            "--ntasks=7");
    assertThat(
            BatchSubmission.of(
                    spec("/w", Map.of(), queue(null), 2, 4, 2, Duration.ofHours(1)), true, false)
                .words())
        .contains("--nodes=2", "--partition=long");
  }

  @ParameterizedTest
  @CsvSource({
    "--ntasks-per-gpu=2, false",
    "-n 4, false",
    "--ntasks-per-socket=2, true",
    "--ntasks-per-core=1, true",
    "--gpus=2, true"
  })
  void tasksAreCountedInOneWay(String directive, boolean perNode) {
    List<String> words =
        BatchSubmission.of(spec("/w", Map.of(), queue(directive), 1, 4, 0, null), false, false)
            .words();

    assertThat(words.contains("--ntasks-per-node=4")).isEqualTo(perNode);
  }

  @Test
  void percentSignsOfPathsAreNoPatterns() {
    assertThat(
            BatchSubmission.of(spec("/w/%j", Map.of(), null, 1, 1, 0, null), false, false).words())
        .contains("--chdir=/w/%j", "--output=/w/%%j/job.out");
    assertThat(
            BatchSubmission.of(spec("/w/%j\\n", Map.of(), null, 1, 1, 0, null), false, false)
                .words())
        .contains("--chdir=/w/%j\\n", "--output=/w/%j\\\\n/job.out");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "3, 3", "255, 255"})
  void recordsWhatTheScriptReturned(int code, int recorded) throws Exception {
    CommandResult result = run("exit " + code, "42", "0");

    assertThat(result.exitCode()).isEqualTo(code);
    RunRecord record = record();
    assertThat(record.owner()).isEqualTo("42");
    assertThat(record.endOf("42", 0)).isNotNull();
    assertThat(record.endOf("42", 0).code()).isEqualTo(recorded);
    assertThat(record.endOf("42", 0).cause()).isEqualTo(RunRecord.Cause.EXITED);
    try (var files = Files.list(work.resolve(".jobs4j"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(KEY + ".run", KEY + ".end");
    }
  }

  @Test
  void recordsThatASignalEndedTheScript() throws Exception {
    run("kill -s KILL $$", "42", "0");

    assertThat(record().endOf("42", 0)).isNotNull().extracting(RunRecord.End::code).isEqualTo(137);
  }

  @Test
  void outlivesASignalToAllProcesses() throws Exception {
    run("kill -s TERM $PPID $$; sleep 30", "42", "0");

    assertThat(record().endOf("42", 0)).isNotNull().extracting(RunRecord.End::code).isEqualTo(143);
  }

  @Test
  void handsSignalsOnThatOnlyItGets() throws Exception {
    CommandResult result =
        run(
            spec(work.toString(), Map.of(), queue("--signal=B:TERM@60"), 1, 1, 0, null),
            """
            trap 'echo told; exit 4' TERM
            kill -s TERM $PPID
            n=0
            while [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
            """,
            "42",
            "0");

    assertThat(result.output()).isEqualTo("told\n");
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(record().endOf("42", 0)).isNotNull().extracting(RunRecord.End::code).isEqualTo(4);
  }

  @Test
  void theSecondJobOfAnAttemptDoesNothing() throws Exception {
    run("echo once >>count", "42", "0");

    CommandResult second = run("echo once >>count", "43", "0");

    assertThat(second.exitCode()).isEqualTo(AttemptScripts.TAKEN);
    // Its output files are those of the job that runs.
    assertThat(second.output() + second.error()).isEmpty();
    assertThat(work.resolve("count")).hasContent("once");
    assertThat(record().owner()).isEqualTo("42");
    assertThat(record().endOf("42", 0)).isNotNull();
  }

  @Test
  void theOneThatRunsEmptiesTheOutputAndNoCopyDoes() throws Exception {
    Files.writeString(work.resolve("job.out"), "of an earlier run\n");
    Files.writeString(work.resolve("job.err"), "of an earlier run\n");

    run("echo mine >>job.out", "42", "0");
    run("echo theirs >>job.out", "43", "0");

    assertThat(work.resolve("job.out")).hasContent("mine");
    assertThat(work.resolve("job.err")).isEmptyFile();
  }

  @Test
  void directivesMayDecideWhatBecomesOfOldOutput() throws Exception {
    Files.writeString(work.resolve("job.out"), "of an earlier run\n");
    LaunchSpec spec = spec(work.toString(), Map.of(), queue("--open-mode=append"), 1, 1, 0, null);

    run(spec, "echo mine >>job.out", "42", "0");

    assertThat(Files.readAllLines(work.resolve("job.out"))).hasSize(2);
    assertThat(BatchSubmission.of(spec, false, false).words())
        .containsOnlyOnce("--open-mode=append");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "run 4"})
  void anAttemptWhoseRecordIsDamagedDoesNotRun(String record) throws Exception {
    Files.createDirectory(work.resolve(".jobs4j"));
    Files.writeString(work.resolve(".jobs4j/" + KEY + ".run"), record);

    assertThat(run("touch started", "42", "0").exitCode()).isEqualTo(AttemptScripts.TAKEN);
    assertThat(work.resolve("started")).doesNotExist();
  }

  @Test
  void whereThereAreNoLinksOneRunsToo() throws Exception {
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    Path ln = Files.writeString(bin.resolve("ln"), "#!/bin/sh\nexit 1\n");
    Files.setPosixFilePermissions(ln, PosixFilePermissions.fromString("rwxr-xr-x"));
    path = bin + ":" + path;

    assertThat(run("echo once >>count", "42", "0").exitCode()).isZero();
    assertThat(run("echo once >>count", "43", "0").exitCode()).isEqualTo(AttemptScripts.TAKEN);

    assertThat(work.resolve("count")).hasContent("once");
    assertThat(record().owner()).isEqualTo("42");
  }

  @Test
  void aLinkIsAClaimThoughTheAnswerWasLost() throws Exception {
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    Path ln = Files.writeString(bin.resolve("ln"), "#!/bin/sh\n/bin/ln \"$@\"\nexit 1\n");
    Files.setPosixFilePermissions(ln, PosixFilePermissions.fromString("rwxr-xr-x"));
    path = bin + ":" + path;

    assertThat(run("echo once >>count", "42", "0").exitCode()).isZero();
    assertThat(run("echo once >>count", "43", "0").exitCode()).isEqualTo(AttemptScripts.TAKEN);
    assertThat(run("echo once >>count", "42", "0").exitCode()).isEqualTo(AttemptScripts.TAKEN);

    assertThat(work.resolve("count")).hasContent("once");
    assertThat(record().owner()).isEqualTo("42");
  }

  @Test
  void whatAnEarlierProcessOfTheSameNumberLeftIsNotWrittenTo() throws Exception {
    Path control = Files.createDirectory(work.resolve(".jobs4j"));
    Path run = Files.writeString(control.resolve(KEY + ".run"), "run 42 0 1700000000\n");
    write("exit 3");
    String left = "ln %1$s %1$s.42.n1.$$; exec /bin/sh \"$0\"".formatted(run);

    CommandResult result =
        runner.run(
            Command.of("/bin/sh", "-c", left, batch(plainSpec()).toString())
                .withEnvironment(
                    Map.of(
                        "PATH", path,
                        "SLURM_JOB_ID", "42",
                        "SLURM_RESTART_COUNT", "1",
                        "SLURMD_NODENAME", "n1")));

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(Files.readAllLines(run)).hasSize(2).startsWith("run 42 0 1700000000");
    assertThat(record().endOf("42", 1)).isNotNull();
  }

  @Test
  void aJobThatSlurmStartsTwiceAtOnceRunsOnce() throws Exception {
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    // The second start comes to its claim just before the first makes its own.
    String claims =
        """
        #!/bin/sh
        if [ -z "$FIRST" ]; then
          FIRST=$1 /bin/sh %s
          echo $? >second
          exit
        fi
        /bin/ln "$FIRST" "$2"
        exec /bin/ln "$@"
        """
            .formatted(temporary.resolve("batch"));
    Path ln = Files.writeString(bin.resolve("ln"), claims);
    Files.setPosixFilePermissions(ln, PosixFilePermissions.fromString("rwxr-xr-x"));
    path = bin + ":" + path;

    assertThat(run("echo once >>count", "42", "0").exitCode()).isZero();

    assertThat(work.resolve("second")).hasContent("" + AttemptScripts.TAKEN);
    assertThat(Files.readAllLines(work.resolve("count"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--signal=B:TERM@60"})
  void variablesOfTheLoginAreLeftAlone(String directive) throws Exception {
    Map<String, String> login = new TreeMap<>();
    for (String name :
        List.of(
            "key", "work", "control", "job", "restart", "run", "end", "began", "line", "claimed",
            "written", "owner", "last", "word", "id", "count", "rest", "code", "cause", "ended",
            "name", "child", "early")) {
      login.put(name, "of the login");
    }

    run(
        spec(work.toString(), Map.of(), queue(directive), 1, 1, 0, null),
        "env >variables",
        "42",
        "0",
        login);

    List<String> variables = Files.readAllLines(work.resolve("variables"));
    assertThat(variables)
        .containsAll(login.keySet().stream().map(name -> name + "=of the login").toList())
        .noneMatch(line -> line.startsWith("jobs4j"));
  }

  @ParameterizedTest
  @CsvSource({"'', unset", "--open-mode=append, a"})
  void stepsOpenTheirFilesAsSlurmDoesByItself(String directive, String mode) throws Exception {
    CommandResult result =
        run(
            spec(work.toString(), Map.of(), queue(directive), 1, 1, 0, null),
            "echo ${SLURM_OPEN_MODE-unset}",
            "42",
            "0",
            Map.of("SLURM_OPEN_MODE", "a"));

    assertThat(result.output()).isEqualTo(mode + "\n");
  }

  @ParameterizedTest
  @CsvSource({"token, none", "'', none"})
  void theTokenOfTheSubmissionIsNotForTheJob(String token, String seen) throws Exception {
    CommandResult result =
        run(plainSpec(), "echo ${SLURM_JWT-none}", "42", "0", Map.of("SLURM_JWT", token));

    assertThat(result.output()).isEqualTo(seen + "\n");
  }

  @Test
  void aTokenOfTheDefinitionIsForTheJob() throws Exception {
    CommandResult result =
        run(
            spec(work.toString(), Map.of("SLURM_JWT", "own"), null, 1, 1, 0, null),
            "echo ${SLURM_JWT-none}",
            "42",
            "0",
            Map.of("SLURM_JWT", "token"));

    assertThat(result.output()).isEqualTo("own\n");
  }

  @Test
  void aJobThatSlurmStartsTwiceByMistakeRunsOnce() throws Exception {
    run("echo once >>count; exit 3", "42", "1");

    assertThat(run("echo once >>count", "42", "1").exitCode()).isEqualTo(AttemptScripts.TAKEN);
    assertThat(run("echo once >>count", "42", "").exitCode()).isEqualTo(AttemptScripts.TAKEN);
    assertThat(work.resolve("count")).hasContent("once");
    assertThat(record().endOf("42", 1)).isNotNull().extracting(RunRecord.End::code).isEqualTo(3);
  }

  @Test
  void aJobThatIsQueuedAgainRunsAgain() throws Exception {
    run("echo once >>count; exit 3", "42", "");

    run("echo once >>count; [ ! -e .jobs4j/attempt-1.end ]", "42", "1");

    assertThat(Files.readAllLines(work.resolve("count"))).hasSize(2);
    assertThat(record().endOf("42", 1)).isNotNull().extracting(RunRecord.End::code).isEqualTo(0);
  }

  @Test
  void aCancelledAttemptDoesNotRun() throws Exception {
    Files.createDirectory(work.resolve(".jobs4j"));
    Files.createFile(work.resolve(".jobs4j/attempt-1.cancel"));

    run("touch started", "42", "0");

    assertThat(work.resolve("started")).doesNotExist();
    assertThat(record().endOf("42", 0)).isNotNull();
    assertThat(record().endOf("42", 0).cause()).isEqualTo(RunRecord.Cause.CANCELLED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "two words",
        "$(touch pwned) `touch pwned` ${HOME}",
        "it's \"quoted\" \\n %s %%",
        "line\nline\n\n",
        "a\r\nb\r",
        "\\r \\0015 \\\\",
        "ü € 𝄞",
        "-n"
      })
  void valuesArriveAsTheyAre(String value) throws Exception {
    run(
        spec(work.toString(), Map.of("VALUE", value), null, 1, 1, 0, null),
        "printf %s \"$VALUE\" >value",
        "42",
        "0");

    assertThat(Files.readString(work.resolve("value"))).isEqualTo(value);
    assertThat(work.resolve("pwned")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "startup /opt/start.sh, 0, STARTUP, 1",
    "startup /opt/start.sh, 7, STARTUP, 7",
    "modules module load x, 0, MODULES, 1",
    "application, 0, EXITED, 0",
    "application, 7, EXITED, 7",
    "'', 3, EXITED, 3"
  })
  void recordsWhetherTheScriptCameToTheApplication(
      String stage, int returned, RunRecord.Cause cause, int code) throws Exception {
    String script = "echo '%s' >.jobs4j/$JOBS4J_ATTEMPT.stage; exit %d".formatted(stage, returned);

    CommandResult result = run(script, "42", "0");

    assertThat(result.exitCode()).isEqualTo(code);
    RunRecord.End end = Objects.requireNonNull(record().end());
    assertThat(end.cause()).isEqualTo(cause);
    assertThat(end.code()).isEqualTo(code);
  }

  @Test
  void aScriptThatWasCutDoesNothing() throws Exception {
    write("touch started");
    String script =
        BatchSubmission.of(
                spec(work.toString(), Map.of("A", "b"), null, 1, 1, 0, null), false, false)
            .script();

    for (int length = script.length() - "jobs4j\n".length(); length > 0; length -= 7) {
      runner.run(
          Command.of("/bin/sh")
              .withInput(script.substring(0, length))
              .withEnvironment(Map.of("SLURM_JOB_ID", "42")));
    }

    assertThat(work.resolve("started")).doesNotExist();
    assertThat(work.resolve(".jobs4j")).doesNotExist();
  }

  @Test
  void saysWhatCannotBeGivenToSlurm() {
    assertThatThrownBy(
            () ->
                BatchSubmission.of(
                    spec("/w", Map.of("A B", "c"), null, 1, 1, 0, null), false, false))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage(
            "The environment variable \"A B\" is not a name of letters, digits and underscores");
    assertThatThrownBy(
            () ->
                BatchSubmission.of(
                    spec("/w", Map.of("A", "secret\0"), null, 1, 1, 0, null), false, false))
        .hasMessageContaining("NUL")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(
            () -> BatchSubmission.of(spec("w", Map.of(), null, 1, 1, 0, null), false, false))
        .hasMessage("The workPath \"w\" is not an absolute path without line ends");
  }

  private RunRecord record() throws IOException {
    List<String> lines =
        new java.util.ArrayList<>(Files.readAllLines(work.resolve(".jobs4j/" + KEY + ".run")));
    Path end = work.resolve(".jobs4j/" + KEY + ".end");
    if (Files.exists(end)) {
      lines.addAll(Files.readAllLines(end));
    }
    return RunRecord.of(KEY, RunRecord.Place.THERE, lines);
  }

  private CommandResult run(String script, String job, String restart) throws Exception {
    return run(plainSpec(), script, job, restart);
  }

  private LaunchSpec plainSpec() {
    return spec(work.toString(), Map.of(), null, 1, 1, 0, null);
  }

  private CommandResult run(LaunchSpec spec, String script, String job, String restart)
      throws Exception {
    return run(spec, script, job, restart, Map.of());
  }

  private CommandResult run(
      LaunchSpec spec, String script, String job, String restart, Map<String, String> login)
      throws Exception {
    write(script);
    Path batch = batch(spec);
    Map<String, String> environment = new TreeMap<>(login);
    environment.put("PATH", path);
    environment.put("SLURM_JOB_ID", job);
    if (!restart.isEmpty()) {
      environment.put("SLURM_RESTART_COUNT", restart);
    }
    return runner.run(Command.of("/bin/sh", batch.toString()).withEnvironment(environment));
  }

  private Path batch(LaunchSpec spec) throws IOException {
    return Files.writeString(
        temporary.resolve("batch"), BatchSubmission.of(spec, false, false).script());
  }

  private void write(String script) throws IOException {
    Files.writeString(work.resolve("job's script.sh"), script + "\n");
  }

  private static BatchQueue queue(@Nullable String directives) {
    return new BatchQueue("q", "long", -1, -1, -1, -1, null, null, directives, false);
  }

  private static LaunchSpec spec(
      String work,
      Map<String, String> environment,
      @Nullable BatchQueue queue,
      int nodes,
      int processors,
      double memory,
      @Nullable Duration time) {
    return LaunchSpec.builder(new Attempt(KEY, work))
        .name("name")
        .script("job's script.sh")
        .output("job.out")
        .error("job.err")
        .nodeCount(nodes)
        .processorsPerNode(processors)
        .memoryPerNode(memory == 0 ? null : new Memory(memory))
        .maxRunTime(time)
        .queue(queue)
        .environment(environment)
        .build();
  }
}
