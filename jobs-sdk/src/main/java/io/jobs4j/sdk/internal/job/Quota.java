package io.jobs4j.sdk.internal.job;

import java.util.HashMap;
import java.util.Map;

/**
 * How many jobs may be active where a job wants to be. A limit of 0 or less means none.
 *
 * @param system the execution system, told from those of other tenants with the same id
 * @param user the user, with the tenant
 * @param queue the queue on the system; empty if it has none
 * @param app the application
 * @param maxSystem most jobs on the system
 * @param maxUser most jobs of the user there
 * @param maxQueue most jobs in the queue
 * @param maxUserInQueue most jobs of the user in the queue
 * @param maxApp most jobs of the application
 */
public record Quota(
    SystemKey system,
    String user,
    String queue,
    String app,
    int maxSystem,
    int maxUser,
    int maxQueue,
    int maxUserInQueue,
    int maxApp) {
  /**
   * An execution system whose jobs are counted.
   *
   * @param tenantId the only tenant that sees it; empty for all
   * @param id of the system
   */
  public record SystemKey(String tenantId, String id) {}

  /** Whether there is anything to count. */
  public boolean isLimited() {
    return maxSystem > 0 || maxUser > 0 || maxQueue > 0 || maxUserInQueue > 0 || maxApp > 0;
  }

  /** The active jobs of a system. Not safe for use by several threads. */
  public static final class Counts {
    private final Map<String, Integer> counts = new HashMap<>();

    /** Counts {@code number} jobs that are like the one of {@code quota}. */
    public void add(String user, String queue, String app, int number) {
      counts.merge("system", number, Integer::sum);
      counts.merge("user\n" + user, number, Integer::sum);
      counts.merge("queue\n" + queue, number, Integer::sum);
      counts.merge("user in queue\n" + user + "\n" + queue, number, Integer::sum);
      counts.merge("app\n" + app, number, Integer::sum);
    }

    /** Counts one more job if no limit forbids it. */
    public boolean admit(Quota quota) {
      boolean room =
          isBelow("system", quota.maxSystem())
              && isBelow("user\n" + quota.user(), quota.maxUser())
              && isBelow("queue\n" + quota.queue(), quota.maxQueue())
              && isBelow(
                  "user in queue\n" + quota.user() + "\n" + quota.queue(), quota.maxUserInQueue())
              && isBelow("app\n" + quota.app(), quota.maxApp());
      if (room) {
        add(quota.user(), quota.queue(), quota.app(), 1);
      }
      return room;
    }

    private boolean isBelow(String key, int limit) {
      return limit <= 0 || counts.getOrDefault(key, 0) < limit;
    }
  }
}
