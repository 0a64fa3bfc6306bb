package io.jobs4j.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.Conversation;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LocalCommandRunnerTest {
  @TempDir private Path directory;

  private final LocalCommandRunner runner = new LocalCommandRunner();

  @AfterEach
  void close() {
    runner.close();
  }

  @Test
  void aProgramThatIsBeingWrittenMayBeStartedLater() throws IOException {
    Path program = Files.copy(Path.of("/bin/true"), directory.resolve("program"));
    try (OutputStream writer = Files.newOutputStream(program, StandardOpenOption.APPEND)) {
      assertThatThrownBy(() -> runner.run(Command.of(program.toString())))
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageStartingWith("No process could be started for command " + program);
      writer.flush();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'Cannot run program \"x\": error=11, Resource temporarily unavailable', true",
    "'Cannot run program \"x\": error=2, No such file or directory', false",
    "'Cannot run program \"x\": Exec failed, error: 26 (Das Programm ist belegt) ', true",
    "'Cannot run program \"x\": posix_spawn failed, error: 12 (Cannot allocate memory) ', true",
    "'Cannot run program \"x\": Exec failed, error: 2 (No such file or directory) ', false",
    "'Cannot run program \"x\": Exec failed, error: 126 (Required key not available) ', false"
  })
  void shortagesAreToldByTheirNumbers(String message, boolean shortage) {
    assertThat(LocalCommandRunner.isShortage(message)).isEqualTo(shortage);
  }

  @Test
  void isFoundByItsProtocol() {
    CommandRunnerProvider provider =
        ServiceLoader.load(CommandRunnerProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.protocols().contains("LOCAL"))
            .findFirst()
            .orElseThrow();

    try (CommandRunner opened = provider.open(new LoginAccess("LOCAL", null, 0))) {
      assertThat(opened).isInstanceOf(LocalCommandRunner.class);
    }
  }

  @Test
  void saysHowACommandEnded() throws InterruptedException {
    CommandResult result = sh("echo out; echo err >&2; exit 3");

    assertThat(result).isEqualTo(new CommandResult(3, "out\n", "err\n", false));
  }

  @Test
  void saysWhichSignalKilledACommand() throws InterruptedException {
    assertThat(sh("kill -9 $$").exitCode()).isEqualTo(137);
  }

  @Test
  void handsOverWordsAsTheyAre() throws InterruptedException {
    String word = "a 'b' \"c\" $(echo no) `no` * \n é 😀";

    assertThat(runner.run(Command.of("printf", "%s", word)).output()).isEqualTo(word);
  }

  @Test
  void runsInTheDirectoryWithTheEnvironment() throws InterruptedException, IOException {
    Command command =
        Command.of("sh", "-c", "pwd; printf %s \"$SOME\"")
            .in(directory.toString())
            .withEnvironment(Map.of("SOME", "a\nb"));

    assertThat(runner.run(command).output()).isEqualTo(directory.toRealPath() + "\na\nb");
  }

  @Test
  void feedsMoreThanAPipeHoldsWhileTheCommandWritesAsMuch() throws InterruptedException {
    String input = "0123456789abcdef".repeat(20_000);

    CommandResult result = runner.run(Command.of("cat").withInput(input));

    assertThat(result.output()).isEqualTo(input);
  }

  @Test
  void aCommandNeedNotReadItsInput() throws InterruptedException {
    assertThat(runner.run(Command.of("true").withInput("x".repeat(1 << 20))).exitCode()).isZero();
  }

  @Test
  void readsAllAndKeepsWhatWasAskedFor() throws InterruptedException {
    Command command =
        new Command(
            List.of("sh", "-c", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; exit 7"),
            null,
            Map.of(),
            false,
            "",
            Duration.ofMinutes(1),
            10);

    CommandResult result = runner.run(command);

    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.output()).hasSize(10);
    assertThat(result.error()).hasSize(10);
    assertThat(result.truncated()).isTrue();
  }

  @Test
  void killsACommandAndItsChildrenAtTheTimeLimit() throws Exception {
    Command command =
        Command.of("sh", "-c", "sleep 300 & echo $! >child; wait")
            .in(directory.toString())
            .within(Duration.ofSeconds(1));

    assertThatExceptionOfType(TransientAdapterException.class)
        .isThrownBy(() -> runner.run(command))
        .withMessage("Command sh did not end within PT1S and was killed");

    awaitEnd(pidIn("child"));
  }

  @Test
  void noneOfTheChildrenThatAKilledCommandKeepsStartingEscapes() throws Exception {
    String script =
        "(i=0; while [ $i -lt 9999 ]; do sleep 0.2 & i=$((i + 1)); sleep 0.01; done) & wait";
    String mark = "LOCAL_COMMAND_RUNNER_TEST=" + ProcessHandle.current().pid();
    for (int i = 0; i < 5; i++) {
      Command command =
          Command.of("env", mark, "sh", "-c", script).within(Duration.ofMillis(100 + i * 7));

      assertThatThrownBy(() -> runner.run(command)).isInstanceOf(TransientAdapterException.class);
    }

    // What was killed is gone soon; what escaped goes on starting children for minutes.
    String search =
        """
        n=0
        while [ $n -lt 100 ]; do
          # It fails for processes that go away meanwhile, whatever it finds.
          grep -lzsxF "$1" /proc/[0-9]*/environ >left
          [ -s left ] || break
          n=$((n + 1))
          sleep 0.1
        done
        cat left
        """;
    CommandResult left =
        runner.run(Command.of("sh", "-c", search, "sh", mark).in(directory.toString()));
    assertThat(left.output()).isEmpty();
  }

  @Test
  void conversesWithACommand() throws Exception {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    String script = "echo ready; while read -r line; do echo \"heard $line\"; done; echo over";
    Command command = Command.of("sh", "-c", script).withInput("one\n");
    String much = "x".repeat(200_000);
    CompletionStage<Void> end;
    try (Conversation conversation = runner.converse(command, lines::add).orElseThrow()) {
      end = conversation.onEnd();
      assertThat(lines.poll(1, TimeUnit.MINUTES)).isEqualTo("ready");
      assertThat(lines.poll(1, TimeUnit.MINUTES)).isEqualTo("heard one");
      conversation.say("two\n");
      assertThat(lines.poll(1, TimeUnit.MINUTES)).isEqualTo("heard two");
      conversation.say(much + "\n");
      conversation.say("four\n");
    }
    assertThat(lines.poll(1, TimeUnit.MINUTES)).isEqualTo("heard " + much.substring(0, 4090));
    assertThat(lines.poll(1, TimeUnit.MINUTES)).isEqualTo("heard four");
    assertThat(lines.poll(1, TimeUnit.MINUTES)).isEqualTo("over");
    end.toCompletableFuture().get(1, TimeUnit.MINUTES);
  }

  @Test
  void aConversationDoesNotWaitForACommandThatDoesNotRead() throws Exception {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Command command = Command.of("sh", "-c", "echo $$; exec sleep 300");
    ProcessHandle process;
    CompletionStage<Void> end;
    try (Conversation conversation = runner.converse(command, lines::add).orElseThrow()) {
      end = conversation.onEnd();
      String pid = Objects.requireNonNull(lines.poll(1, TimeUnit.MINUTES));
      process = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
      conversation.say("x".repeat(1_000_000));
      conversation.say("y");
    }
    assertThat(process.isAlive()).isTrue();
    process.destroy();
    end.toCompletableFuture().get(1, TimeUnit.MINUTES);
  }

  @Test
  void killsACommandOnInterrupt() throws Exception {
    Thread caller = Thread.currentThread();
    Command command =
        Command.of("sh", "-c", "echo $$ >started.tmp; mv started.tmp started; sleep 300; :")
            .in(directory.toString());
    CompletableFuture<Void> interrupter =
        CompletableFuture.runAsync(
            () -> {
              while (!Files.exists(directory.resolve("started"))) {
                Thread.onSpinWait();
              }
              caller.interrupt();
            });

    assertThatThrownBy(() -> runner.run(command)).isInstanceOf(InterruptedException.class);

    interrupter.get(10, TimeUnit.SECONDS);
    awaitEnd(pidIn("started"));
  }

  @Test
  void doesNotWaitForChildrenThatHoldTheOutput() throws Exception {
    CommandResult result =
        runner.run(
            Command.of("sh", "-c", "echo said; sleep 300 & echo $! >child")
                .in(directory.toString()));

    ProcessHandle child = ProcessHandle.of(pidIn("child")).orElseThrow();
    try {
      assertThat(child.isAlive()).isTrue();
      assertThat(result.exitCode()).isZero();
      assertThat(result.output()).isEqualTo("said\n");
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void namesAProgramThatDoesNotExist() {
    for (ThrowingCall call : List.<ThrowingCall>of(runner::run, runner::launch)) {
      for (String program : List.of("no-such-program", directory + "/no", directory.toString())) {
        assertThatThrownBy(() -> call.with(Command.of(program, "secret")))
            .isInstanceOfSatisfying(
                PermanentAdapterException.class,
                e -> assertThat(e.code()).isEqualTo(ConditionCode.JOB_LAUNCH_FAILURE))
            .hasMessageStartingWith("Command " + program + " cannot be started: ")
            .hasMessageNotContaining("secret");
      }
    }
  }

  @Test
  void namesADirectoryThatDoesNotExist() {
    assertThatThrownBy(() -> runner.run(Command.of("true").in(directory + "/none")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage(
            "Command true cannot be started: its directory " + directory + "/none does not exist");
  }

  @Test
  void launchesInASessionOfItsOwnAndSeesTheEnd() throws Exception {
    DetachedCommand launched =
        runner.launch(
            Command.of(
                    "sh",
                    "-c",
                    "read -r stat </proc/$$/stat; set -- ${stat##*) }; echo \"$$ $3 $4\" >ids;"
                        + " echo nobody; echo reads >&2; read -r line; echo $? >>ids")
                .in(directory.toString()));

    launched.onExit().orElseThrow().toCompletableFuture().get(30, TimeUnit.SECONDS);

    List<String> lines = Files.readAllLines(directory.resolve("ids"));
    String[] ids = lines.get(0).split(" ");
    assertThat(ids).hasSize(3).containsOnly(ids[0]);
    assertThat(lines.get(1)).as("standard input is empty").isEqualTo("1");
  }

  @Test
  void hearsTheFirstLineOfALaunchedCommand() throws Exception {
    DetachedCommand launched =
        runner.launchAndListen(
            Command.of("sh", "-c", "echo hello; exec >/dev/null; read -r go <gate; echo no")
                .in(fifo("gate")));

    assertThat(launched.firstLine()).isEqualTo("hello");
    assertThat(launched.onExit().orElseThrow().toCompletableFuture()).isNotDone();
    Files.writeString(directory.resolve("gate"), "go\n");
    launched.onExit().orElseThrow().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void hearsNothingFromACommandThatEndsOrTakesTooLong() throws Exception {
    assertThat(runner.launchAndListen(Command.of("true")).firstLine()).isEmpty();

    DetachedCommand silent =
        runner.launchAndListen(
            Command.of("sh", "-c", "read -r go <gate")
                .in(fifo("gate"))
                .within(Duration.ofMillis(50)));
    assertThat(silent.firstLine()).isEmpty();
    Files.writeString(directory.resolve("gate"), "go\n");
    silent.onExit().orElseThrow().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void aLaunchedCommandOutlivesTheJvmAndSignalsToItsGroup() throws Exception {
    Process jvm =
        new ProcessBuilder(
                "setsid",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName(),
                fifo("gate"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
      long pid = Long.parseLong(reader.readLine());
      for (String signal : List.of("HUP", "INT", "KILL")) {
        runner.run(Command.of("kill", "-s", signal, "--", "-" + jvm.pid()));
      }
      jvm.waitFor();

      assertThat(ProcessHandle.of(pid)).hasValueSatisfying(p -> assertThat(p.isAlive()).isTrue());
      Files.writeString(directory.resolve("gate"), "go\n");
      awaitEnd(pid);
      assertThat(directory.resolve("outlived")).hasContent("go");
    }
  }

  @Test
  void runsNothingOnceClosed() {
    runner.close();

    assertThatThrownBy(() -> runner.run(Command.of("true")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the command runner is closed");
  }

  private CommandResult sh(String text) throws InterruptedException {
    return runner.run(Command.of("sh", "-c", text));
  }

  /** Makes a pipe with a name in the temporary directory, and returns that directory. */
  private String fifo(String name) throws InterruptedException {
    assertThat(runner.run(Command.of("mkfifo", directory + "/" + name)).exitCode()).isZero();
    return directory.toString();
  }

  private long pidIn(String file) throws IOException {
    return Long.parseLong(Files.readString(directory.resolve(file)).strip());
  }

  private static void awaitEnd(long pid) throws Exception {
    ProcessHandle.of(pid)
        .map(ProcessHandle::onExit)
        .orElseGet(() -> CompletableFuture.completedFuture(null))
        .get(30, TimeUnit.SECONDS);
  }

  private interface ThrowingCall {
    Object with(Command command) throws InterruptedException;
  }

  /** A program that launches a command, tells its process id, and waits to be killed. */
  static final class Launcher {
    private Launcher() {}

    public static void main(String[] args) throws InterruptedException {
      try (LocalCommandRunner runner = new LocalCommandRunner()) {
        DetachedCommand launched =
            runner.launchAndListen(
                Command.of(
                        "sh",
                        "-c",
                        "echo $$; exec >/dev/null; read -r go <gate; echo $go >out; mv out outlived")
                    .in(args[0]));
        System.out.println(launched.firstLine());
        launched.onExit().orElseThrow().toCompletableFuture().join();
      }
    }
  }
}
