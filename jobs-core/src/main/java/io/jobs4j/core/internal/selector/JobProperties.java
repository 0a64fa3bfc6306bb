package io.jobs4j.core.internal.selector;

import io.jobs4j.core.model.Job;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the filter of a tenant queue may name of a job. The names are those of Tapis' filters, which
 * come from Aloe, and besides them those that the fields have in jobs and requests:
 *
 * <table>
 * <caption>Properties</caption>
 * <tr><th>names</th><th>value</th></tr>
 * <tr><td>name, uuid, owner, roles, appId</td><td>as in the job</td></tr>
 * <tr><td>createdby</td><td>the owner</td></tr>
 * <tr><td>tenant, tenantId, createdbyTenant</td><td>the owner's tenant</td></tr>
 * <tr><td>created</td><td>when the job became visible or, before that, was accepted, in
 *     milliseconds since 1970 UTC</td></tr>
 * <tr><td>appName, appVersion</td><td>what is before and after the last hyphen of appId</td></tr>
 * <tr><td>archive, archiveOnAppError</td><td>booleans</td></tr>
 * <tr><td>execSystemId, systemId, executionSystem</td><td>execution system</td></tr>
 * <tr><td>execSystemLogicalQueue, remoteQueue, batchQueue</td><td>queue on that system, if
 *     any</td></tr>
 * <tr><td>archiveSystemId, archiveSystem</td><td>storage system, if any</td></tr>
 * <tr><td>archiveSystemDir, archivePath</td><td>directory on it, if any</td></tr>
 * <tr><td>nodeCount</td><td>nodes</td></tr>
 * <tr><td>coresPerNode, processorsPerNode</td><td>processors on each node</td></tr>
 * <tr><td>memoryMB</td><td>memory on each node in units of 2<sup>20</sup> bytes, rounded; 0 if none
 *     was asked for</td></tr>
 * <tr><td>memoryPerNode</td><td>the same in GB</td></tr>
 * <tr><td>maxMinutes</td><td>longest run time in minutes, rounded up; 0 if unlimited</td></tr>
 * <tr><td>maxHours</td><td>the same in hours, not rounded</td></tr>
 * </table>
 *
 * <p>Every other name stands for nothing, as in JMS.
 */
public final class JobProperties {
  private static final Map<String, Function<Job, @Nullable Object>> PROPERTIES =
      Map.ofEntries(
          Map.entry("name", Job::name),
          Map.entry("uuid", Job::id),
          Map.entry("owner", Job::owner),
          Map.entry("createdby", Job::owner),
          Map.entry("roles", Job::roles),
          Map.entry("tenant", Job::tenantId),
          Map.entry("tenantId", Job::tenantId),
          Map.entry("createdbyTenant", Job::tenantId),
          Map.entry("created", JobProperties::created),
          Map.entry("appId", Job::appId),
          Map.entry("appName", job -> appPart(job, true)),
          Map.entry("appVersion", job -> appPart(job, false)),
          Map.entry("archive", Job::archive),
          Map.entry("archiveOnAppError", Job::archiveOnAppError),
          Map.entry("execSystemId", Job::systemId),
          Map.entry("systemId", Job::systemId),
          Map.entry("executionSystem", Job::systemId),
          Map.entry("execSystemLogicalQueue", Job::remoteQueue),
          Map.entry("remoteQueue", Job::remoteQueue),
          Map.entry("batchQueue", Job::remoteQueue),
          Map.entry("archiveSystemId", Job::archiveSystem),
          Map.entry("archiveSystem", Job::archiveSystem),
          Map.entry("archiveSystemDir", Job::archivePath),
          Map.entry("archivePath", Job::archivePath),
          Map.entry("nodeCount", Job::nodeCount),
          Map.entry("coresPerNode", Job::processorsPerNode),
          Map.entry("processorsPerNode", Job::processorsPerNode),
          Map.entry("memoryMB", job -> Math.round(job.memoryPerNode() * 1024)),
          Map.entry("memoryPerNode", Job::memoryPerNode),
          Map.entry("maxMinutes", JobProperties::maxMinutes),
          Map.entry("maxHours", Job::maxHours));

  private JobProperties() {}

  /** The properties of a job, for {@link Selector#matches}. Immutable. */
  public static Function<String, @Nullable Object> of(Job job) {
    return name -> {
      Function<Job, @Nullable Object> property = PROPERTIES.get(name);
      return property == null ? null : property.apply(job);
    };
  }

  /** All names that can stand for something, in alphabetical order. */
  public static Set<String> names() {
    return new TreeSet<>(PROPERTIES.keySet());
  }

  private static long created(Job job) {
    return (job.created() == null ? job.accepted() : job.created()).toEpochMilli();
  }

  /** Hours are stored as a fraction of seconds, which is made whole again before it is rounded. */
  private static long maxMinutes(Job job) {
    return (Math.round(job.maxHours() * 3600) + 59) / 60;
  }

  private static @Nullable String appPart(Job job, boolean name) {
    int hyphen = job.appId().lastIndexOf('-');
    if (hyphen < 0) {
      return name ? job.appId() : null;
    }
    return name ? job.appId().substring(0, hyphen) : job.appId().substring(hyphen + 1);
  }
}
