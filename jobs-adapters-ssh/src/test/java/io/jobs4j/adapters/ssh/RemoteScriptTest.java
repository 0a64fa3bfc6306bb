package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a login shell makes of the scripts, here with shells of this machine. */
@Timeout(120)
class RemoteScriptTest {
  private static final String TOKEN = "jobs4j-token";

  /** Those that are there are tried; sh always is. */
  private static final List<String> SHELLS =
      List.of("sh", "bash", "dash", "csh", "tcsh", "fish", "zsh");

  @TempDir private Path directory;

  private final LocalCommandRunner local = new LocalCommandRunner();

  @AfterEach
  void close() {
    local.close();
  }

  @Test
  void everyWordArrivesAsItIs() throws Exception {
    List<String> words = new ArrayList<>(List.of("printf", "<%s>"));
    words.addAll(
        List.of(
            "",
            " ",
            "a b",
            "'",
            "\"",
            "\\",
            "\\\\",
            "\\'",
            "$HOME",
            "`id`",
            "$(id)",
            "!",
            "!!",
            "a!b",
            "\n",
            "a\nb\n",
            "\t",
            "*",
            "?",
            "[a]",
            "{a,b}",
            "~",
            "#",
            "%s",
            "&",
            "|",
            ";",
            "<",
            ">",
            "-n",
            "--",
            "\\0101",
            "\\n",
            "\u00e9\u6f22\ud83d\ude00",
            "=",
            "^",
            "\r",
            "\u0001",
            "''\"\"``"));
    String expected =
        String.join("", words.subList(2, words.size()).stream().map(w -> "<" + w + ">").toList());
    Command command = Command.of(words);

    for (String shell : shells()) {
      Frame frame = run(shell, RemoteScript.run(command, TOKEN)).output;
      assertThat(text(frame)).as(shell).isEqualTo(expected);
      assertThat(frame.end()).isEqualTo("0");
    }
  }

  @Test
  void inputArrivesWholeOrTheCommandDoesNotRun() throws Exception {
    Command command = Command.of("sh", "-c", "echo ran; cat").withInput("first\nsecond\n");
    String input = new String(RemoteScript.input(command, TOKEN), StandardCharsets.UTF_8);
    String line = RemoteScript.run(command, TOKEN);

    for (String shell : shells()) {
      assertThat(text(framed(shell, line, input))).as(shell).isEqualTo("ran\nfirst\nsecond\n");
    }
    for (String startup : List.of("read p", "read p; read q", "head -c 3 >h", "cat >c")) {
      for (String each :
          List.of(
              line,
              RemoteScript.launch(command, TOKEN, false),
              RemoteScript.launch(command, TOKEN, true))) {
        Frame frame = framed("sh", startup + "; " + each, input);
        assertThat(frame.begin()).as(startup).isEqualTo(RemoteScript.NO_INPUT);
        assertThat(text(frame)).as(startup).isEmpty();
      }
    }
  }

  @Test
  void aLaunchedCommandHasTheInputToo() throws Exception {
    Command command = Command.of("cat").withInput("first\nsecond\n");
    String input = new String(RemoteScript.input(command, TOKEN), StandardCharsets.UTF_8);
    String line = "(" + RemoteScript.launch(command, TOKEN, true) + ") | cat";

    for (String shell : shells()) {
      assertThat(text(framed(shell, line, input)).strip()).as(shell).isEqualTo("first\nsecond");
    }
  }

  @Test
  void aCommandWithoutInputRunsWhateverStartupFilesRead() throws Exception {
    String line = "read p; " + RemoteScript.run(Command.of("echo", "ran"), TOKEN);

    assertThat(text(framed("sh", line, ""))).isEqualTo("ran\n");
  }

  private Frame framed(String shell, String line, String input) throws Exception {
    Command command = Command.of(shell, "-c", line).in(directory.toString()).withInput(input);
    Frame frame = new Frame(TOKEN, 1 << 20);
    byte[] output = local.run(command).output().getBytes(StandardCharsets.UTF_8);
    frame.feed(output, output.length);
    return frame;
  }

  @Test
  void randomWordsArriveAsTheyAre() throws Exception {
    Random random = new Random(99);
    for (int round = 0; round < 40; round++) {
      StringBuilder word = new StringBuilder();
      for (int i = 0; i < 30; i++) {
        word.appendCodePoint(1 + random.nextInt(random.nextBoolean() ? 127 : 0x2000));
      }
      Command command = Command.of("printf", "%s", word.toString());

      for (String shell : shells()) {
        assertThat(text(run(shell, RemoteScript.run(command, TOKEN)).output))
            .as("%s, round %s", shell, round)
            .isEqualTo(word.toString());
      }
    }
  }

  @Test
  void leavesNothingForTheLoginShellToReadDifferently() {
    String line = RemoteScript.encode("a'b\"c$d`e!f\ng\\h%i~j*k\u00e9(l)");

    assertThat(line).startsWith("exec sh -c 'eval \"$(printf %b \"").endsWith("\")\"'");
    String inside = line.substring("exec sh -c 'eval \"$(printf %b \"".length(), line.length() - 4);
    assertThat(inside).matches("[A-Za-z0-9 _./:=,+@\\\\-]*");

    for (Command command :
        List.of(
            Command.of("true"),
            Command.of("odd 'program'", "!", "\\\\", "\n")
                .in("/a'b")
                .withEnvironment(Map.of("PATH", "/c!d", "A", "b\n")))) {
      String run = RemoteScript.run(command, TOKEN);
      assertThat(run).startsWith("exec sh -c '").endsWith("'");
      assertThat(run.substring("exec sh -c '".length(), run.length() - 1))
          .matches("[ -~]*")
          .doesNotContain("'", "!")
          .doesNotContainPattern("\\\\[^n\"$0]");
    }
  }

  @Test
  void plainWordsNeedNoOtherProcess() {
    assertThat(RemoteScript.run(Command.of("squeue", "--me", "-o", "a:b"), TOKEN))
        .contains("j4_e=\"exec squeue --me -o a:b\"")
        .doesNotContain("%b");
  }

  @Test
  void bothStreamsAreFramedAndTheExitCodeIsInside() throws Exception {
    Command command = Command.of("sh", "-c", "printf out; printf err >&2; exit 3");

    Streams streams =
        run("sh", "echo chatter; echo noise >&2; " + RemoteScript.run(command, TOKEN));

    assertThat(text(streams.output)).isEqualTo("out");
    assertThat(streams.output.begin()).matches("[0-9]+");
    assertThat(streams.output.end()).isEqualTo("3");
    assertThat(streams.error.begin()).isEqualTo("-");
    assertThat(text(streams.error)).isEqualTo("err");
    assertThat(streams.error.end()).isEqualTo("3");
  }

  @Test
  void theCommandIsInASessionOfItsOwnAndHasTheInput() throws Exception {
    Command command =
        Command.of("sh", "-c", "read -r stat </proc/$$/stat; set -- ${stat##*) }; echo $3 $4; cat");
    String line = RemoteScript.run(command, TOKEN);

    // The first leads a session as the login shell of a server does.
    for (List<String> start : List.of(List.of("setsid", "-w", "sh", "-c"), List.of("sh", "-c"))) {
      List<String> words = new ArrayList<>(start);
      words.add(start.size() == 2 ? "(" + line + "); :" : line);
      Frame frame = new Frame(TOKEN, 1000);
      feed(frame, local.run(Command.of(words).withInput("in\nput")).output());

      String id = frame.begin();
      assertThat(text(frame)).isEqualTo("%s %s\nin\nput".formatted(id, id));
    }
  }

  @Test
  void shMayBeAnyShell() throws Exception {
    String odd = "a'b\"$c`\\ \n\u00e9!";
    for (String shell : List.of("bash", "dash", "busybox", "zsh", "ksh")) {
      CommandResult found = local.run(Command.of("sh", "-c", "command -v " + shell));
      if (!found.succeeded()) {
        continue;
      }
      Path bin = Files.createDirectory(directory.resolve(shell));
      Files.createSymbolicLink(bin.resolve("sh"), Path.of(found.output().strip()));
      for (String before : List.of("", "exec setsid -w ")) {
        String path = "PATH=" + bin + ":$PATH; export PATH; " + before;
        Frame words =
            run("sh", path + oneLine(before, Command.of("printf", "<%s>", odd, ""))).output;
        assertThat(text(words)).as(shell).isEqualTo("<" + odd + "><>");
        assertThat(words.begin()).as(shell).matches("[0-9]+");
        assertThat(words.end()).as(shell).isEqualTo("0");
        assertThat(
                run("sh", path + oneLine(before, Command.of("sh", "-c", "exit 127"))).output.end())
            .as(shell)
            .isEqualTo("127");
        assertThat(run("sh", path + oneLine(before, Command.of("no-such-program"))).output.end())
            .as(shell)
            .isEqualTo(RemoteScript.NO_PROGRAM);
      }
    }
  }

  /** What setsid starts is a program, and so not the exec that the line begins with. */
  private static String oneLine(String before, Command command) {
    String line = RemoteScript.run(command, TOKEN);
    return before.isEmpty() ? "(" + line + "); :" : line.substring("exec ".length());
  }

  @Test
  void aSignalToItsProcessGroupEndsTheCommandAlone() throws Exception {
    for (String signal : List.of("HUP", "INT", "QUIT", "TERM", "USR1")) {
      Command command = Command.of("sh", "-c", "kill -s " + signal + " 0; sleep 60");
      Frame frame = new Frame(TOKEN, 1000);
      feed(
          frame,
          local
              .run(Command.of("setsid", "-w", "sh", "-c", RemoteScript.run(command, TOKEN)))
              .output());

      assertThat(frame.begin()).as(signal).matches("[0-9]+");
      assertThat(Integer.parseInt(frame.end())).as(signal).isGreaterThan(128);
    }
  }

  @Test
  void exitCodesOfProgramsThatAreThereAreTheirOwn() throws Exception {
    for (String code : List.of("126", "127")) {
      Command command = Command.of("sh", "-c", "exit " + code);
      assertThat(run("sh", RemoteScript.run(command, TOKEN)).output.end()).isEqualTo(code);
      assertThat(
              run(
                      "sh",
                      RemoteScript.run(
                          command.withEnvironment(Map.of("PATH", "/usr/bin:/bin")), TOKEN))
                  .output
                  .end())
          .isEqualTo(code);
    }
  }

  @Test
  void signalsShow() throws Exception {
    Command command = Command.of("sh", "-c", "kill -9 $$");

    assertThat(run("sh", RemoteScript.run(command, TOKEN)).output.end()).isEqualTo("137");
  }

  @Test
  void whatHasNotSaidItsIdIsKilledWithAllThatItStarted() throws Exception {
    for (boolean leads : new boolean[] {true, false}) {
      String token = "jobs4j-" + UUID.randomUUID();
      Path ids = directory.resolve("ids-" + leads);
      Command command =
          Command.of("sh", "-c", "sleep 300 & echo $$ $! >" + ids + "; trap '' TERM; wait");
      String line = RemoteScript.run(command, token);
      // As the login shell of a server leads its session, or as one in between does not.
      List<String> words = new ArrayList<>(List.of("setsid", "-w", "sh", "-c"));
      words.addAll(leads ? List.of(line) : List.of("sh -c \"$1\"; :", "sh", line));
      Process process =
          new ProcessBuilder(words)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        await().until(() -> Files.exists(ids) && Files.readString(ids).endsWith("\n"));
        List<ProcessHandle> started = new ArrayList<>();
        for (String id : Files.readString(ids).strip().split(" ", -1)) {
          started.add(ProcessHandle.of(Long.parseLong(id)).orElseThrow());
        }

        CommandResult kill = local.run(Command.of("sh", "-c", RemoteScript.kill(null, token)));

        assertThat(kill.exitCode()).isZero();
        await().until(() -> started.stream().noneMatch(ProcessHandle::isAlive));
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    assertThat(local.run(Command.of("sh", "-c", RemoteScript.kill(null, TOKEN))).exitCode())
        .isEqualTo(1);
  }

  @Test
  void idsThatStandForManyProcessesAreRefused() {
    for (String id :
        List.of("0", "1", "00001", "-5", "", "x", RemoteScript.ALONE + "1", RemoteScript.ALONE)) {
      assertThatThrownBy(() -> RemoteScript.kill(id, TOKEN))
          .as(id)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(RemoteScript.kill("2", TOKEN)).contains("2");
  }

  @Test
  void directoryAndVariablesAreAsGiven() throws Exception {
    Path odd = Files.createDirectory(directory.resolve("-a 'b' $c"));
    Command command =
        Command.of("sh", "-c", "pwd; printf %s \"$SOME$UID\"")
            .in(odd.toString())
            .withEnvironment(Map.of("SOME", "a\nb'$(x)", "UID", "77"));
    Command withDot = Command.of("env").withEnvironment(Map.of("A.B", "1"));

    assertThat(text(run("sh", RemoteScript.run(command, TOKEN)).output))
        .isEqualTo(odd.toRealPath() + "\na\nb'$(x)77");
    assertThat(text(run("sh", RemoteScript.run(withDot, TOKEN)).output)).contains("A.B=1\n");
  }

  @Test
  void aProgramWithAnEqualsSignIsNoVariable() throws Exception {
    Path program = Files.writeString(directory.resolve("a=b"), "#!/bin/sh\necho \"$1\" $X\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Command command = Command.of(program.toString(), "one").withEnvironment(Map.of("X", "two"));

    assertThat(text(run("sh", RemoteScript.run(command, TOKEN)).output)).isEqualTo("one two\n");
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Command noDirectory = Command.of("true").in(directory + "/none");
    Path noExecutable = Files.writeString(directory.resolve("no-executable"), "echo");
    List<Command> noProgram =
        List.of(
            Command.of("no-such-program-at-all"),
            Command.of(directory + "/none"),
            Command.of(directory.toString()),
            Command.of(noExecutable.toString()),
            Command.of("no-executable")
                .withEnvironment(Map.of("PATH", directory + ":/usr/bin:/bin")),
            Command.of("cat").withEnvironment(Map.of("PATH", "/nonexistent")));
    for (boolean launch : new boolean[] {false, true}) {
      assertThat(run("sh", script(noDirectory, launch)).output.begin())
          .isEqualTo(RemoteScript.NO_DIRECTORY);
      for (Command command : noProgram) {
        Frame frame = run("sh", script(command, launch)).output;
        assertThat(launch ? frame.begin() : frame.end())
            .as(command.words().get(0))
            .isEqualTo(RemoteScript.NO_PROGRAM);
      }
    }
  }

  @Test
  void aLaunchedCommandLeadsASessionAndHeedsInterrupts() throws Exception {
    Command command =
        Command.of(
            "sh",
            "-c",
            "trap 'echo interrupted; exit' INT; read -r stat </proc/$$/stat; set -- ${stat##*) };"
                + " [ \"$$ $$\" = \"$3 $4\" ] && kill -s INT $$; echo not");

    Frame frame = toItsEnd(RemoteScript.launch(command, TOKEN, true));

    assertThat(frame.begin()).isEqualTo("-");
    assertThat(text(frame)).startsWith("interrupted");
  }

  @Test
  void withoutSetsidTheCommandRunsAllTheSame() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    for (String program : List.of("sh", "true", "printf", "env")) {
      Files.createSymbolicLink(bin.resolve(program), Path.of("/usr/bin", program));
    }
    String path = "PATH='" + bin + "'; export PATH; ";
    Command command = Command.of("sh", "-c", "echo $$");

    Frame ran = run("sh", path + RemoteScript.run(command, TOKEN)).output;
    assertThat(ran.begin()).isEqualTo(RemoteScript.ALONE + text(ran).strip());

    Frame launched = toItsEnd(path + RemoteScript.launch(command, TOKEN, true));
    assertThat(text(launched)).matches("[0-9]+\n?");
  }

  /** With what is written after the line has ended. */
  private Frame toItsEnd(String line) throws InterruptedException {
    return run("sh", "(" + line + ") | cat").output;
  }

  private static String script(Command command, boolean launch) {
    return launch ? RemoteScript.launch(command, TOKEN, false) : RemoteScript.run(command, TOKEN);
  }

  private List<String> shells() throws InterruptedException {
    List<String> there = new ArrayList<>();
    for (String shell : SHELLS) {
      if (local.run(Command.of("sh", "-c", "command -v " + shell)).succeeded()) {
        there.add(shell);
      }
    }
    return there;
  }

  private Streams run(String shell, String line) throws InterruptedException {
    return run(shell, line, "");
  }

  private Streams run(String shell, String line, String input) throws InterruptedException {
    CommandResult result = local.run(Command.of(shell, "-c", line).withInput(input));
    Streams streams = new Streams(new Frame(TOKEN, 100_000), new Frame(TOKEN, 100_000));
    feed(streams.output, result.output());
    feed(streams.error, result.error());
    return streams;
  }

  private static void feed(Frame frame, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    frame.feed(bytes, bytes.length);
  }

  private static String text(Frame frame) {
    return new String(frame.content(), StandardCharsets.UTF_8);
  }

  private record Streams(Frame output, Frame error) {}
}
