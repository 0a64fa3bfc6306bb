package io.jobs4j.core.catalog;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads apps (Agave, "Registering an app" and "Inputs and Parameters"). */
final class AppDefinitions {
  private static final Set<String> UNUSED =
      Set.of(
          "icon",
          "helpURI",
          "label",
          "shortDescription",
          "longDescription",
          "author",
          "datePublished",
          "tags",
          "ontology",
          "testPath",
          "checkpointable",
          "outputs",
          "isPublic",
          "public",
          "revision",
          "created",
          "lastModified",
          "lastUpdated",
          "_links");
  private static final List<String> PARALLELISMS = List.of("SERIAL", "PARALLEL", "PTHREAD");

  private AppDefinitions() {}

  static App read(DefinitionFields app) {
    String name = app.requiredLine("name", 64);
    String version = app.requiredLine("version", 16);
    String id = name + "-" + version;
    String givenId = app.line("id", 81);
    if (givenId != null && !givenId.equals(id) && !name.equals("?") && !version.equals("?")) {
      app.wrong("id", "must be name and version with a hyphen between them: \"" + id + "\"");
    }
    app.word("executionType", SystemDefinitions.EXECUTION_TYPES);
    String tenantId = app.line("tenantId", 24);
    String uuid = app.line("uuid", 64);
    String parallelism = app.word("parallelism", PARALLELISMS);
    Set<String> keys = new HashSet<>();
    App read =
        new App(
            id,
            uuid == null ? uuid(tenantId, id) : uuid,
            name,
            version,
            tenantId,
            app.line("owner", 64),
            app.flag("publiclyAvailable", false),
            app.flag("available", true),
            app.requiredLine("executionSystem", 64),
            parallelism == null ? App.Parallelism.SERIAL : App.Parallelism.valueOf(parallelism),
            app.line("deploymentSystem", 64),
            app.requiredPath("deploymentPath", 255),
            app.requiredPath(app.present("templatePath", "executablePath"), 255),
            app.lines("modules"),
            app.integerOrNull(
                app.present("defaultNodeCount", "defaultNodes"), 1, Integer.MAX_VALUE),
            app.integerOrNull(
                app.present("defaultProcessorsPerNode", "defaultProcessors"), 1, Integer.MAX_VALUE),
            app.memory(app.present("defaultMemoryPerNode", "defaultMemory")),
            app.runTime("defaultMaxRunTime"),
            app.line("defaultQueue", 128),
            inputs(app, keys),
            parameters(app, keys),
            app.integer("maxJobs", -1, -1, Integer.MAX_VALUE));
    app.refuseUnknown(UNUSED);
    return read;
  }

  /** The same for the same app whenever and wherever it is read. */
  static String uuid(@Nullable String tenantId, String id) {
    String name = (tenantId == null ? "" : tenantId) + "/" + id;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private record Ordered<T>(int order, T value) {}

  private static List<AppInput> inputs(DefinitionFields app, Set<String> keys) {
    List<Ordered<AppInput>> inputs = new ArrayList<>();
    for (DefinitionFields fields : app.objects("inputs")) {
      ArgumentDefinition argument = new ArgumentDefinition(fields, false);
      String key = argument.key(keys);
      List<String> defaults = new ArrayList<>();
      for (Object value : argument.defaults(AppParameter.Type.STRING)) {
        defaults.add((String) value);
      }
      AppInput input =
          new AppInput(
              key,
              defaults,
              argument.validator(),
              argument.required(),
              argument.visible(),
              argument.minCardinality(),
              argument.maxCardinality(),
              argument.argument(),
              argument.showArgument(),
              argument.repeatArgument());
      inputs.add(new Ordered<>(argument.order(), input));
      argument.requireDefaultIfFixed(!defaults.isEmpty());
      argument.finish();
    }
    return inOrder(inputs);
  }

  private static List<AppParameter> parameters(DefinitionFields app, Set<String> keys) {
    List<Ordered<AppParameter>> parameters = new ArrayList<>();
    for (DefinitionFields fields : app.objects("parameters")) {
      ArgumentDefinition argument = new ArgumentDefinition(fields, true);
      String key = argument.key(keys);
      AppParameter.Type type = argument.type();
      List<String> enumValues = argument.enumValues(type);
      List<Object> defaults = argument.defaults(type);
      if (type == AppParameter.Type.ENUMERATION && !enumValues.isEmpty()) {
        argument.requireAmong(defaults, enumValues);
      }
      AppParameter parameter =
          new AppParameter(
              key,
              type,
              defaults,
              argument.validator(),
              enumValues,
              argument.required(),
              argument.visible(),
              argument.minCardinality(),
              argument.maxCardinality(),
              argument.argument(),
              argument.showArgument(),
              argument.repeatArgument());
      parameters.add(new Ordered<>(argument.order(), parameter));
      argument.requireDefaultIfFixed(!defaults.isEmpty());
      argument.finish();
    }
    return inOrder(parameters);
  }

  private static <T> List<T> inOrder(List<Ordered<T>> values) {
    return values.stream()
        .sorted(Comparator.comparingInt((Ordered<T> value) -> value.order()))
        .map(Ordered::value)
        .toList();
  }
}
