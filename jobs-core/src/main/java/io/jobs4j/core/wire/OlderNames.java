package io.jobs4j.core.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Agave's names of fields to which Aloe gave others. They are written beside Aloe's, and read where
 * Aloe's are missing or null. Stateless.
 */
final class OlderNames {
  private static final Map<String, String> NAMES =
      Map.of(
          "executionSystem", "systemId",
          "batchQueue", "remoteQueue",
          "retries", "submitRetries",
          "localId", "remoteJobId",
          "submitTime", "remoteSubmitted",
          "startTime", "remoteStarted",
          "endTime", "ended");

  private OlderNames() {}

  /** Adds older names to an object, with the values that it has under Aloe's. */
  static void write(ObjectNode node, String... olderNames) {
    for (String older : olderNames) {
      node.set(older, node.get(NAMES.get(older)));
    }
  }

  /** A name and the older one that counts if it is missing, or the name alone. */
  static Stream<String> of(String name) {
    return Stream.concat(
        Stream.of(name),
        NAMES.entrySet().stream()
            .filter(older -> older.getValue().equals(name))
            .map(Map.Entry::getKey));
  }
}
