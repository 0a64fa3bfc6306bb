package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a job is blocked on. Jobs of a tenant that wait for the same share one row, and one probe.
 *
 * @param tenantId whose jobs wait
 * @param condition the kind
 * @param subject id of the app or system that it is about
 * @param policy when it is looked at
 */
public record Blockage(
    String tenantId, RecoveryCondition condition, String subject, RecoveryPolicy policy) {
  /** Tells it from all others. */
  public String id() {
    String text = tenantId + "|" + condition + "|" + subject;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
