package io.jobs4j.core.catalog;

import io.jobs4j.core.model.TenantQueue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads tenant queues, and checks them (Aloe, "Tenant Queues"). */
final class QueueDefinitions {
  private static final int DEFAULT_WORKERS = 4;
  private static final Pattern LAST_SEGMENT = Pattern.compile("[A-Za-z0-9_:-]+");
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

  /** The queues of one file: those of one tenant. */
  static List<Defined<TenantQueue>> read(DefinitionFields file) {
    String tenantId = file.requiredLine("tenantId", 24);
    if (!file.has("queues")) {
      file.wrong("queues", "must be an array of queues");
    }
    List<Defined<TenantQueue>> queues = new ArrayList<>();
    for (DefinitionFields fields : file.objects("queues")) {
      String own = fields.line("tenantId", 24);
      if (own != null && !own.equals(tenantId) && !tenantId.equals("?")) {
        fields.wrong("tenantId", "must be that of the file, \"" + tenantId + "\"");
      }
      TenantQueue queue =
          new TenantQueue(
              fields.requiredLine("name", 255),
              tenantId,
              priority(fields),
              fields.requiredLine("filter", 4096),
              fields.integer("numWorkers", DEFAULT_WORKERS, 1, 255));
      fields.refuseUnknown(UNUSED);
      queues.add(new Defined<>(file.file(), queue));
    }
    file.refuseUnknown(UNUSED);
    return queues;
  }

  private static int priority(DefinitionFields fields) {
    if (!fields.has("priority")) {
      fields.wrong("priority", "must be a whole number from 1");
    }
    return fields.integer("priority", 0, 1, Integer.MAX_VALUE);
  }

  static void check(List<Defined<TenantQueue>> queues, Problems problems) {
    Set<String> names = new HashSet<>();
    Set<List<Object>> priorities = new HashSet<>();
    for (Defined<TenantQueue> defined : queues) {
      TenantQueue queue = defined.value();
      if (queue.name().equals("?") || queue.tenantId().equals("?") || queue.priority() < 1) {
        continue;
      }
      String defaultName = TenantQueue.defaultName(queue.tenantId());
      String prefix = defaultName.substring(0, defaultName.length() - TenantQueue.DEFAULT.length());
      if (!queue.name().startsWith(prefix)
          || !LAST_SEGMENT.matcher(queue.name().substring(prefix.length())).matches()) {
        problem(
            problems,
            defined,
            "name",
            "must be \"" + prefix + "\" and letters, digits, hyphens, underscores or colons");
      }
      if (!names.add(queue.name())) {
        problem(problems, defined, "name", "must be different for each queue");
      }
      boolean isDefault = queue.name().equals(defaultName);
      if (isDefault != (queue.priority() == 1)) {
        problem(
            problems,
            defined,
            "priority",
            isDefault
                ? "must be 1 for the default queue"
                : "must be 2 or more, because 1 is that of the default queue");
      } else if (!priorities.add(List.of(queue.tenantId(), queue.priority()))) {
        problem(problems, defined, "priority", "must be different for each queue of the tenant");
      }
    }
  }

  private static void problem(
      Problems problems, Defined<TenantQueue> queue, String field, String expected) {
    problems.add(
        queue.source(),
        field + " of queue \"" + queue.value().name() + "\"",
        field.equals("priority") ? Integer.toString(queue.value().priority()) : null,
        expected);
  }
}
