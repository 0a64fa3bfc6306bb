package io.jobs4j.sdk.internal.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Launch scripts of templates that are text. */
final class Rendered {
  private Rendered() {}

  static String script(
      ExecutionSystem system,
      App app,
      String template,
      Map<String, List<String>> inputs,
      Map<String, Object> parameters,
      Set<String> variables) {
    WrapperTemplate read = WrapperTemplate.read("wrapper.sh", template.getBytes(UTF_8));
    return new String(LaunchScript.render(system, app, read, inputs, parameters, variables), UTF_8);
  }
}
