package io.jobs4j.sdk.internal.launch;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Systems, applications and their arguments, as far as launch scripts look at them. */
final class Definitions {
  private Definitions() {}

  static ExecutionSystem system(@Nullable String startupScript) {
    return new ExecutionSystem(
        "local",
        null,
        true,
        "FORK",
        new LoginAccess("LOCAL", null, 0),
        new StorageAccess("LOCAL", null, 0, "/", "/"),
        null,
        null,
        startupScript,
        List.of(),
        false,
        -1,
        -1,
        List.of());
  }

  static App app(List<String> modules, List<AppInput> inputs, List<AppParameter> parameters) {
    return new App(
        "app-1",
        "uuid",
        "app",
        "1",
        null,
        null,
        true,
        true,
        "local",
        App.Parallelism.SERIAL,
        null,
        "app",
        "wrapper.sh",
        modules,
        null,
        null,
        null,
        null,
        null,
        inputs,
        parameters,
        -1);
  }

  static AppInput input(String key) {
    return input(key, null, false, false);
  }

  static AppInput input(String key, @Nullable String argument, boolean show, boolean repeat) {
    return new AppInput(key, List.of(), null, false, true, 0, -1, argument, show, repeat);
  }

  static AppParameter parameter(String key) {
    return parameter(key, AppParameter.Type.STRING, null, false, false);
  }

  static AppParameter parameter(
      String key, AppParameter.Type type, @Nullable String argument, boolean show, boolean repeat) {
    return new AppParameter(
        key, type, List.of(), null, List.of(), false, true, 0, -1, argument, show, repeat);
  }
}
