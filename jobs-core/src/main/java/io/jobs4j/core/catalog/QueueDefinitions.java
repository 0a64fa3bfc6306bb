package io.jobs4j.core.catalog;

import io.jobs4j.core.internal.definition.Texts;
import io.jobs4j.core.internal.selector.InvalidSelectorException;
import io.jobs4j.core.internal.selector.Selector;
import io.jobs4j.core.model.TenantQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads definitions of tenant queues, and checks them by the rules of Aloe ("Tenant Queues"). A
 * file has the {@code tenantId} and the {@code queues} of one tenant:
 *
 * <ul>
 *   <li>{@code name}: {@code aloe.jobq.<tenantId>.submit.} and a segment without a period; at most
 *       255 letters, digits, hyphens, underscores, periods and colons;
 *   <li>{@code priority}: a whole number from 1, different for each queue of the tenant; 1 is for
 *       {@code DefaultQueue}, and for it only;
 *   <li>{@code filter}: a selector of JMS on the properties of a job;
 *   <li>{@code numWorkers}: 1 to 255, 4 if missing;
 *   <li>{@code tenantId}: may be missing, and else is that of the file.
 * </ul>
 *
 * <p>Stateless, and safe for any thread.
 */
public final class QueueDefinitions {
  private static final int DEFAULT_WORKERS = 4;
  private static final int MOST_WORKERS = 255;
  private static final int LONGEST_NAME = 255;
  private static final Pattern LAST_SEGMENT = Pattern.compile("[A-Za-z0-9_:-]+");
  private static final Pattern TENANT_ID = Pattern.compile("[A-Za-z0-9_:.-]+");
  private static final Set<String> UNUSED =
      Set.of(
          "exchange",
          "description",
          "comments",
          "maxMessages",
          "uuid",
          "created",
          "createdBy",
          "lastUpdated");

  private QueueDefinitions() {}

  /**
   * The queues of one file, to be added to those that exist or to replace those of the same name.
   * Queues that exist and are not in the file stay as they are. Changes nothing.
   *
   * @param source name of the file, for messages
   * @param json what the file holds
   * @param existing queues of any tenants
   * @throws InvalidDefinitionException with all that is wrong, if anything is
   */
  public static List<TenantQueue> parse(
      String source, String json, Collection<TenantQueue> existing) {
    DefinitionProblems problems = new DefinitionProblems();
    List<DefinedQueue> queues = new ArrayList<>();
    DefinitionCatalog.fields(source, json, problems)
        .ifPresent(fields -> queues.addAll(read(fields)));
    check(queues, existing, problems);
    problems.throwIfAny();
    return queues.stream().map(DefinedQueue::toQueue).toList();
  }

  /**
   * Checks queues that are to be added to those that exist, or to replace those of the same name.
   * Changes nothing.
   *
   * @param existing queues of any tenants
   * @throws InvalidDefinitionException with all that is wrong, if anything is
   */
  public static void check(Collection<TenantQueue> queues, Collection<TenantQueue> existing) {
    DefinitionProblems problems = new DefinitionProblems();
    check(queues.stream().map(DefinedQueue::of).toList(), existing, problems);
    problems.throwIfAny();
  }

  /**
   * The JSON schema (draft 2020-12) of a file. It holds every rule that a schema can express; that
   * names begin with the file's tenant, that priorities differ and that filters are selectors it
   * cannot.
   */
  public static String schema() {
    return DefinitionSchemas.queues();
  }

  /** The queues of one file: those of one tenant. */
  static List<DefinedQueue> read(DefinitionFields file) {
    if (file.isMissing("tenantId")) {
      file.wrong(
          "tenantId",
          Texts.expectedThere(Texts.LONGEST_TENANT_ID),
          "No tenant ID configured in exchange definition %s.".formatted(file.file()));
    }
    String tenantId = file.line("tenantId", Texts.LONGEST_TENANT_ID);
    if (tenantId != null && !TENANT_ID.matcher(tenantId).matches()) {
      file.wrong("tenantId", "must be letters, digits, hyphens, underscores, periods or colons");
      tenantId = null;
    }
    if (!file.has("queues")) {
      file.wrong("queues", "must be an array of queues");
    }
    List<DefinedQueue> queues = new ArrayList<>();
    List<DefinitionFields> objects = file.objects("queues");
    for (DefinitionFields fields : objects) {
      queues.add(queue(fields, tenantId));
    }
    file.refuseUnknown(UNUSED);
    return queues;
  }

  private static DefinedQueue queue(DefinitionFields fields, @Nullable String tenantId) {
    if (fields.isMissing("name")) {
      fields.wrong(
          "name",
          Texts.expectedThere(LONGEST_NAME),
          "Encountered unnamed queue definition in file %s.".formatted(fields.file()));
    }
    String name = fields.line("name", LONGEST_NAME);
    String own = fields.line("tenantId", Texts.LONGEST_TENANT_ID);
    if (own != null && tenantId != null && !own.equals(tenantId)) {
      fields.wrong(
          "tenantId",
          "must be that of the file, \"" + tenantId + "\"",
          "Queue %s is defined in file %s with tenant id %s instead of %s."
              .formatted(name == null ? fields.path() : name, fields.file(), own, tenantId));
    }
    if (!fields.has("priority")) {
      fields.wrong("priority", "must be a whole number from 1");
    }
    if (fields.isMissing("filter")) {
      fields.wrong("filter", Texts.expectedThere(Selector.MAX_LENGTH));
    }
    DefinedQueue queue =
        new DefinedQueue(
            fields.file(),
            fields.path(),
            name,
            tenantId,
            fields.integerOrNull("priority", 1, Integer.MAX_VALUE),
            fields.line("filter", Selector.MAX_LENGTH),
            fields.integer("numWorkers", DEFAULT_WORKERS, 1, MOST_WORKERS));
    fields.refuseUnknown(UNUSED);
    return queue;
  }

  static void check(List<DefinedQueue> queues, DefinitionProblems problems) {
    check(queues, List.of(), problems);
  }

  private static void check(
      List<DefinedQueue> queues, Collection<TenantQueue> existing, DefinitionProblems problems) {
    Set<String> names = new HashSet<>();
    for (DefinedQueue queue : queues) {
      checkAlone(queue, problems);
      if (queue.name() != null && !names.add(queue.name())) {
        wrong(problems, queue, "name", queue.name(), "must be different for each queue");
      }
    }
    Set<List<Object>> priorities = new HashSet<>();
    Map<String, String> tenants = new HashMap<>();
    for (TenantQueue queue : existing) {
      tenants.put(queue.name(), queue.tenantId());
      if (!names.contains(queue.name())) {
        priorities.add(List.of(queue.tenantId(), queue.priority()));
      }
    }
    for (DefinedQueue queue : queues) {
      if (queue.name() == null || queue.tenantId() == null) {
        continue;
      }
      String current = tenants.getOrDefault(queue.name(), queue.tenantId());
      if (!current.equals(queue.tenantId())) {
        problems.add(
            new DefinitionProblem(
                queue.source(),
                queue.at("name"),
                quoted(queue.name()),
                "must be the name of no queue of another tenant",
                "Failed to update queue %s because its current tenant %s does not match new tenant %s."
                    .formatted(queue.name(), current, queue.tenantId())));
      }
      checkPriority(queue, queue.name(), queue.tenantId(), priorities, problems);
    }
  }

  /** What is wrong with a queue whatever the others are. */
  private static void checkAlone(DefinedQueue queue, DefinitionProblems problems) {
    String tenantId = queue.tenantId();
    if (tenantId != null
        && (tenantId.length() > Texts.LONGEST_TENANT_ID
            || !TENANT_ID.matcher(tenantId).matches())) {
      wrong(
          problems,
          queue,
          "tenantId",
          tenantId,
          "must be 1 to %s letters, digits, hyphens, underscores, periods or colons"
              .formatted(Texts.LONGEST_TENANT_ID));
    }
    String name = queue.name();
    if (name != null && tenantId != null) {
      String defaultName = TenantQueue.defaultName(tenantId);
      String prefix = defaultName.substring(0, defaultName.length() - TenantQueue.DEFAULT.length());
      if (name.length() > LONGEST_NAME
          || !name.startsWith(prefix)
          || !LAST_SEGMENT.matcher(name.substring(prefix.length())).matches()) {
        wrong(
            problems,
            queue,
            "name",
            name,
            "must be \"%s\" and letters, digits, hyphens, underscores or colons, at most %s characters in all"
                .formatted(prefix, LONGEST_NAME));
      }
    }
    if (queue.filter() != null) {
      try {
        Selector.parse(queue.filter());
      } catch (InvalidSelectorException e) {
        wrong(problems, queue, "filter", queue.filter(), "must be a selector: " + e.problem());
      }
    }
    if (queue.numWorkers() < 1 || queue.numWorkers() > MOST_WORKERS) {
      problems.add(
          queue.source(),
          queue.at("numWorkers"),
          Integer.toString(queue.numWorkers()),
          "must be a whole number from 1 to " + MOST_WORKERS);
    }
  }

  private static void checkPriority(
      DefinedQueue queue,
      String name,
      String tenantId,
      Set<List<Object>> priorities,
      DefinitionProblems problems) {
    Integer priority = queue.priority();
    if (priority == null) {
      return;
    }
    boolean isDefault = name.equals(TenantQueue.defaultName(tenantId));
    String expected;
    String message;
    if (priority < 1) {
      problems.add(
          queue.source(),
          queue.at("priority"),
          priority.toString(),
          "must be a whole number from 1");
      return;
    } else if (isDefault && priority != 1) {
      expected = "must be 1 for the default queue";
      message = "The tenant default queue %s must be assigned priority %s.".formatted(name, 1);
    } else if (!isDefault && priority == 1) {
      expected = "must be 2 or more, because 1 is that of the default queue";
      message =
          "The tenant non-default queue %s cannot be assigned priority %s.".formatted(name, 1);
    } else if (!priorities.add(List.of(tenantId, priority))) {
      expected = "must be different for each queue of the tenant";
      message =
          ("A priority of value %s cannot be re-assigned to queue %s in tenant %s. Please choose"
                  + " unique priorities for queues in the same tenant.")
              .formatted(priority, name, tenantId);
    } else {
      return;
    }
    problems.add(
        new DefinitionProblem(
            queue.source(), queue.at("priority"), priority.toString(), expected, message));
  }

  private static void wrong(
      DefinitionProblems problems,
      DefinedQueue queue,
      String field,
      String value,
      String expected) {
    problems.add(queue.source(), queue.at(field), quoted(value), expected);
  }

  private static String quoted(String value) {
    return '"' + (value.length() > 120 ? value.substring(0, 120) + "..." : value) + '"';
  }
}
