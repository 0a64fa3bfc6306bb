package io.jobs4j.sdk.internal.job;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * How many jobs may be active where a job wants to be.
 *
 * @param system the execution system, told from those of other tenants with the same id
 * @param place where the job counts
 * @param limits most active jobs by kind; a kind that is missing or not above 0 has no limit
 */
public record Quota(SystemKey system, Place place, Map<Kind, Integer> limits) {
  public Quota {
    limits = Map.copyOf(limits);
  }

  /** What is limited. A new kind is a line here and its limit in the definitions. */
  @SuppressWarnings("ImmutableEnumChecker") // Its functions keep nothing.
  public enum Kind {
    /** All jobs on the system. */
    SYSTEM(place -> ""),
    /** The jobs of the user there. */
    USER(Place::user),
    /** The jobs in the queue. */
    QUEUE(Place::queue),
    /** The jobs of the user in the queue. */
    USER_IN_QUEUE(place -> place.user() + "\n" + place.queue()),
    /** The jobs of the application. */
    APP(Place::app);

    private final Function<Place, String> counted;

    Kind(Function<Place, String> counted) {
      this.counted = counted;
    }
  }

  /**
   * An execution system whose jobs are counted.
   *
   * @param tenantId the only tenant that sees it; empty for all
   * @param id of the system
   */
  public record SystemKey(String tenantId, String id) {}

  /**
   * Where a job counts on its system.
   *
   * @param user the user, with the tenant
   * @param queue the queue on the system; empty if it has none
   * @param app the application
   */
  public record Place(String user, String queue, String app) {}

  /** Whether there is anything to count. */
  public boolean isLimited() {
    return limits.values().stream().anyMatch(limit -> limit > 0);
  }

  /** The active jobs of a system. Not safe for use by several threads. */
  public static final class Counts {
    private final Map<Kind, Map<String, Integer>> counts = new EnumMap<>(Kind.class);

    /** Counts {@code number} jobs in one place. */
    public void add(Place place, int number) {
      for (Kind kind : Kind.values()) {
        counts
            .computeIfAbsent(kind, none -> new HashMap<>())
            .merge(kind.counted.apply(place), number, Integer::sum);
      }
    }

    /** Counts one more job if no limit forbids it. */
    public boolean admit(Quota quota) {
      boolean room =
          quota.limits().entrySet().stream()
              .allMatch(
                  limit ->
                      limit.getValue() <= 0
                          || active(limit.getKey(), quota.place()) < limit.getValue());
      if (room) {
        add(quota.place(), 1);
      }
      return room;
    }

    private int active(Kind kind, Place place) {
      return counts.getOrDefault(kind, Map.of()).getOrDefault(kind.counted.apply(place), 0);
    }
  }
}
