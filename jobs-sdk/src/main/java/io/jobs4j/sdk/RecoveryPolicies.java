package io.jobs4j.sdk;

import static io.jobs4j.core.spi.RecoveryCondition.APPLICATION_NOT_AVAILABLE;
import static io.jobs4j.core.spi.RecoveryCondition.JOB_NOT_VISIBLE;
import static io.jobs4j.core.spi.RecoveryCondition.QUOTA_EXCEEDED;
import static io.jobs4j.core.spi.RecoveryCondition.SERVICE_CONNECTION_FAILURE;
import static io.jobs4j.core.spi.RecoveryCondition.SSH_AUTHENTICATION_FAILED;
import static io.jobs4j.core.spi.RecoveryCondition.SSH_CONNECTION_FAILURE;
import static io.jobs4j.core.spi.RecoveryCondition.SSH_CONNECTION_TIMEOUT;
import static io.jobs4j.core.spi.RecoveryCondition.SYSTEM_NOT_AVAILABLE;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicy.Step;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The policy for each condition that blocks jobs. Immutable; each method returns others.
 *
 * <p>The defaults are those of the Jobs service where it has one for the condition: constant waits
 * of a minute for up to 48 hours for what an administrator has to change, steps for connections.
 * Its three hours for SSH connections are meant as hours here. Everything else is looked at twice
 * after 10 seconds, ten times after 20, ten after 60, a hundred after 120, and each five minutes
 * from then on, for up to 48 hours; but without an end for jobs that cannot be seen ({@code
 * JOB_NOT_VISIBLE}), as they may be running all the time.
 */
public final class RecoveryPolicies {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration TWO_DAYS = Duration.ofDays(2);
  private static final Duration THREE_HOURS = Duration.ofHours(3);

  private static final List<Step> STEPS =
      List.of(
          new Step(2, Duration.ofSeconds(10)),
          new Step(10, Duration.ofSeconds(20)),
          new Step(10, MINUTE),
          new Step(100, Duration.ofMinutes(2)),
          new Step(0, Duration.ofMinutes(5)));

  private static final RecoveryPolicy STEPWISE = new RecoveryPolicy(STEPS, TWO_DAYS);

  private static final RecoveryPolicies DEFAULTS =
      new RecoveryPolicies(
          Map.of(
              SYSTEM_NOT_AVAILABLE, RecoveryPolicy.constant(MINUTE, 0, TWO_DAYS),
              APPLICATION_NOT_AVAILABLE, RecoveryPolicy.constant(MINUTE, 0, TWO_DAYS),
              JOB_NOT_VISIBLE, new RecoveryPolicy(STEPS, null),
              QUOTA_EXCEEDED, RecoveryPolicy.constant(MINUTE, 0, TWO_DAYS),
              SERVICE_CONNECTION_FAILURE,
                  new RecoveryPolicy(
                      List.of(new Step(5, MINUTE), new Step(30, Duration.ofMinutes(2))), TWO_DAYS),
              SSH_CONNECTION_FAILURE, connection(3),
              SSH_CONNECTION_TIMEOUT, connection(10),
              SSH_AUTHENTICATION_FAILED, RecoveryPolicy.constant(MINUTE, 15, TWO_DAYS)));

  private final Map<RecoveryCondition, RecoveryPolicy> policies;

  private RecoveryPolicies(Map<RecoveryCondition, RecoveryPolicy> policies) {
    this.policies = Map.copyOf(policies);
  }

  private static RecoveryPolicy connection(int lastTries) {
    return new RecoveryPolicy(
        List.of(
            new Step(5, MINUTE),
            new Step(5, Duration.ofMinutes(2)),
            new Step(lastTries, Duration.ofMinutes(5))),
        THREE_HOURS);
  }

  /** The policies when nobody says otherwise. */
  public static RecoveryPolicies defaults() {
    return DEFAULTS;
  }

  /** The same with another policy for one condition. */
  public RecoveryPolicies with(RecoveryCondition condition, RecoveryPolicy policy) {
    Map<RecoveryCondition, RecoveryPolicy> copy = new EnumMap<>(RecoveryCondition.class);
    copy.putAll(policies);
    copy.put(condition, policy);
    return new RecoveryPolicies(copy);
  }

  /** The policy for a condition. */
  public RecoveryPolicy of(RecoveryCondition condition) {
    return policies.getOrDefault(condition, STEPWISE);
  }
}
