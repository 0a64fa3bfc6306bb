package io.jobs4j.sdk.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs templates with values that try to become code, in real shells, and compares the words that
 * programs get with the values.
 */
class LaunchScriptHostileValuesTest {
  private static final long SEED = 20240229;
  private static final int SCRIPTS = 10;
  private static final int VALUES_PER_SCRIPT = 200;

  private static final List<String> ATOMS =
      List.of(
          "'",
          "''",
          "\"",
          "\\",
          "\\\\",
          "`",
          "$",
          "$$",
          "$?",
          "$p",
          "${p}",
          "${HOME}",
          "$HOME",
          "$(touch pwned)",
          "`touch pwned`",
          "$((1+1))",
          "$((a[$(touch pwned)]))",
          "; touch pwned;",
          "&& touch pwned",
          "| touch pwned",
          "& touch pwned &",
          "\ntouch pwned\n",
          "\n",
          "\n\n",
          "\r\n",
          "\t",
          "\t\t",
          " ",
          "  ",
          "*",
          "?",
          "[a-z]*",
          "a*",
          "{a,b}",
          "~",
          "~/",
          "~root",
          "-n",
          "--",
          "-",
          "!",
          "!!",
          "!1",
          "^",
          "#",
          "# ",
          "(",
          ")",
          "((",
          "))",
          "{",
          "}",
          "[",
          "]",
          "<",
          ">",
          ">pwned",
          "> pwned",
          "<<EOF",
          "\nEOF\n",
          "\n\tEOF\n",
          "EOF",
          "esac",
          ";;",
          "done",
          "fi",
          "x=1",
          "=",
          "%s",
          "%n",
          "%%",
          "\\0",
          "\\n",
          "\\c",
          "\\x41",
          "\\'",
          "\\\"",
          "$'\\n'",
          "'$(touch pwned)'",
          "\"$(touch pwned)\"",
          "'\"'\"'",
          "'\\''",
          "é",
          "Á",
          "漢字",
          "😀",
          "\u202e",
          "\u0001",
          "\u0007",
          "\u001b[31m",
          "\u007f",
          "\u0081",
          "\u0088",
          "\u00a0",
          "\u2028",
          "\ufeff",
          "a",
          "b c",
          "jobs4j_value_0",
          "${jobs4j_value_0}",
          "IFS=x",
          "/",
          "..",
          "./a1",
          "",
          "0",
          "true");

  @TempDir Path temporary;
  private Path directory;
  private Path aside;

  @BeforeEach
  void fill() throws Exception {
    directory = Files.createDirectory(temporary.resolve("work"));
    aside = Files.createDirectory(temporary.resolve("aside"));
    for (String name : List.of("a1", "a2", "b", ".hidden", "b c")) {
      Files.writeString(directory.resolve(name), name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "bash"})
  void valuesReachTheProgramAsTheyAreAndDoNothingElse(String shell) throws Exception {
    Random random = new Random(SEED);
    List<String> before = ShellRun.listing(directory);
    for (int i = 0; i < SCRIPTS; i++) {
      Batch batch = new Batch(shell, random);
      for (int j = 0; j < VALUES_PER_SCRIPT; j++) {
        int atom = i * VALUES_PER_SCRIPT + j;
        batch.add(atom < ATOMS.size() ? ATOMS.get(atom) : hostile(random));
      }
      batch.check(SEED + "/" + i);
      assertThat(ShellRun.listing(directory)).as("seed %s/%s", SEED, i).isEqualTo(before);
    }
  }

  private static String hostile(Random random) {
    if (random.nextInt(400) == 0) {
      return ATOMS.get(random.nextInt(ATOMS.size())).repeat(20_000);
    }
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      text.append(ATOMS.get(random.nextInt(ATOMS.size())));
    }
    return text.toString();
  }

  /** One script with many values, each of them in many places. */
  private final class Batch {
    private final String shell;
    private final Random random;
    private final StringBuilder template = new StringBuilder();
    private final List<AppParameter> parameters = new ArrayList<>();
    private final List<AppInput> inputs = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, List<String>> names = new LinkedHashMap<>();
    private final List<String> expected = new ArrayList<>();

    /** The place that each expected word comes from. */
    private final List<String> places = new ArrayList<>();

    Batch(String shell, Random random) {
      this.shell = shell;
      this.random = random;
    }

    void add(String value) {
      int number = parameters.size();
      List<String> files =
          random.nextBoolean()
              ? List.of(value, hostile(random))
              : List.of(hostile(random), value, hostile(random));
      parameters.add(Definitions.parameter("p" + number));
      inputs.add(Definitions.input("m" + number));
      values.put("p" + number, value);
      names.put("m" + number, files);
      List<String> given = files.stream().map(f -> f.startsWith("-") ? "./" + f : f).toList();
      plainPlaces(number, value, given);
      for (int i = 0; i < 2; i++) {
        processPlace(random.nextInt(20), number, value, given);
      }
    }

    /** Places that the shell handles by itself. */
    private void plainPlaces(int number, String value, List<String> files) {
      place(number, "printf '%s\\0' ${P}", value);
      place(number, "printf '%s\\0' \"${P}\"", value);
      place(number, "printf '%s\\0' '${P}'", value);
      place(number, "printf '%s\\0' a${P}b\"c ${P} d\"'e ${P} f'", around("a@bc @ de @ f", value));
      place(
          number,
          "printf '%s\\0' 'it'\"'\"'s ${P}' \"\\\"${P}\\\"\"",
          around("it's @", value),
          around("\"@\"", value));
      place(number, "printf '%s\\0' --in ${M}", prefixed("--in", files));
      place(number, "printf '%s\\0' \"${M}\"", String.join(" ", files));
      place(number, "printf '%s\\0' '${M}'", String.join(" ", files));
      place(number, "for f in ${M}; do printf '%s\\0' \"$f\"; done", files.toArray(String[]::new));
      place(number, "x=${P} y=${P}; printf '%s\\0' \"$x\" \"$y\"", value, value);
      place(number, "x=${M}; printf '%s\\0' \"$x\"", String.join(" ", files));
      place(number, "x=\"a b\"${M}; printf '%s\\0' \"$x\"", "a b" + String.join(" ", files));
      place(number, "export X=${M}; printf '%s\\0' \"$X\"; unset X", String.join(" ", files));
      place(number, "case ${P} in \"${P}\") printf 'same\\0';; *) printf 'no\\0';; esac", "same");
      place(number, "case x${P} in x${P}) printf 'same\\0';; *) printf 'no\\0';; esac", "same");
      place(number, "if [ ${P} = \"${P}\" ]; then printf 'equal\\0'; fi", "equal");
      place(number, ": # don't ${P} \" ` $( ${M}");
      place(number, "# don't ${P} \" ` $( ${M}");
      place(number, "printf '%s\\0' a#${P}'b'", "a#" + value + "b");
      place(number, "printf '%s\\0' \\${P} \"\\${P}\"", key("${P}", number), key("${P}", number));
      place(number, "{ printf '%s\\0' ${P}; }", value);
      place(
          number,
          "set -- ${P} ${M}; printf '%s\\0' \"$#\" \"$1\"",
          Integer.toString(files.size() + 1),
          value);
      place(number, "unset u; printf '%s\\0' ${u:-${P}} \"${u:-${P}}\"", value, value);
    }

    /** Places that need another process, which takes time. */
    private void processPlace(int which, int number, String value, List<String> files) {
      String all = String.join(" ", files);
      String x = value + "x";
      switch (which) {
        case 0 -> place(number, "printf '%s\\0' \"$(printf %s \"${P}\"; printf x)\"", x);
        case 1 -> place(number, "printf '%s\\0' \"$(printf %s ${P}; printf x)\"", x);
        case 2 -> place(number, "printf '%s\\0' \"$(printf %s '${P}'; printf x)\"", x);
        case 3 -> place(number, "printf '%s\\0' \"`printf %s \"${P}\"; printf x`\"", x);
        case 4 -> place(number, "printf '%s\\0' \"`printf %s \\\"${P}\\\"; printf x`\"", x);
        case 5 -> place(number, "printf '%s\\0' \"`printf %s ${P}; printf x`\" ${P}", x, value);
        case 6 -> place(number, "printf '%s\\0' \"`printf %s '${P}'; printf x`\" ${P}", x, value);
        case 7 -> place(number, "x=`printf %s \"${P}\"; printf x`; printf '%s\\0' \"$x\"", x);
        case 8 -> place(number, "x=$(printf %s ${P}; printf x); printf '%s\\0' \"$x\"", x);
        case 9 ->
            place(
                number,
                "printf '%s\\0' \"$( ( printf %s ${P} ); ( (printf x) ) )\" ${P}",
                x,
                value);
        case 10 ->
            place(
                number,
                "printf '%s\\0' \"$(case a in a) printf %s ${P};; (b) ;; esac; printf x)\" ${P}",
                x,
                value);
        case 11 ->
            place(
                number,
                "cat <<EOF # don't\n${P}|\"it's\" \\${P} ${M}`echo`\nEOF\nprintf '%s\\0' ${P}",
                around("@|\"it's\" ", value) + key("${P} ", number) + all + "\n" + value);
        case 12 ->
            place(number, "cat <<-EOF\n\t\t[${P}]\n\tEOF\nprintf '\\0'", around("[@]\n", value));
        case 13 ->
            place(
                number,
                "cat <<'EOF'\n${P} it's \"\nEOF\nprintf '\\0'",
                key("${P} it's \"\n", number));
        case 14 ->
            place(
                number,
                "cat <<\"E F\" && printf '\\0'\n${P} `\nE F\nprintf '%s\\0' ${P}",
                key("${P} `\n", number),
                value);
        case 15 ->
            place(
                number,
                "cat <<\\EOF\n${P} $(\nEOF\nprintf '\\0%s\\0' ${P}",
                key("${P} $(\n", number),
                value);
        case 16 ->
            place(
                number,
                "cat <<!\nit's ${P}\n!\nprintf '\\0%s\\0' ${P}",
                around("it's @\n", value),
                value);
        case 17 ->
            place(
                number,
                "cat <<EOF\n$(printf %s ${P}; printf x) ${P}\nEOF\nprintf '\\0'",
                around("@x @\n", value));
        case 18 ->
            place(
                number,
                "printf '%s\\0' \"$(cat <<EOF\n[${P}]\nEOF\n)\" ${P}",
                around("[@]", value),
                value);
        default -> {
          if (shell.equals("bash")) {
            place(number, "cat <<<\"${P}\"\nprintf '\\0'", value + "\n");
            place(number, "cat <<<${P}\nprintf '\\0'", value + "\n");
            place(number, "[[ ${P} == ${P} ]] && printf '%s\\0' ${P}", value);
            place(number, "a=(${M}); printf '%s\\0' \"${a[@]}\"", files.toArray(String[]::new));
          } else {
            place(number, "( printf '%s\\0' ${P} )", value);
          }
        }
      }
    }

    private void place(int number, String text, String... words) {
      template.append(key(text, number)).append('\n');
      for (String word : words) {
        expected.add(word);
        places.add(key(text, number));
      }
    }

    private static String key(String text, int number) {
      return text.replace("${P}", "${p" + number + "}").replace("${M}", "${m" + number + "}");
    }

    void check(String seed) throws Exception {
      String script =
          Rendered.script(
              Definitions.system(null),
              Definitions.app(List.of(), inputs, parameters),
              template.toString(),
              names,
              values,
              Set.of());
      ShellRun run = ShellRun.of(shell, script, directory, aside);
      for (int i = 0; i < Math.min(expected.size(), run.words().size()); i++) {
        String word = run.words().get(i);
        int same = commonPrefix(word, expected.get(i));
        assertThat(from(word, same))
            .as("seed %s, %s, after %s characters, in: %s", seed, shell, same, places.get(i))
            .isEqualTo(from(expected.get(i), same));
      }
      assertThat(run.words().size()).as("seed %s, %s", seed, shell).isEqualTo(expected.size());
      assertThat(run.error()).as("seed %s, %s", seed, shell).isEmpty();
      assertThat(run.exitCode()).as("seed %s, %s", seed, shell).isZero();
    }
  }

  private static int commonPrefix(String one, String other) {
    int same = 0;
    while (same < Math.min(one.length(), other.length())
        && one.charAt(same) == other.charAt(same)) {
      same++;
    }
    return same;
  }

  /** A part that people can read of a text that may be very long. */
  private static String from(String text, int start) {
    return text.substring(start, Math.min(text.length(), start + 200));
  }

  private static String around(String text, String value) {
    return text.replace("@", value);
  }

  private static String[] prefixed(String first, List<String> rest) {
    List<String> words = new ArrayList<>(List.of(first));
    words.addAll(rest);
    return words.toArray(String[]::new);
  }
}
