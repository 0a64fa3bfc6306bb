package io.jobs4j.sdk.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchScriptTest {
  @TempDir Path temporary;

  private static final String TO_BASH =
      """
      if [ -z "${JOBS4J_SHELL-}" ]; then export JOBS4J_SHELL=1; exec '/bin/bash' "$0"; fi
      unset JOBS4J_SHELL
      """;

  @Test
  void beginsWithTheTemplatesOwnShebangOrTheUsualOne() {
    assertThat(render("echo hi")).isEqualTo("#!/bin/sh\necho hi\n");
    assertThat(render("#!/bin/sh\necho hi")).isEqualTo("#!/bin/sh\necho hi\n");
    assertThat(render("#!/bin/bash -l \r\necho hi\n"))
        .isEqualTo("#!/bin/bash -l\n" + TO_BASH.replace("bash'", "bash' '-l'") + "echo hi\n\n");
    assertThat(render("#!/bin/bash")).isEqualTo("#!/bin/bash\n" + TO_BASH + "\n");
    assertThat(render("")).isEqualTo("#!/bin/sh\n\n");
    assertThat(render("#! \n")).isEqualTo("#!/bin/sh\n\n");
    assertThat(render("\n#!/bin/bash")).startsWith("#!/bin/sh\n");
  }

  @Test
  void aScriptForAnotherShellHandsItselfOverToIt() throws Exception {
    String template =
        "#!/usr/bin/env bash\n[[ a == a ]] && echo \"$0 ${BASH_VERSION%%.*} $JOBS4J_SHELL.\"";
    Path script = Files.writeString(temporary.resolve("it's a script"), render(template));
    Process process =
        new ProcessBuilder("/bin/sh", "./" + script.getFileName())
            .directory(temporary.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).matches("\\./it's a script [0-9]+ \\.\n");
    assertThat(process.waitFor()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void theBytesOfATemplateStayAsTheyAre(String shell) throws Exception {
    byte[] template =
        "printf '%s\\0' 'M\374ller' ${p} '\344'".getBytes(StandardCharsets.ISO_8859_1);
    byte[] script =
        LaunchScript.render(
            Definitions.system(null),
            Definitions.app(List.of(), List.of(), List.of(Definitions.parameter("p"))),
            WrapperTemplate.read("wrapper.sh", template),
            Map.of(),
            Map.of("p", "M\u00fcller \u20ac"),
            Set.of());
    Path file = Files.write(temporary.resolve("script"), script);
    Process process = new ProcessBuilder(shell, file.toString()).start();
    byte[] printed = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    assertThat(new String(printed, StandardCharsets.ISO_8859_1))
        .isEqualTo(
            "M\374ller\0"
                + new String(
                    "M\u00fcller \u20ac".getBytes(StandardCharsets.UTF_8),
                    StandardCharsets.ISO_8859_1)
                + "\0\344\0");
  }

  @Test
  void valuesOfEachTypeHaveOnePlainForm() throws Exception {
    assertThat(words(AppParameter.Type.NUMBER, 42L)).containsExactly("42");
    assertThat(words(AppParameter.Type.NUMBER, new BigDecimal("1E+3"))).containsExactly("1000");
    assertThat(words(AppParameter.Type.NUMBER, new BigDecimal("-0.0000001")))
        .containsExactly("-0.0000001");
    assertThat(words(AppParameter.Type.BOOL, true)).containsExactly("1");
    assertThat(words(AppParameter.Type.BOOL, false)).containsExactly("0");
    assertThat(words(AppParameter.Type.STRING, "")).containsExactly("");
    assertThat(words(AppParameter.Type.STRING, List.of("a b", "", "c")))
        .containsExactly("a b", "", "c");
    assertThat(words(AppParameter.Type.ENUMERATION, "one")).containsExactly("one");
  }

  @Test
  void whatIsMissingLeavesNothingBehind() throws Exception {
    assertThat(words(AppParameter.Type.STRING, null)).isEmpty();
    assertThat(words(AppParameter.Type.STRING, List.of())).isEmpty();
    AppParameter shown =
        Definitions.parameter("p", AppParameter.Type.STRING, "--name=", true, true);
    assertThat(run("printf '%s\\0' [ ${p} \"${p}\" '${p}' ]", shown, null))
        .containsExactly("[", "", "", "]");
    assertThat(run("x=${p}; printf '%s\\0' \"$x\"", shown, null)).containsExactly("");
  }

  @Test
  void aFlagIsItsArgumentOrNothing() throws Exception {
    AppParameter flag =
        Definitions.parameter("p", AppParameter.Type.FLAG, "--verbose --level=2", false, false);
    assertThat(run("printf '%s\\0' a ${p} z", flag, true))
        .containsExactly("a", "--verbose", "--level=2", "z");
    assertThat(run("printf '%s\\0' a ${p} z", flag, false)).containsExactly("a", "z");
    assertThat(run("printf '%s\\0' a ${p} z", flag, null)).containsExactly("a", "z");
    assertThat(run("x=${p}; printf '%s\\0' \"$x\"", flag, true))
        .containsExactly("--verbose --level=2");
    AppParameter without = Definitions.parameter("p", AppParameter.Type.FLAG, null, false, false);
    assertThat(run("printf '%s\\0' a ${p} z", without, true)).containsExactly("a", "z");
  }

  @Test
  void argumentsGoBeforeTheFirstOrEachValue() throws Exception {
    List<String> two = List.of("a b", "c");
    assertThat(run("printf '%s\\0' ${p}", argument("--x=", true, true), two))
        .containsExactly("--x=a b", "--x=c");
    assertThat(run("printf '%s\\0' ${p}", argument("-x ", true, true), two))
        .containsExactly("-x", "a b", "-x", "c");
    assertThat(run("printf '%s\\0' ${p}", argument("-x ", true, false), two))
        .containsExactly("-x", "a b", "c");
    assertThat(run("printf '%s\\0' ${p}", argument("-x ", false, true), two))
        .containsExactly("a b", "c");
    assertThat(run("printf '%s\\0' ${p}", argument(null, true, true), two))
        .containsExactly("a b", "c");
    assertThat(run("printf '%s\\0' \"${p}\"", argument("-x ", true, true), two))
        .containsExactly("-x a b -x c");
    assertThat(run("x=${p}; printf '%s\\0' \"$x\"", argument("-x ", true, true), "touch"))
        .containsExactly("-x touch");
  }

  @Test
  void inputsAreNeverTakenForOptions() throws Exception {
    AppInput input = Definitions.input("in", "--file ", true, true);
    String script =
        Rendered.script(
            Definitions.system(null),
            Definitions.app(List.of(), List.of(input, Definitions.input("other")), List.of()),
            "printf '%s\\0' ${in} ${other}",
            Map.of("in", List.of("-rf", "a b", "--"), "unknown", List.of("x")),
            Map.of(),
            Set.of());
    assertThat(run("sh", script).words())
        .containsExactly("--file", "./-rf", "--file", "a b", "--file", "./--");
  }

  @Test
  void onlyTheApplicationsKeysAndTheGivenVariablesAreReplaced() throws Exception {
    String script =
        Rendered.script(
            Definitions.system(null),
            Definitions.app(List.of(), List.of(), List.of(Definitions.parameter("path"))),
            "PATH2=mine X='a  b'; printf '%s\\0' ${path} ${PATH2} ${Path:-unset} ${X} ${X#a} $path"
                + " ${#path}",
            Map.of(),
            Map.of("path", "v  w", "PATH2", "not the app's"),
            Set.of("X"));
    assertThat(run("sh", script).words())
        .containsExactly("v  w", "mine", "unset", "a  b", "b", "0");
  }

  @Test
  void keysMayHaveCharactersThatNoVariableHas() throws Exception {
    for (String key : List.of("in.file", "in-file", "2nd", "-x", "1")) {
      String script =
          Rendered.script(
              Definitions.system(null),
              Definitions.app(List.of(), List.of(), List.of(Definitions.parameter(key))),
              "printf '%s\\0' ${" + key + "}",
              Map.of(),
              Map.of(key, "a b"),
              Set.of());
      assertThat(run("sh", script).words()).as(key).containsExactly("a b");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void numbersMayBeCalculatedWith(String shell) throws Exception {
    String template =
        """
        printf '%s\\0' $(( ${p} << 2 )) "$((${p}*(2+1)))" $((1<<${p}
        ))
        x=$(( (${p} + 1) )); printf '%s\\0' $x "$(printf %s $((${p}<<1)))" ${p}
        """;
    String script =
        script(
            Definitions.parameter("p", AppParameter.Type.NUMBER, null, false, false), template, 5L);
    ShellRun run = run(shell, script);
    assertThat(run.error()).isEmpty();
    assertThat(run.words()).containsExactly("20", "15", "32", "6", "10", "5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void everythingButKeysIsLeftAsItIs(String shell) throws Exception {
    String template =
        """
        # it's "a $( comment `
        f() ( printf '%s\\0' "$#" "$$" | tr -d 0-9; )
        f a 'b "' "c '" \\' \\"
        y='a b'; printf '%s\\0' "${y%"${y#?}"}" ${y#a\\ } "${y:-(its}" a#b \\#'c' $(printf 1)#d
        case x in (y) ;; x) printf 'case\\0'; esac
        cat <<A; cat <<-"B B"
        it's "$y" `printf 2` \\$y \\\\
        A
        \t$y `
        \tB B
        printf '\\0'
        echo "$(cat <<A
        ) it's
        A
        )" `printf "%s" 'x y'` 'end'; printf '\\0'
        """;
    ShellRun plain = run(shell, "#!/bin/sh\n" + template);
    assertThat(plain.error()).isEmpty();
    assertThat(render(template)).isEqualTo("#!/bin/sh\n" + template + "\n");
    String marked = template.replace("'end'", "${p}");
    String script = script(Definitions.parameter("p"), marked, "end");
    assertThat(script).endsWith(marked.replace("${p}", "\"${jobs4j_value_0}\"") + "\n");
    assertThat(run(shell, script)).isEqualTo(plain);
  }

  @Test
  void anUnfinishedTemplateIsStillRead() {
    for (String open :
        List.of(
            "'",
            "\"",
            "`",
            "$(",
            "$((",
            "\"$(",
            "cat <<EOF\n",
            "cat <<EOF",
            "\\",
            "#",
            "\"`\\\"")) {
      assertThat(script(Definitions.parameter("p"), open, "v")).endsWith(open + "\n");
      assertThat(script(Definitions.parameter("p"), "${p}" + open, "v"))
          .endsWith("\"${jobs4j_value_0}\"" + open + "\n");
    }
  }

  @Test
  void aValueThatNoShellCanHoldIsRefused() {
    assertThatThrownBy(() -> script(Definitions.parameter("p"), "${p}", "a\0b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NUL");
  }

  private static AppParameter argument(@Nullable String argument, boolean show, boolean repeat) {
    return Definitions.parameter("p", AppParameter.Type.STRING, argument, show, repeat);
  }

  private List<String> words(AppParameter.Type type, @Nullable Object value) throws Exception {
    return run(
        "for w in ${p}; do printf '%s\\0' \"$w\"; done",
        Definitions.parameter("p", type, null, false, false), value);
  }

  private List<String> run(String template, AppParameter parameter, @Nullable Object value)
      throws Exception {
    ShellRun run = run("sh", script(parameter, template, value));
    assertThat(run.error()).isEmpty();
    return run.words();
  }

  private ShellRun run(String shell, String script) throws Exception {
    return ShellRun.of(shell, script, temporary, temporary);
  }

  private static String script(AppParameter parameter, String template, @Nullable Object value) {
    return Rendered.script(
        Definitions.system(null),
        Definitions.app(List.of(), List.of(), List.of(parameter)),
        template,
        Map.of(),
        value == null ? Map.of() : Map.of("p", value),
        Set.of());
  }

  private static String render(String template) {
    return Rendered.script(
        Definitions.system(null),
        Definitions.app(List.of(), List.of(), List.of()),
        template,
        Map.of(),
        Map.of(),
        Set.of());
  }
}
