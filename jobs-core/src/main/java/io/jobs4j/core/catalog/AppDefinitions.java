package io.jobs4j.core.catalog;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.FieldProblems;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    String name = app.required("name");
    String version = app.required("version");
    String id = name + "-" + version;
    String givenId = app.line("id", 81);
    if (givenId != null
        && !givenId.equals(id)
        && DefinitionFields.isThere(name)
        && DefinitionFields.isThere(version)) {
      app.wrong("id", "must be name and version with a hyphen between them: \"" + id + "\"");
    }
    app.word("executionType", SystemDefinitions.EXECUTION_TYPES);
    String parallelism = app.word("parallelism", PARALLELISMS);
    String templatePath = app.present("templatePath", "executablePath");
    App.Builder read =
        App.builder(
                name,
                version,
                app.required("executionSystem"),
                app.required("deploymentPath"),
                app.required(templatePath))
            .tenantId(app.text("tenantId"))
            .uuid(app.text("uuid"))
            .owner(app.text("owner"))
            .deploymentSystem(app.text("deploymentSystem"))
            .modules(app.lines("modules"))
            .defaultNodeCount(
                app.integerOrNull(
                    app.present("defaultNodeCount", "defaultNodes"), 1, Integer.MAX_VALUE))
            .defaultProcessorsPerNode(
                app.integerOrNull(
                    app.present("defaultProcessorsPerNode", "defaultProcessors"),
                    1,
                    Integer.MAX_VALUE))
            .defaultMemoryPerNode(app.memory(app.present("defaultMemoryPerNode", "defaultMemory")))
            .defaultMaxRunTime(app.runTime("defaultMaxRunTime"))
            .defaultQueue(app.text("defaultQueue"));
    app.flag("publiclyAvailable", read::publiclyAvailable);
    app.flag("available", read::available);
    if (parallelism != null) {
      read.parallelism(App.Parallelism.valueOf(parallelism));
    }
    app.integer("maxJobs", -1, Integer.MAX_VALUE, read::maxJobs);
    Map<String, String> names = new HashMap<>();
    names.put("templatePath", templatePath);
    inOrder(app, "inputs", false, names).forEach(argument -> read.input(argument.input()));
    inOrder(app, "parameters", true, names)
        .forEach(argument -> read.parameter(argument.parameter()));
    app.refuseUnknown(UNUSED);
    FieldProblems problems = app.problems(field -> names.getOrDefault(field, field));
    return read.build(
        (field, value, expected) -> {
          // Of a key that is missing, more than that need not be said.
          if (!DefinitionFields.TOLD.equals(value) && !"".equals(value)) {
            problems.add(field, value, expected);
          }
        });
  }

  /**
   * Inputs or parameters in the order that they ask for.
   *
   * @param names takes, for each key by its name in Java, where it is
   */
  private static List<ArgumentDefinition> inOrder(
      DefinitionFields app, String name, boolean parameters, Map<String, String> names) {
    List<ArgumentDefinition> arguments = new ArrayList<>();
    for (DefinitionFields fields : app.objects(name)) {
      arguments.add(new ArgumentDefinition(fields, parameters));
    }
    arguments.sort(Comparator.comparingInt(ArgumentDefinition::order));
    for (int i = 0; i < arguments.size(); i++) {
      names.put(name + "[" + i + "].key", arguments.get(i).keyAt());
    }
    return arguments;
  }
}
