package io.jobs4j.sdk.internal.launch;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.shell.ShellWords;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the launch script of a job from the wrapper template of its application.
 *
 * <p>A value of a user never becomes part of the script's code: the script begins with quoted
 * assignments of all values to shell variables, and in the template {@code ${key}} becomes a
 * reference to the variable. What a variable holds is never read as code again, wherever in the
 * template the reference stands. Outside quotes each reference is quoted, so that each value stays
 * one word, but after {@code NAME=} all values of a key are one word together, since the shell
 * would take a second one for a command. The argument text that an application puts before a value
 * is the application's own and is inserted as it is.
 *
 * <p>What reads the text of a variable as code keeps doing so: {@code eval}, and in bash also
 * arithmetic. A template must use only numbers there.
 *
 * <p>Keys match exactly, unlike Agave's, so that a parameter {@code path} does not take the place
 * of {@code ${PATH}}. Names that are neither a key of the application nor an {@code AGAVE_JOB_}
 * variable are left for the shell.
 */
public final class LaunchScript {
  private static final String SHEBANG = "#!/bin/sh";
  private static final ShellScript HAND_OVER = ShellScript.of(LaunchScript.class, "hand-over");
  private static final String VARIABLE_PREFIX = "jobs4j_value_";

  private final List<String> assignments = new ArrayList<>();
  private final Map<String, List<Value>> values = new LinkedHashMap<>();

  private LaunchScript() {}

  /**
   * Renders the script.
   *
   * @param template the application's wrapper template; the interpreter that a first line with
   *     {@code #!} names must understand the language of the shell
   * @param inputs names of the staged files by input key
   * @param parameters values by parameter key
   * @param variables names of environment variables that the job is launched with, and that the
   *     template may use
   */
  public static byte[] render(
      ExecutionSystem system,
      App app,
      WrapperTemplate template,
      Map<String, List<String>> inputs,
      Map<String, Object> parameters,
      Set<String> variables) {
    LaunchScript script = new LaunchScript();
    for (String name : variables) {
      script.values.put(name, List.of(new Value("", name)));
    }
    for (AppInput input : app.inputs()) {
      script.define(input, inputs.getOrDefault(input.key(), List.of()));
    }
    for (AppParameter parameter : app.parameters()) {
      script.define(parameter, parameters.get(parameter.key()));
    }
    return script
        .text(template.text(), Preparation.of(system, app))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The script, each of its bytes as the character of that number. */
  private String text(String template, String preparation) {
    String shebang = SHEBANG;
    String body = template;
    if (template.startsWith("#!")) {
      int end = template.indexOf('\n');
      String first = (end < 0 ? template : template.substring(0, end)).stripTrailing();
      shebang = first.length() > 2 ? first : SHEBANG;
      body = end < 0 ? "" : template.substring(end + 1);
    }
    StringBuilder text = new StringBuilder(shebang).append('\n').append(handOver(shebang));
    text.append(bytes(preparation));
    assignments.forEach(line -> text.append(bytes(line)).append('\n'));
    return text.append(new TemplateReader(body, this::reference).read()).append('\n').toString();
  }

  /**
   * Schedulers run the script with {@code sh}, because a file that was written a moment ago may not
   * be executable yet: another process that was started meanwhile can still have it open. So a
   * script for another interpreter hands itself over to it.
   */
  private static String handOver(String shebang) {
    if (shebang.equals(SHEBANG)) {
      return "";
    }
    List<String> interpreter = List.of(shebang.substring(2).strip().split("\\s+"));
    return HAND_OVER.text().replace("INTERPRETER", ShellWords.join(interpreter));
  }

  private void define(AppInput input, List<String> names) {
    List<String> words =
        names.stream().map(name -> name.startsWith("-") ? "./" + name : name).toList();
    String argument = input.argument();
    values.put(
        input.key(), assign(words, input.showArgument() ? argument : null, input.repeatArgument()));
  }

  private void define(AppParameter parameter, @Nullable Object given) {
    List<?> list =
        given == null ? List.of() : given instanceof List<?> many ? many : List.of(given);
    String argument = parameter.argument();
    if (parameter.type() == AppParameter.Type.FLAG) {
      boolean set = list.contains(true);
      values.put(
          parameter.key(),
          set && argument != null ? List.of(new Value(argument, null)) : List.of());
      return;
    }
    values.put(
        parameter.key(),
        assign(
            list.stream().map(LaunchScript::word).toList(),
            parameter.showArgument() ? argument : null,
            parameter.repeatArgument()));
  }

  private List<Value> assign(List<String> words, @Nullable String argument, boolean repeat) {
    List<Value> assigned = new ArrayList<>();
    for (String word : words) {
      String variable = VARIABLE_PREFIX + assignments.size();
      assignments.add(variable + "=" + ShellWords.quote(word));
      boolean shown = repeat || assigned.isEmpty();
      assigned.add(new Value(argument != null && shown ? argument : "", variable));
    }
    return assigned;
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String word(Object value) {
    if (value instanceof Boolean flag) {
      return flag ? "1" : "0";
    }
    return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
  }

  /** What takes the place of {@code ${key}}; {@code null} if it is left for the shell. */
  private @Nullable String reference(String key, TemplateReader.Quoting quoting) {
    List<Value> found = values.get(key);
    if (found == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    for (Value value : found) {
      text.append(text.isEmpty() ? "" : " ").append(bytes(value.argument()));
      if (value.variable() != null) {
        text.append(quoting.reference(value.variable()));
      }
    }
    return quoting == TemplateReader.Quoting.ASSIGNED ? "\"" + text + "\"" : text.toString();
  }

  /**
   * A word of the command line.
   *
   * @param argument the application's text before the value
   * @param variable the variable that holds the value; {@code null} if there is none
   */
  private record Value(String argument, @Nullable String variable) {}
}
