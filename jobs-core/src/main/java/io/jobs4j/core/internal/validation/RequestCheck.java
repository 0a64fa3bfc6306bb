package io.jobs4j.core.internal.validation;

import io.jobs4j.core.internal.definition.Paths;
import io.jobs4j.core.internal.request.RequestProblems;
import io.jobs4j.core.internal.text.Shown;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.RunTimes;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.request.ValidationOptions;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The check of one request. */
final class RequestCheck {
  private static final Pattern APP_ID = Pattern.compile(".+-.+", Pattern.DOTALL);

  private final Catalog catalog;
  private final ValidationOptions options;
  private final Caller caller;
  private final String jobUuid;
  private final JobRequest request;
  private final RequestProblems problems;
  private final TextCheck texts;

  RequestCheck(
      Catalog catalog,
      ValidationOptions options,
      Caller caller,
      String jobUuid,
      JobRequest request,
      RequestProblems problems) {
    this.catalog = catalog;
    this.options = options;
    this.caller = caller;
    this.jobUuid = jobUuid;
    this.request = request;
    this.problems = problems;
    this.texts = new TextCheck(problems);
  }

  ValidatedRequest run() {
    String name = name();
    App app = app();
    ExecutionSystem system = app == null ? null : executionSystem(app);
    Allotment allotment = allotment(app, system);
    boolean archive = orDefault(request.archive(), options.archiveByDefault());
    StorageSystem archiveSystem = archiveSystem(archive, system);
    String archivePath = archivePath(archiveSystem);
    Arguments arguments = app == null ? null : arguments(app);
    new NotificationCheck(problems).run(request.notifications());
    problems.throwIfAny();
    return new ValidatedRequest(
        Objects.requireNonNull(name),
        Objects.requireNonNull(app),
        Objects.requireNonNull(system),
        allotment.queue(),
        allotment.resources().nodes(),
        allotment.resources().processors(),
        allotment.resources().memory(),
        allotment.resources().runTime(),
        archive,
        orDefault(request.archiveOnAppError(), options.archiveOnAppErrorByDefault()),
        archive ? archivePath : null,
        archive ? Objects.requireNonNull(archiveSystem).id() : null,
        Objects.requireNonNull(arguments).inputs(),
        arguments.parameters(),
        request.notifications());
  }

  private @Nullable String name() {
    return texts.required("name", request.name(), 64);
  }

  private @Nullable App app() {
    String appId = texts.required("appId", request.appId(), 80);
    if (appId == null) {
      return null;
    }
    if (!APP_ID.matcher(appId).matches()) {
      problems.add(
          "appId",
          appId,
          ("Application ID \"%s\" does not conform to the required format of a name and version"
                  + " separated by a hyphen. eg. example-1.0.")
              .formatted(Shown.value(appId)));
      return null;
    }
    App app = catalog.app(caller.tenantId(), appId).orElse(null);
    if (app == null) {
      problems.add(
          "appId", appId, "Application \"%s\" does not exist.".formatted(Shown.value(appId)));
      return null;
    }
    if (!app.runnableBy(caller.user())) {
      problems.add(
          "appId",
          appId,
          "User %s does not have permission to run application \"%s\"."
              .formatted(caller.user(), app.id()));
      return null;
    }
    if (!app.available()) {
      problems.add(
          "appId", appId, "Application \"%s\" is not available at present.".formatted(app.id()));
    }
    return app;
  }

  private @Nullable ExecutionSystem executionSystem(App app) {
    ExecutionSystem system =
        catalog.executionSystem(caller.tenantId(), app.executionSystem()).orElse(null);
    if (system == null || !system.available()) {
      problems.add(
          "appId",
          app.id(),
          "Execution system \"%s\" of application \"%s\" %s."
              .formatted(
                  app.executionSystem(),
                  app.id(),
                  system == null ? "does not exist" : "is not available at present"));
    }
    return system;
  }

  /** What the job gets. */
  private record Allotment(@Nullable BatchQueue queue, Resources resources) {}

  private Allotment allotment(@Nullable App app, @Nullable ExecutionSystem system) {
    String queueName = texts.optional("batchQueue", request.batchQueue(), 255);
    Integer nodes = positive("nodeCount", request.nodeCount());
    int nodesInEffect = nodes != null ? nodes : app == null ? 1 : oneOrMore(app.defaultNodeCount());
    Integer processors = processors(nodesInEffect);
    if (request.processorsPerNode() != null) {
      // A total divides by the nodes as they are now; they must not shrink with the queue.
      nodes = nodesInEffect;
    }
    Memory memory = memory();
    Duration runTime = runTime();
    Resources explicit =
        new Resources(
            nodes == null ? 1 : nodes,
            processors == null ? 1 : processors,
            memory,
            runTime == null ? Duration.ZERO : runTime);
    if (app == null) {
      return new Allotment(null, explicit);
    }
    Resources wanted =
        new Resources(
            nodesInEffect,
            processors == null ? oneOrMore(app.defaultProcessorsPerNode()) : processors,
            memory == null ? app.defaultMemoryPerNode() : memory,
            runTime == null ? defaultRunTime(app) : runTime);
    if (system == null || problems.flawed("batchQueue")) {
      return new Allotment(null, wanted);
    }
    BatchQueue queue =
        new QueueSelection(system, app, jobUuid, options.negativeMeansUnlimited())
            .choose(queueName, explicit, wanted, problems);
    return new Allotment(queue, queue == null ? wanted : wanted.within(queue));
  }

  private @Nullable Integer processors(int nodes) {
    Integer total = positive("processorsPerNode", request.processorsPerNode());
    Integer each = positive("processorsOnEachNode", request.processorsOnEachNode());
    if (total == null || problems.flawed("nodeCount")) {
      return each;
    }
    if (total % nodes != 0) {
      problems.add(
          "processorsPerNode",
          total,
          ("The deprecated \"processorsPerNode\" parameter was set to %s which does not evenly"
                  + " divide the \"nodeCount\" value of %s. If used, the \"processorsPerNode\""
                  + " should reflect the TOTAL number of processors across all nodes. This misnamed"
                  + " parameter is preserved for compatibility with legacy code, but should not be"
                  + " used in new code. Instead, the new \"processorsOnEachNode\" parameter should"
                  + " be used.")
              .formatted(total, nodes));
    } else if (each != null && each != total / nodes) {
      problems.add(
          "processorsPerNode",
          total,
          ("is the deprecated total number of processors and contradicts %s nodes with"
                  + " processorsOnEachNode %s; give only processorsOnEachNode.")
              .formatted(nodes, each));
    }
    return each == null ? Integer.valueOf(total / nodes) : each;
  }

  private @Nullable Memory memory() {
    String text = texts.optional("memoryPerNode", request.memoryPerNode(), 32);
    if (text == null) {
      return null;
    }
    Optional<Memory> memory = Memory.parse(text, Memory.Unit.TB);
    if (memory.isEmpty()) {
      problems.add(
          "memoryPerNode",
          text,
          "must be a number above 0 with an optional unit in suffix (KB, MB, GB or TB; GB if"
              + " none), such as 200MB, 1.5GB or 5.");
    }
    return memory.orElse(null);
  }

  private @Nullable Duration runTime() {
    String text = texts.optional("maxRunTime", request.maxRunTime(), 20);
    if (text == null) {
      return null;
    }
    Optional<Duration> time = RunTimes.parseLimit(text);
    if (time.isEmpty()) {
      problems.add(
          "maxRunTime",
          text,
          "must be a time above 0 in HH:mm:ss format (1 to 4 digits of hours, minutes and seconds"
              + " from 00 to 59), such as 01:30:00.");
    }
    return time.orElse(null);
  }

  private static Duration defaultRunTime(App app) {
    Duration time = app.defaultMaxRunTime();
    return time == null ? Duration.ZERO : time;
  }

  private @Nullable StorageSystem archiveSystem(boolean archive, @Nullable ExecutionSystem system) {
    String id = texts.optional("archiveSystem", request.archiveSystem(), 64);
    if (id != null) {
      StorageSystem found = catalog.storageSystem(caller.tenantId(), id).orElse(null);
      if (found == null || !found.available()) {
        problems.add(
            "archiveSystem",
            id,
            "Storage system \"%s\" %s."
                .formatted(
                    Shown.value(id),
                    found == null ? "does not exist" : "is not available at present"));
      }
      return found;
    }
    if (!archive || system == null || problems.flawed("archiveSystem")) {
      return null;
    }
    StorageSystem byDefault =
        RequestValidator.defaultStorage(catalog, caller.tenantId(), system.id()).orElse(null);
    if (byDefault == null) {
      problems.add(
          "archiveSystem", null, "is required: there is no default storage system to archive to.");
    }
    return byDefault;
  }

  private String archivePath(@Nullable StorageSystem system) {
    String path = request.archivePath();
    if (path == null || path.isBlank()) {
      return caller.user() + "/archive/jobs/job-" + jobUuid;
    }
    if (texts.fits("archivePath", path, 255)) {
      try {
        StoragePath.parse(system == null ? "" : system.storage().homeDir(), path);
      } catch (PermanentAdapterException e) {
        problems.add(
            "archivePath",
            path,
            "must be a path inside the archive system, without \"..\" segments.");
      }
      if (Paths.needsShell(path)) {
        problems.add(
            "archivePath",
            path,
            "must be the path itself, since no shell expands \"~\" or variables in it: an absolute"
                + " path, or one that is relative to the archive system's homeDir.");
      }
    }
    return path;
  }

  private Arguments arguments(App app) {
    StorageSystem byDefault =
        RequestValidator.defaultStorage(catalog, caller.tenantId(), app.executionSystem())
            .orElse(null);
    return new ArgumentCheck(app, jobUuid, problems)
        .run(
            request,
            value ->
                InputReference.read(
                    value,
                    byDefault,
                    id -> catalog.storageSystem(caller.tenantId(), id),
                    options.inputSchemes()));
  }

  private @Nullable Integer positive(String field, @Nullable Integer value) {
    if (value != null && value < 1) {
      problems.add(field, value, "must be at least 1.");
      return null;
    }
    return value;
  }

  private static int oneOrMore(@Nullable Integer value) {
    return value == null ? 1 : Math.max(1, value);
  }

  private static boolean orDefault(@Nullable Boolean value, boolean byDefault) {
    return value == null ? byDefault : value;
  }
}
