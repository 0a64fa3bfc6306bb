package io.jobs4j.core.model;

/**
 * A queue into which a tenant's jobs are sorted when they are accepted (Aloe, "Tenant Queues").
 *
 * @param name {@code aloe.jobq.<tenantId>.submit.<queue>}
 * @param tenantId whose it is
 * @param priority larger numbers choose first; 1 is that of the default queue
 * @param filter selects the jobs that go here
 * @param numWorkers jobs that it works on at once
 */
public record TenantQueue(
    String name, String tenantId, int priority, String filter, int numWorkers) {

  /** Last segment of the name of each tenant's default queue. */
  public static final String DEFAULT = "DefaultQueue";

  /** The name of the tenant's default queue. */
  public static String defaultName(String tenantId) {
    return "aloe.jobq." + tenantId + ".submit." + DEFAULT;
  }
}
