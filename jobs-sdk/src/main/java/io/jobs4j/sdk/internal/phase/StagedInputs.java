package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.internal.validation.InputReference;
import io.jobs4j.core.internal.validation.RequestValidator;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The inputs of a job: where each comes from and under which name it lies in the work directory.
 *
 * @param files in the order of the request
 */
record StagedInputs(List<StagedInput> files) {
  /**
   * One input.
   *
   * @param key of the application's input
   * @param system where it comes from
   * @param reference what it is there
   * @param name in the work directory
   */
  record StagedInput(String key, StorageSystem system, InputReference reference, String name) {
    /** Where it comes from, for people. */
    String source() {
      return "agave://" + system.id() + "/" + reference.path();
    }
  }

  /**
   * The inputs of the job.
   *
   * @throws PermanentAdapterException if one cannot be found out, or two have the same name
   */
  static StagedInputs of(PhaseContext context) {
    List<StagedInput> files = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>(context.workDirectory().reserved());
    context
        .job()
        .inputs()
        .forEach(
            (key, values) -> {
              for (String value : values) {
                StagedInput input = input(context, key, value);
                if (!names.add(input.name())) {
                  throw new PermanentAdapterException(
                      ConditionCode.JOB_UNABLE_TO_STAGE_INPUTS,
                      "Input %s cannot be staged as \"%s\": another file has that name."
                          .formatted(input.source(), input.name()));
                }
                files.add(input);
              }
            });
    return new StagedInputs(List.copyOf(files));
  }

  /** Names in the work directory by input key. */
  Map<String, List<String>> names() {
    Map<String, List<String>> names = new LinkedHashMap<>();
    for (StagedInput file : files) {
      names.computeIfAbsent(file.key(), key -> new ArrayList<>()).add(file.name());
    }
    return names;
  }

  private static StagedInput input(PhaseContext context, String key, String value) {
    StorageSystem system = defaultSystem(context);
    InputReference reference =
        InputReference.parse(value, system, context::findStorageSystem, context.inputSchemes());
    return new StagedInput(
        key, context.storageSystem(reference.systemId()), reference, reference.path().name());
  }

  private static StorageSystem defaultSystem(PhaseContext context) {
    return RequestValidator.defaultStorage(
            context.catalog(), context.job().tenantId(), context.job().systemId())
        .orElseThrow(
            () ->
                new TransientAdapterException(
                    RecoveryCondition.SYSTEM_NOT_AVAILABLE,
                    "There is no storage system from which the inputs could come at present.",
                    null));
  }
}
