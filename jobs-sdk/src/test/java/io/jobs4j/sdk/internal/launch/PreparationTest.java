package io.jobs4j.sdk.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreparationTest {
  /** As Environment Modules 5 and Lmod have it: what fails returns another number. */
  private static final String MODULE =
      """
      module() {
        printf 'module'; printf ' <%s>' "$@"; echo
        case $* in *missing*) echo "ERROR: Unable to locate a modulefile for '$2'" >&2; return 1 ;; esac
        loaded="${loaded-} $*"
      }
      """;

  @TempDir Path temporary;
  private Path work;

  @BeforeEach
  void directories() throws Exception {
    work = Files.createDirectory(temporary.resolve("work"));
    Files.createDirectory(work.resolve(WorkDirectory.CONTROL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void startupScriptAndModulesPrepareTheShellOfTheApplication(String shell) throws Exception {
    Path home = Files.createDirectory(temporary.resolve("it's $(touch pwned) home"));
    Path startup =
        Files.writeString(
            home.resolve("start.sh"),
            MODULE + "echo said; here=set; cd /; jobs4j_value_0=overwritten\nfalse\n");
    ShellRun run =
        run(
            shell,
            startup.toString(),
            List.of("purge", "load TACC", "$(touch pwned)", "a;b"),
            "printf '%s\\0' \"$here\" \"$loaded\" ${p}");

    assertThat(run.words())
        .containsExactly("set", " purge load TACC load $(touch pwned) load a;b", "value");
    assertThat(run.error()).isEmpty();
    assertThat(stage()).isEqualTo("application\n");
    assertThat(log())
        .isEqualTo(
            """
            said
            module <purge>
            module <load> <TACC>
            module <load> <$(touch> <pwned)>
            module <load> <a;b>
            """);
    assertThat(work.toFile().list()).containsExactlyInAnyOrder(WorkDirectory.LOG, ".jobs4j");
    assertThat(work.resolve(".jobs4j").toFile().list()).containsExactly(".stage");
  }

  @ParameterizedTest
  @CsvSource({
    "sh, exit 0, ''",
    "bash, exit 0, ''",
    "sh, exec true, ''",
    "bash, exec true, ''",
    "sh, trap - EXIT; exit 0, ''",
    "sh, 'set -e; false; true', ''",
    "bash, 'set -e; false; true', ''",
    "sh, 'if then', Syntax error",
    "bash, 'if then', 'it is not written in the language of bash'",
    "sh, kill -KILL $$, ''"
  })
  void aStartupScriptThatEndsTheShellIsNotTheApplication(String shell, String text, String said)
      throws Exception {
    Path startup = Files.writeString(temporary.resolve("start.sh"), text + "\n");

    ShellRun run = run(shell, startup.toString(), List.of(), "printf 'ran\\0'");

    assertThat(run.words()).isEmpty();
    assertThat(stage()).isEqualTo("startup " + startup + "\n");
    assertThat(log()).contains(said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void whatAStartupScriptReturnsDoesNotMatter(String shell) throws Exception {
    String text =
        shell.equals("sh") ? "false\n" : "shopt -s extglob\nx() { [[ a == @(a|b) ]]; }\nfalse\n";
    Path startup = Files.writeString(temporary.resolve("start.sh"), text);

    ShellRun run = run(shell, startup.toString(), List.of(), "printf 'ran\\0'");

    assertThat(run.words()).containsExactly("ran");
    assertThat(stage()).isEqualTo("application\n");
  }

  @ParameterizedTest
  @CsvSource({"sh, /nowhere/start.sh", "bash, /nowhere/start.sh", "sh, start.sh", "bash, /tmp"})
  void aStartupScriptThatCannotBeReadIsAFailure(String shell, String path) throws Exception {
    ShellRun run = run(shell, path, List.of(), "printf 'ran\\0'");

    assertThat(run.words()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(stage()).startsWith("startup ");
    assertThat(log()).endsWith(path + ": no such file, or it cannot be read\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void aStartupScriptIsLookedForAtHomeAndInTheWorkDirectory(String shell) throws Exception {
    Files.writeString(work.resolve("start it.sh"), "here=found\n");
    for (String path : List.of("~/start it.sh", "start it.sh", "./start it.sh")) {
      // The test's shells have the work directory for their home.
      assertThat(run(shell, path, List.of(), "printf '%s\\0' \"$here\"").words())
          .as(path)
          .containsExactly("found");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void aModuleThatFailsEndsTheJob(String shell) throws Exception {
    Path startup = Files.writeString(temporary.resolve("start.sh"), MODULE);

    ShellRun run =
        run(shell, startup.toString(), List.of("load good", "load missing/1"), "printf 'ran\\0'");

    assertThat(run.words()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(stage()).isEqualTo("modules module load missing/1\n");
    assertThat(log())
        .endsWith(
            """
            ERROR: Unable to locate a modulefile for 'missing/1'
            "module load missing/1" failed
            """);
  }

  @Test
  void anErrorThatAnOldVersionOnlyPrintsIsAFailure() throws Exception {
    Path startup =
        Files.writeString(
            temporary.resolve("start.sh"),
            "module() { echo \"ModuleCmd_Load.c(213):ERROR:105: Unable to locate it\" >&2; }\n");

    ShellRun run = run("sh", startup.toString(), List.of("load x"), "printf 'ran\\0'");

    assertThat(run.words()).isEmpty();
    assertThat(stage()).isEqualTo("modules module load x\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void withoutTheCommandModuleNothingRuns(String shell) throws Exception {
    ShellRun run = run(shell, null, List.of("load x"), "printf 'ran\\0'");

    assertThat(run.words()).isEmpty();
    assertThat(stage()).isEqualTo("modules module load x\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void theCommandModuleIsLookedForWhereItIsInstalled(String shell) throws Exception {
    Path init = Files.createDirectories(temporary.resolve("modules/init")).resolve(shell);
    Files.writeString(init, MODULE);
    Path startup =
        Files.writeString(
            temporary.resolve("start.sh"), "MODULESHOME=%s/modules\n".formatted(temporary));

    ShellRun run = run(shell, startup.toString(), List.of("load x"), "printf '%s\\0' \"$loaded\"");

    assertThat(run.words()).containsExactly(" load x");
  }

  @Test
  void whereNothingIsToBePreparedNothingIsNoted() throws Exception {
    assertThat(run("sh", null, List.of(), "printf 'ran\\0'").words()).containsExactly("ran");
    assertThat(work.resolve(".jobs4j")).isEmptyDirectory();
  }

  private ShellRun run(
      String shell, @Nullable String startup, List<String> modules, String template)
      throws Exception {
    String script =
        Rendered.script(
            Definitions.system(startup),
            Definitions.app(modules, List.of(), List.of(Definitions.parameter("p"))),
            template,
            Map.of(),
            Map.of("p", "value"),
            Set.of());
    return ShellRun.of(shell, script, work, temporary);
  }

  private String stage() throws Exception {
    return Files.readString(work.resolve(".jobs4j/.stage"));
  }

  private String log() throws Exception {
    Path log = work.resolve(WorkDirectory.LOG);
    return Files.exists(log) ? Files.readString(log) : "";
  }
}
