package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job finds: its environment, its files and its signals. */
class ForkEnvironmentTest extends ForkFixture {
  @Test
  void givesTheJobItsEnvironmentAndFiles() throws Exception {
    String value = "a 'b' \"c\" $(no)\n`no` é";
    Attempt attempt =
        write(
            work,
            "printf %s \"$SOME$AGAVE_SOME\"; printf %s \"$JOBS4J_ATTEMPT $PATH\" >&2; read -r x");
    Map<String, String> environment =
        Map.of("SOME", value, "AGAVE_SOME", value, "PATH", "/nowhere", "JOBS4J_ATTEMPT", "other");

    RemoteJob job = submit(spec(attempt, Duration.ofHours(1), environment)).job();

    assertThat(awaitEnd(job).exitCode()).as("standard input is empty").hasValue(1);
    assertThat(Files.readString(work.resolve("job.out"))).isEqualTo(value + value);
    assertThat(Files.readString(work.resolve("job.err"))).isEqualTo(keyOf(work) + " /nowhere");
  }

  @Test
  void anAccountThatTheHostDidNotKnowIsAskedForAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CommandRunner forgetful =
        new ChangedRunner(
            runner,
            command -> {
              String script = command.words().get(command.words().size() - 1);
              boolean first = script.contains("getent") && asked.incrementAndGet() == 1;
              return first
                  ? Command.of(
                      "/bin/sh", "-c", "getent() { return 2; }; grep() { return 1; }\n" + script)
                  : command;
            });
    try (ForkScheduler other = new ForkScheduler(forgetful)) {
      for (int i = 1; i <= 3; i++) {
        Path directory = Files.createDirectory(work.resolve("job" + i));
        RemoteJob job = other.submit(spec(write(directory, "printf %s \"$USER\""))).job();
        submitted.add(job);
        awaitEnd(job);
      }
    }

    assertThat(Files.readString(work.resolve("job1/job.out"))).matches("[0-9]+");
    for (String directory : List.of("job2", "job3")) {
      assertThat(work.resolve(directory + "/job.out")).hasContent(System.getProperty("user.name"));
    }
    assertThat(asked).as("what is known is not asked for again").hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void variablesOfAJobMayHaveAnyNames(boolean near) throws Exception {
    Map<String, String> environment = new TreeMap<>();
    Matcher names = Pattern.compile("(?m)(?<![A-Za-z0-9_$])([a-z_]+)=").matcher(wrapperText());
    while (names.find()) {
      environment.put(names.group(1), "data.csv");
    }
    for (String name : List.of("key", "out", "err", "keeper", "seconds", "script", "limit")) {
      assertThat(environment).containsKey(name);
    }
    environment.put("seconds", "5");
    Files.writeString(work.resolve("data.csv"), "exit 99");
    Attempt attempt = write(work, "tr '\\0' '\\n' </proc/self/environ");
    CommandRunner counting = near ? CountingRunner.near(runner) : CountingRunner.far(runner);
    for (boolean limited : List.of(false, true)) {
      Duration limit = limited ? Duration.ofHours(1) : null;
      Attempt each = new Attempt(attempt.key() + limited, attempt.workPath());
      try (ForkScheduler other = new ForkScheduler(counting)) {
        RemoteJob job = other.submit(spec(each, limit, environment)).job();
        submitted.add(job);
        assertThat(awaitEnd(job).exitCode()).hasValue(0);
      }

      assertThat(Files.readAllLines(work.resolve("job.out")))
          .contains("JOBS4J_ATTEMPT=" + each.key(), "script=data.csv", "out=data.csv", "seconds=5");
      assertThat(work.resolve("job.err")).isEmptyFile();
      assertThat(work.resolve("data.csv")).hasContent("exit 99");
    }
  }

  /** What runs with the variables of the job, and all that it may call. */
  private static String wrapperText() {
    return ForkScripts.wrapper("key") + ForkScripts.STRAGGLERS.text();
  }

  /** By the text of an error it tells a full disk from what will not pass. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatRecordsTheEndHasNoLanguage(boolean near) throws Exception {
    CommandRunner counting = near ? CountingRunner.near(runner) : CountingRunner.far(runner);
    Attempt attempt = write(work, "tr '\\0' '\\n' </proc/$PPID/environ >parent");
    Map<String, String> german = Map.of("LANG", "de_DE.UTF-8", "LC_ALL", "de_DE.UTF-8");
    try (ForkScheduler other = new ForkScheduler(counting)) {
      RemoteJob job = other.submit(spec(attempt, null, german)).job();
      submitted.add(job);
      assertThat(awaitEnd(job).succeeded()).isTrue();
    }

    assertThat(Files.readAllLines(work.resolve("parent")))
        .anyMatch(line -> line.startsWith("HOME="))
        .noneMatch(line -> line.startsWith("LANG") || line.startsWith("LC_"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEnvironmentOfAJobIsMadeAndNotInherited(boolean near) throws Exception {
    CommandRunner counting = near ? CountingRunner.near(runner) : CountingRunner.far(runner);
    Attempt attempt = write(work, "tr '\\0' '\\n' </proc/self/environ >all; umask >mask");
    try (ForkScheduler other = new ForkScheduler(counting)) {
      RemoteJob job = other.submit(spec(attempt, null, Map.of("LANG", "C"))).job();
      submitted.add(job);
      assertThat(awaitEnd(job).succeeded()).isTrue();
    }

    Map<String, String> expected = new TreeMap<>(BaseEnvironment.of(runner));
    expected.put("LANG", "C");
    expected.put("JOBS4J_ATTEMPT", attempt.key());
    Map<String, String> found = new TreeMap<>();
    for (String line : Files.readAllLines(work.resolve("all"))) {
      found.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
    // What shells say of themselves.
    found.keySet().removeAll(List.of("PWD", "OLDPWD", "SHLVL", "_"));
    assertThat(found).isEqualTo(expected);
    assertThat(work.resolve("mask"))
        .hasContent(runner.run(Command.of("sh", "-c", "umask")).output());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noOtherCanReadWhatTheEnvironmentHolds(boolean near) throws Exception {
    CommandRunner counting = near ? CountingRunner.near(runner) : CountingRunner.far(runner);
    String secret = "secret-" + UUID.randomUUID();
    Attempt attempt = write(work, "printf %s \"$TOKEN\" | wc -c\ntouch ready\n" + gate("gate"));
    try (ForkScheduler other = new ForkScheduler(counting)) {
      RemoteJob job =
          other.submit(spec(attempt, Duration.ofHours(1), Map.of("TOKEN", secret))).job();
      submitted.add(job);
      awaitFile("ready");

      CommandResult found =
          runner.run(
              Command.of(
                      "sh",
                      "-c",
                      "read -r s; set -- \"$s\" \"$1\"; f=$(mktemp); echo \"$s\" >$f;"
                          + " grep -lsFf $f /proc/[0-9]*/cmdline; grep -rlsFf $f -D skip \"$2\"; rm $f",
                      "sh",
                      work.toString())
                  .withInput(secret + "\n"));
      open("gate");
      assertThat(found.output()).isEmpty();
      assertThat(awaitEnd(job).succeeded()).isTrue();
    }
    assertThat(Files.readString(work.resolve("job.out")).strip())
        .isEqualTo(Integer.toString(secret.length()));
    try (Stream<Path> control = Files.list(work.resolve(".jobs4j"))) {
      assertThat(control)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .endsWith("------"));
    }
  }

  @Test
  void whatShellsTakeForTheirOwnDoesNotKeepAJobFromRunning() throws Exception {
    Attempt attempt = write(work, "printf %s \"$IFS$PS1\"");
    Map<String, String> odd =
        Map.of("OPTIND", "none", "PPID", "none", "UID", "none", "IFS", ":", "PS1", "#");

    RemoteJob job = submit(spec(attempt, null, odd)).job();

    assertThat(awaitEnd(job).succeeded()).isTrue();
    assertThat(Files.readString(work.resolve("job.out"))).endsWith("#");
  }

  @Test
  void aJobWhoseEnvironmentBreaksOffIsNotStarted() {
    CommandRunner broken =
        new CountingRunner(runner, true) {
          @Override
          public DetachedCommand launchAndListen(Command command) throws InterruptedException {
            String input = command.input();
            return runner.launchAndListen(
                command.withInput(input.substring(0, input.length() - 3)));
          }
        };
    try (ForkScheduler far = new ForkScheduler(broken)) {
      assertThatThrownBy(() -> far.submit(spec(write(work, "touch started"))))
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageEndingWith("its environment arrived in part");
      assertThat(far.find(attempt(work))).isEmpty();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(work.resolve("started")).doesNotExist();
  }

  @Test
  void writesOutputAndErrorsIntoOneFileIfTheyHaveOneName() throws Exception {
    LaunchSpec spec =
        spec(write(work, "echo a; echo b >&2; echo c")).toBuilder()
            .output("-both of them")
            .error("-both of them")
            .build();

    awaitEnd(submit(spec).job());

    assertThat(work.resolve("-both of them")).hasContent("a\nb\nc");
  }

  @Test
  void theJobHasTheSignalsThatAnyCommandHas() throws Exception {
    String ask = "grep -E 'Sig(Blk|Ign)' /proc/self/status";
    String usual = runner.run(Command.of("sh", "-c", ask)).output();

    awaitEnd(submit(ask + "; (yes; echo $? >&2) | head -n 1").job());

    assertThat(work.resolve("job.out")).hasContent(usual + "y");
    assertThat(work.resolve("job.err")).hasContent("141");
  }
}
