package io.jobs4j.core.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.request.InvalidRequestException;
import io.jobs4j.core.request.Problem;
import io.jobs4j.core.request.ValidationOptions;
import io.jobs4j.core.spi.Catalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A small world to check requests in: one app on one execution system, and some storages. */
final class Fixture implements Catalog {
  static final String JOB = "0f1e2d3c-0000-4000-8000-000000000001";
  static final Caller ALICE = Caller.of("acme", "alice");

  ValidationOptions options = ValidationOptions.defaults();
  String scheduler = "SLURM";
  boolean systemAvailable = true;
  boolean appAvailable = true;
  boolean appPublic = true;
  Integer defaultNodes;
  Integer defaultProcessors;
  Memory defaultMemory;
  Duration defaultRunTime;
  String defaultQueue;
  App.Parallelism parallelism = App.Parallelism.PARALLEL;
  final List<BatchQueue> queues = new ArrayList<>();
  final List<AppInput> inputs = new ArrayList<>();
  final List<AppParameter> parameters = new ArrayList<>();
  final Map<String, StorageSystem> storages = new HashMap<>();
  String defaultStorage = "data";

  Fixture() {
    storages.put("data", storage("data", true));
    storages.put("tape", storage("tape", true));
    storages.put("broken", storage("broken", false));
    storages.put("cluster", storage("cluster", true));
  }

  static StorageSystem storage(String id, boolean available) {
    return new StorageSystem(
        id, null, available, false, new StorageAccess("LOCAL", null, 0, "/srv/" + id, "/home"));
  }

  static AppInput input(String key, boolean required) {
    return new AppInput(key, List.of(), null, required, true, 1, 1, null, false, false);
  }

  static AppInput input(String key, int min, int max, String validator) {
    return new AppInput(key, List.of(), validator, true, true, min, max, null, false, false);
  }

  static AppParameter parameter(String key, AppParameter.Type type) {
    return new AppParameter(
        key, type, List.of(), null, List.of(), false, true, 0, -1, null, false, false);
  }

  static BatchQueue queue(String name, int nodes, int processors, double memory, Duration time) {
    return new BatchQueue(
        name,
        null,
        10,
        5,
        nodes,
        processors,
        memory < 0 ? null : new Memory(memory),
        time,
        null,
        false);
  }

  static BatchQueue asDefault(BatchQueue queue) {
    return new BatchQueue(
        queue.name(),
        queue.mappedName(),
        queue.maxJobs(),
        queue.maxUserJobs(),
        queue.maxNodes(),
        queue.maxProcessorsPerNode(),
        queue.maxMemoryPerNode(),
        queue.maxRequestedTime(),
        queue.customDirectives(),
        true);
  }

  static JobRequest.Builder request() {
    return JobRequest.builder("count", "wc-1.0");
  }

  RequestValidator validator() {
    return new RequestValidator(this, options);
  }

  ValidatedRequest accepts(JobRequest.Builder request) {
    return validator().validate(ALICE, JOB, request.build());
  }

  ValidatedRequest accepts(String json) {
    return validator().validate(ALICE, JOB, json);
  }

  List<Problem> refuses(JobRequest.Builder request) {
    return problems(() -> accepts(request));
  }

  List<Problem> refuses(String json) {
    return problems(() -> accepts(json));
  }

  /** The message of the one problem, which must be at {@code field}. */
  String refusesFor(String field, JobRequest.Builder request) {
    return only(field, refuses(request));
  }

  String refusesFor(String field, String json) {
    return only(field, refuses(json));
  }

  static List<Problem> problems(Runnable call) {
    InvalidRequestException thrown = catchThrowableOfType(InvalidRequestException.class, call::run);
    assertThat(thrown).as("the request was accepted").isNotNull();
    assertThat(thrown.getMessage().lines()).hasSameSizeAs(thrown.problems());
    return thrown.problems();
  }

  private static String only(String field, List<Problem> problems) {
    assertThat(problems).extracting(Problem::field).containsExactly(field);
    return problems.get(0).message();
  }

  @Override
  public Optional<App> app(String tenantId, String appId) {
    if (!tenantId.equals("acme") || !appId.equals("wc-1.0")) {
      return Optional.empty();
    }
    return Optional.of(
        new App(
            "wc-1.0",
            "uuid-of-wc",
            "wc",
            "1.0",
            "acme",
            "bob",
            appPublic,
            appAvailable,
            "cluster",
            parallelism,
            null,
            "apps/wc",
            "run.sh",
            List.of(),
            defaultNodes,
            defaultProcessors,
            defaultMemory,
            defaultRunTime,
            defaultQueue,
            inputs,
            parameters,
            -1));
  }

  @Override
  public Optional<ExecutionSystem> executionSystem(String tenantId, String systemId) {
    return Optional.of(systemId)
        .filter("cluster"::equals)
        .map(
            id ->
                new ExecutionSystem(
                    id,
                    null,
                    systemAvailable,
                    scheduler,
                    new LoginAccess("LOCAL", null, 0),
                    storage("cluster", true).storage(),
                    null,
                    "/scratch",
                    null,
                    List.of(),
                    false,
                    -1,
                    -1,
                    queues));
  }

  @Override
  public Optional<StorageSystem> storageSystem(String tenantId, String systemId) {
    return Optional.ofNullable(storages.get(systemId));
  }

  @Override
  public Optional<StorageSystem> defaultStorageSystem(String tenantId) {
    return Optional.ofNullable(defaultStorage).map(storages::get);
  }
}
