package io.jobs4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link CommandRunner} has to keep to. The test of a runner extends this class and says
 * how one is opened:
 *
 * <pre>{@code
 * class MyRunnerContractTest extends CommandRunnerContract {
 *   @Override
 *   protected CommandRunner open() {
 *     return new MyRunner("host");
 *   }
 * }
 * }</pre>
 *
 * <p>The host is a Linux with a POSIX shell. Nothing of it is reached but through the runner, so it
 * need not be this machine. The Java of the test must run in a locale with UTF-8, such as C.UTF-8.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
public abstract class CommandRunnerContract {
  /**
   * Goes on when the file {@code go} appears, and leaves the file {@code end}. Ends with its
   * directory too, when a test has failed.
   */
  private static final String UNTIL_GO =
      "until [ -e go ] || ! [ -e \"$PWD\" ]; do sleep 0.05; done; echo >end.new; mv end.new end";

  private static final String PATH = "/usr/local/bin:/usr/bin:/bin";

  private CommandRunner runner;

  /** Another runner, for what the test itself does. */
  private CommandRunner control;

  private Host host;
  private String directory;

  /** For subclasses. */
  protected CommandRunnerContract() {}

  /** A new runner, always for the same host; the kit closes it. */
  protected abstract CommandRunner open();

  /** Where the tests make directories, a host path. By default {@code /tmp}. */
  protected String scratchDirectory() {
    return "/tmp";
  }

  /** How long something may take that happens by itself. By default a minute. */
  protected Duration patience() {
    return Duration.ofMinutes(1);
  }

  /** Whether the runner hears the first line of launched commands. By default it does. */
  protected boolean hearsLaunchedCommands() {
    return true;
  }

  /** Whether the runner learns when launched commands end. By default it does. */
  protected boolean tellsOfExits() {
    return true;
  }

  @BeforeEach
  final void prepare() throws InterruptedException {
    control = open();
    host = new Host(control, patience());
    directory = host.makeDirectory(scratchDirectory());
    runner = open();
  }

  @AfterEach
  final void cleanUp() throws InterruptedException {
    try {
      host.delete(directory);
    } finally {
      runner.close();
      control.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> aWordArrivesAsItIs() {
    return HostileWords.ALL.stream()
        .map(
            word ->
                DynamicTest.dynamicTest(
                    word.length() > 40 ? "of " + word.length() + " characters" : "<" + word + ">",
                    () ->
                        assertEquals(
                            "[" + word + "]",
                            runner.run(Command.of("printf", "[%s]", word)).output())));
  }

  @Test
  void wordsArriveInTheirOrder() throws InterruptedException {
    List<String> words = new ArrayList<>(List.of("printf", "[%s]"));
    words.addAll(HostileWords.ALL);

    assertEquals(HostileWords.inBrackets(), runner.run(Command.of(words)).output());
  }

  @Test
  void theInputArrivesAsItIs() throws InterruptedException {
    for (String input : HostileWords.ALL) {
      assertEquals(input, runner.run(Command.of("cat").withInput(input)).output());
    }
  }

  @Test
  void muchInputIsReadWhileAsMuchIsWritten() throws InterruptedException {
    String input = "0123456789abcde\n".repeat(50_000);

    CommandResult result = runner.run(Command.of("cat").withInput(input));

    assertEquals(input.length(), result.output().length());
    assertEquals(input, result.output());
    assertFalse(result.truncated());
  }

  @Test
  void aCommandNeedNotReadItsInput() throws InterruptedException {
    assertEquals(0, runner.run(Command.of("true").withInput("x".repeat(1 << 20))).exitCode());
  }

  @Test
  void withoutInputTheInputIsAtItsEnd() throws InterruptedException {
    assertEquals(1, sh("read -r line").exitCode());
  }

  @Test
  void theCommandHasItsVariablesBesidesThoseOfTheHost() throws InterruptedException {
    Command command = Command.of("sh", "-c", HostileWords.printVariables() + "; [ -n \"$PATH\" ]");

    CommandResult result = runner.run(command.withEnvironment(HostileWords.variables()));

    assertEquals(HostileWords.inBrackets(), result.output());
    assertEquals(0, result.exitCode());
  }

  @Test
  void theCommandRunsInItsDirectory() throws InterruptedException {
    for (String name : List.of("plain", "it's a \"dir\" $(no) `no` * \\n ü", "-n", "a\nb", "~")) {
      String path = host.makeDirectory(directory, name);

      CommandResult result = runner.run(Command.of("pwd", "-P").in(path));

      assertEquals(path + "\n", result.output());
    }
  }

  @Test
  void aRunnerSharesFilesIfItSaysSo() throws Exception {
    String token = UUID.randomUUID().toString();
    host.write(directory + "/token", token);

    Path seen = Path.of(directory, "token");
    if (runner.sharesFiles()) {
      assertEquals(token, Files.readString(seen));
      Files.writeString(seen, token + token);
      assertEquals(token + token, host.read(directory + "/token"));
    } else {
      assertEquals(token, host.read(directory + "/token"));
    }
  }

  @Test
  void aDirectoryThatIsMissingIsNamed() {
    Command command = Command.of("true", "secret").in(directory + "/none");
    for (Call call : List.<Call>of(runner::run, runner::launch)) {
      PermanentAdapterException refusal =
          assertThrows(PermanentAdapterException.class, () -> call.with(command));
      assertNames(refusal, directory + "/none");
    }
  }

  @Test
  void aProgramThatIsMissingIsNamed() {
    for (String program : List.of("no-such-program-of-the-kit", directory + "/no")) {
      Command command =
          Command.of(program, "secret")
              .withInput("secret")
              .withEnvironment(Map.of("KIT", "secret"));
      for (Call call : List.<Call>of(runner::run, runner::launch)) {
        PermanentAdapterException refusal =
            assertThrows(PermanentAdapterException.class, () -> call.with(command));
        assertNames(refusal, program);
      }
    }
  }

  @Test
  void theResultHasTheExitCode() throws InterruptedException {
    for (int code : List.of(0, 1, 3, 126, 127, 128, 255)) {
      assertEquals(code, sh("exit " + code).exitCode());
    }
  }

  @Test
  void theResultHasTheSignal() throws InterruptedException {
    assertEquals(128 + 9, sh("kill -s KILL $$").exitCode());
    assertEquals(128 + 15, sh("kill -s TERM $$").exitCode());
  }

  @Test
  void outputAndErrorsAreKeptApart() throws InterruptedException {
    CommandResult result =
        sh("echo out; echo err >&2; printf '\\n\\n'; printf '\\303\\251' >&2; exit 3");

    assertEquals(new CommandResult(3, "out\n\n\n", "err\né", false), result);
  }

  @Test
  void nothingIsMadeOfNothing() throws InterruptedException {
    assertEquals(new CommandResult(0, "", "", false), sh(":"));
  }

  @Test
  void ofMuchOutputTheBeginningIsKept() throws InterruptedException {
    String script =
        "printf 0123456789; head -c 3000000 /dev/zero; printf abcdefghij >&2;"
            + " head -c 3000000 /dev/zero >&2; exit 7";

    assertEquals(new CommandResult(7, "0123456789", "abcdefghij", true), limited(10, script));
  }

  @Test
  void outputThatJustFitsIsWhole() throws InterruptedException {
    assertEquals(
        new CommandResult(0, "0123456789", "abcdefghij", false),
        limited(10, "printf 0123456789; printf abcdefghij >&2"));
    assertTrue(limited(10, "printf 0123456789x").truncated());
    assertTrue(limited(10, "printf 0123456789x >&2").truncated());
  }

  @Test
  void theTimeLimitKillsTheCommandAndItsChildren() throws InterruptedException {
    Duration limit = Duration.ofSeconds(1);
    // On a slow host the limit passes before the command has come to its children.
    while (!host.exists(directory + "/ready")) {
      Command command = stubborn("secret").within(limit);
      TransientAdapterException refusal =
          assertThrows(TransientAdapterException.class, () -> runner.run(command));
      assertFalse(String.valueOf(refusal.getMessage()).contains("secret"), refusal::toString);
      assertTrue(limit.compareTo(patience()) <= 0, "the command did not begin in time");
      limit = limit.multipliedBy(2);
    }

    awaitEndOfAll();
    assertEquals(0, runner.run(Command.of("true")).exitCode());
  }

  @Test
  void anInterruptKillsTheCommandAndItsChildren() throws Exception {
    CompletableFuture<Object> outcome = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                outcome.complete(runner.run(stubborn("word").within(Duration.ofMinutes(5))));
              } catch (InterruptedException | RuntimeException e) {
                outcome.complete(e);
              }
            },
            "kit-caller");
    caller.start();
    host.awaitFile(directory + "/ready");

    caller.interrupt();

    assertInstanceOf(
        InterruptedException.class, outcome.get(patience().toMillis(), TimeUnit.MILLISECONDS));
    caller.join();
    awaitEndOfAll();
    assertEquals(0, runner.run(Command.of("true")).exitCode());
  }

  @Test
  void manyThreadsShareARunner() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(20);
    try {
      List<Callable<CommandResult>> calls = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        String number = Integer.toString(i);
        calls.add(
            () ->
                runner.run(
                    Command.of("sh", "-c", "cat; echo $1 >&2; exit $1", "sh", number)
                        .withInput(number)));
      }
      List<Future<CommandResult>> results = threads.invokeAll(calls);
      for (int i = 0; i < results.size(); i++) {
        assertEquals(
            new CommandResult(i, Integer.toString(i), i + "\n", false), results.get(i).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aLaunchedCommandOutlivesTheRunner() throws Exception {
    DetachedCommand launched =
        runner.launch(inDirectory("echo $$ >pid.new; mv pid.new pid; " + UNTIL_GO));
    String pid = host.awaitPid(directory + "/pid");
    assertEquals("", launched.firstLine());

    runner.close();

    assertTrue(host.isAlive(pid));
    assertFalse(host.exists(directory + "/end"));
    host.write(directory + "/go", "");
    host.awaitFile(directory + "/end");
    host.awaitEnd(pid);
  }

  @Test
  void aLaunchedCommandTellsOfItsEnd() throws Exception {
    DetachedCommand launched = runner.launch(inDirectory(UNTIL_GO));

    assertEquals(tellsOfExits(), launched.onExit().isPresent());
    if (launched.onExit().isPresent()) {
      CompletionStage<Void> exit = launched.onExit().get();
      assertFalse(exit.toCompletableFuture().isDone());
      host.write(directory + "/go", "");
      exit.toCompletableFuture().get(patience().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void aLaunchedCommandHasWordsVariablesAndDirectoryButNoInput() throws InterruptedException {
    String word = String.join("", HostileWords.ALL);
    Command command =
        Command.of(
                "sh",
                "-c",
                "{ printf '[%s]' \"$1\" \"$KIT\"; read -r line; echo $?; } >end.new; mv end.new end",
                "sh",
                word)
            .in(directory)
            .withEnvironment(Map.of("KIT", word));

    var unused = runner.launch(command);

    host.awaitFile(directory + "/end");
    assertEquals("[" + word + "][" + word + "]1\n", host.read(directory + "/end"));
  }

  @Test
  void aCommandThatIsListenedToHasItsInput() throws InterruptedException {
    String input = "0123456789abcdef".repeat(10_000);
    Command command =
        inDirectory(
                "input=$(cat); echo ${#input}; exec >/dev/null; echo ${#input} >size; " + UNTIL_GO)
            .withInput(input);

    DetachedCommand launched = runner.launchAndListen(command);

    if (hearsLaunchedCommands()) {
      assertEquals(Integer.toString(input.length()), launched.firstLine());
    }
    host.write(directory + "/go", "");
    host.awaitFile(directory + "/end");
    assertEquals(input.length() + "\n", host.read(directory + "/size"));
  }

  @Test
  void aBareCommandHasOnlyItsVariables() throws InterruptedException {
    Command command = Command.of("env").withOnly(Map.of("KIT", "it's $HOME", "PATH", PATH));

    assertEquals(
        Set.of("KIT=it's $HOME", "PATH=" + PATH),
        runner.run(command).output().lines().collect(Collectors.toSet()));
  }

  @Test
  void aBareLaunchedCommandHasOnlyItsVariables() throws InterruptedException {
    Command command =
        Command.of("sh", "-c", "tr '\\0' '\\n' </proc/self/environ >end.new; mv end.new end")
            .in(directory)
            .withOnly(Map.of("KIT", "value", "PATH", PATH));

    var unused = runner.launch(command);

    host.awaitFile(directory + "/end");
    assertEquals(
        Set.of("KIT=value", "PATH=" + PATH),
        host.read(directory + "/end")
            .lines()
            .filter(line -> !line.matches("(PWD|OLDPWD|SHLVL|_)=.*"))
            .collect(Collectors.toSet()));
  }

  @Test
  void theOutputOfALaunchedCommandIsThrownAway() throws InterruptedException {
    var unused =
        runner.launch(
            inDirectory(
                "{ head -c 1000000 /dev/zero && head -c 1000000 /dev/zero >&2; };"
                    + " echo $? >end.new; mv end.new end"));

    host.awaitFile(directory + "/end");
    assertEquals("0\n", host.read(directory + "/end"));
  }

  @Test
  void eachLaunchedCommandHasASessionOfItsOwn() throws InterruptedException {
    String session = "read -r stat </proc/$$/stat; set -- ${stat##*) }; echo $4";
    for (int i = 1; i <= 2; i++) {
      var unused =
          runner.launch(inDirectory("{ " + session + "; } >" + i + ".new; mv " + i + ".new " + i));
    }

    String first = host.awaitPid(directory + "/1");
    String second = host.awaitPid(directory + "/2");
    assertNotEquals(first, second);
    String own = sh(session).output().strip();
    assertNotEquals(own, first);
    assertNotEquals(own, second);
  }

  @Test
  void theFirstLineOfALaunchedCommandIsHeard() throws InterruptedException {
    DetachedCommand launched =
        runner.launchAndListen(inDirectory("echo 'first é'; exec >/dev/null; " + UNTIL_GO));

    assertEquals(hearsLaunchedCommands() ? "first é" : "", launched.firstLine());
    assertFalse(host.exists(directory + "/end"));
    host.write(directory + "/go", "");
    host.awaitFile(directory + "/end");
  }

  @Test
  void aLaunchedCommandNeedNotSayAnything() throws InterruptedException {
    assertEquals("", runner.launchAndListen(Command.of("true")).firstLine());

    DetachedCommand silent =
        runner.launchAndListen(
            inDirectory("echo $$ >pid.new; mv pid.new pid; " + UNTIL_GO)
                .within(Duration.ofMillis(500)));

    assertEquals("", silent.firstLine());
    String pid = host.awaitPid(directory + "/pid");
    assertTrue(host.isAlive(pid), "the time limit ended the listening and not the command");
    host.write(directory + "/go", "");
    host.awaitFile(directory + "/end");
  }

  @Test
  void aClosedRunnerRunsNothing() throws InterruptedException {
    assertEquals(0, runner.run(Command.of("true")).exitCode());
    runner.close();
    runner.close();

    Command touch = Command.of("touch", directory + "/touched");
    for (Call call : List.<Call>of(runner::run, runner::launch, runner::launchAndListen)) {
      assertThrows(RuntimeException.class, () -> call.with(touch));
    }
    assertFalse(host.exists(directory + "/touched"));
  }

  @Test
  void nothingIsHeldForCommandsThatHaveEnded() throws InterruptedException {
    useOften(runner, 2);
    HeldResources before = HeldResources.now();

    useOften(runner, 20);

    before.awaitNoMore(patience());
  }

  @Test
  void nothingIsHeldByAClosedRunner() throws InterruptedException {
    try (CommandRunner warmUp = open()) {
      useOften(warmUp, 2);
    }
    HeldResources before = HeldResources.now();

    for (int i = 0; i < 5; i++) {
      try (CommandRunner another = open()) {
        useOften(another, 2);
      }
    }

    before.awaitNoMore(patience());
  }

  private void useOften(CommandRunner used, int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      assertEquals("x", used.run(Command.of("cat").withInput("x")).output());
      assertThrows(
          PermanentAdapterException.class, () -> used.run(Command.of(directory + "/none")));
      assertEquals(
          hearsLaunchedCommands() ? "line" : "",
          used.launchAndListen(Command.of("echo", "line")).firstLine());
      var unused = used.launch(Command.of("true"));
    }
    Command slow = Command.of("sleep", "300").within(Duration.ofMillis(100));
    assertThrows(TransientAdapterException.class, () -> used.run(slow));
  }

  /** Does not heed TERM, and neither does its child. */
  private Command stubborn(String word) {
    String script =
        "trap '' TERM; sleep 300 & echo $! >child; echo $$ >parent; echo >ready; wait; wait; :";
    return Command.of("sh", "-c", script, "sh", word).in(directory);
  }

  private void awaitEndOfAll() throws InterruptedException {
    host.awaitEnd(host.awaitPid(directory + "/parent"));
    host.awaitEnd(host.awaitPid(directory + "/child"));
  }

  private Command inDirectory(String script) {
    return Command.of("sh", "-c", script).in(directory);
  }

  private CommandResult sh(String script) throws InterruptedException {
    return runner.run(Command.of("sh", "-c", script));
  }

  private CommandResult limited(int bytes, String script) throws InterruptedException {
    return runner.run(
        new Command(List.of("sh", "-c", script), null, Map.of(), false, "", patience(), bytes));
  }

  private static void assertNames(PermanentAdapterException refusal, String what) {
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(what), message);
    assertFalse(message.contains("secret"), message);
  }

  private interface Call {
    Object with(Command command) throws InterruptedException;
  }
}
