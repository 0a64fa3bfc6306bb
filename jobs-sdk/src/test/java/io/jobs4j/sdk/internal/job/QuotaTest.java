package io.jobs4j.sdk.internal.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each limit by itself; a limit of 0 is none. */
class QuotaTest {
  private static final Quota.SystemKey SYSTEM = new Quota.SystemKey("", "system");

  private final Quota.Counts counts = new Quota.Counts();

  @Test
  void theSystemsLimitIsForAll() {
    assertThat(counts.admit(quota("a", "q", "x", 2, 0, 0, 0, 0))).isTrue();
    assertThat(counts.admit(quota("b", "r", "y", 2, 0, 0, 0, 0))).isTrue();
    assertThat(counts.admit(quota("c", "s", "z", 2, 0, 0, 0, 0))).isFalse();
  }

  @Test
  void aUsersLimitIsForOneUser() {
    assertThat(counts.admit(quota("a", "q", "x", 0, 1, 0, 0, 0))).isTrue();
    assertThat(counts.admit(quota("a", "r", "y", 0, 1, 0, 0, 0))).isFalse();
    assertThat(counts.admit(quota("b", "q", "x", 0, 1, 0, 0, 0))).isTrue();
  }

  @Test
  void aQueuesLimitIsForOneQueue() {
    assertThat(counts.admit(quota("a", "q", "x", 0, 0, 1, 0, 0))).isTrue();
    assertThat(counts.admit(quota("b", "q", "y", 0, 0, 1, 0, 0))).isFalse();
    assertThat(counts.admit(quota("a", "r", "x", 0, 0, 1, 0, 0))).isTrue();
  }

  @Test
  void aUsersLimitInAQueueIsForBothTogether() {
    assertThat(counts.admit(quota("a", "q", "x", 0, 0, 0, 1, 0))).isTrue();
    assertThat(counts.admit(quota("a", "q", "y", 0, 0, 0, 1, 0))).isFalse();
    assertThat(counts.admit(quota("a", "r", "x", 0, 0, 0, 1, 0))).isTrue();
    assertThat(counts.admit(quota("b", "q", "x", 0, 0, 0, 1, 0))).isTrue();
  }

  @Test
  void anApplicationsLimitIsForOneApplication() {
    assertThat(counts.admit(quota("a", "q", "x", 0, 0, 0, 0, 1))).isTrue();
    assertThat(counts.admit(quota("b", "r", "x", 0, 0, 0, 0, 1))).isFalse();
    assertThat(counts.admit(quota("a", "q", "y", 0, 0, 0, 0, 1))).isTrue();
  }

  @Test
  void whoeverIsRefusedDoesNotCount() {
    counts.add(new Quota.Place("a", "q", "x"), 1);
    assertThat(counts.admit(quota("a", "q", "x", 1, 0, 0, 0, 0))).isFalse();
    assertThat(counts.admit(quota("a", "q", "x", 2, 0, 0, 0, 0))).isTrue();
  }

  private static Quota quota(
      String user,
      String queue,
      String app,
      int system,
      int perUser,
      int inQueue,
      int perUserInQueue,
      int perApp) {
    return new Quota(
        SYSTEM,
        new Quota.Place(user, queue, app),
        Map.of(
            Quota.Kind.SYSTEM, system,
            Quota.Kind.USER, perUser,
            Quota.Kind.QUEUE, inQueue,
            Quota.Kind.USER_IN_QUEUE, perUserInQueue,
            Quota.Kind.APP, perApp));
  }
}
