package io.jobs4j.core.request;

import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.NotificationRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request of JSON and says what has a wrong name or type (Aloe, "Submission Request
 * Gotchas"). What is wrong is left out of the request, and its field is marked as flawed.
 */
final class RequestReader {
  private static final List<String> KEYS =
      List.of(
          "name",
          "appId",
          "batchQueue",
          "nodeCount",
          "processorsPerNode",
          "processorsOnEachNode",
          "processorOnEachNode",
          "memoryPerNode",
          "maxRunTime",
          "archive",
          "archiveOnAppError",
          "archivePath",
          "archiveSystem",
          "inputs",
          "parameters",
          "notifications");
  private static final List<String> NOTIFICATION_KEYS = List.of("event", "url", "persistent");

  /** Names that Agave understood, and what stands for them now. */
  private static final Map<String, String> LEGACY_KEYS =
      Map.of(
          "jobName", "name",
          "parameter", "parameters",
          "softwareName", "appId",
          "queue", "batchQueue",
          "processorCount", "processorsOnEachNode",
          "maxMemory", "memoryPerNode",
          "requestedTime", "maxRunTime",
          "callbackUrl", "notifications",
          "callbackURL", "notifications");

  private final Map<String, @Nullable Object> object;
  private final Problems problems;

  private RequestReader(Map<String, @Nullable Object> object, Problems problems) {
    this.object = object;
    this.problems = problems;
  }

  /** A request of what could be read; {@code null} if the text is no JSON object. */
  static @Nullable JobRequest read(String json, Problems problems) {
    Map<String, @Nullable Object> object = JsonText.readObject(json, problems);
    return object == null ? null : new RequestReader(object, problems).request();
  }

  private JobRequest request() {
    refuseUnknownKeys();
    JobRequest.Builder request =
        JobRequest.builder()
            .name(string("name", ""))
            .appId(string("appId", ""))
            .batchQueue(string("batchQueue", ""))
            .nodeCount(integer("nodeCount"))
            .processorsPerNode(integer("processorsPerNode"))
            .processorsOnEachNode(processorsOnEachNode())
            .memoryPerNode(
                string(
                    "memoryPerNode",
                    " with a number and an optional unit in suffix (KB, MB, GB or TB; GB if none),"
                        + " such as \"4\" or \"1.5GB\""))
            .maxRunTime(string("maxRunTime", " in HH:mm:ss format"))
            .archive(bool("archive"))
            .archiveOnAppError(bool("archiveOnAppError"))
            .archivePath(string("archivePath", ""))
            .archiveSystem(string("archiveSystem", ""));
    if (Boolean.TRUE.equals(object.get("archive")) && !object.containsKey("archivePath")) {
      problems.add(
          "archivePath",
          null,
          "archivePath is required when archive is true; it can be an empty string.");
    }
    readInputs(request);
    readParameters(request);
    readNotifications(request);
    return request.build();
  }

  private void refuseUnknownKeys() {
    for (String key : object.keySet()) {
      if (KEYS.contains(key)) {
        continue;
      }
      String successor = LEGACY_KEYS.get(key);
      if (successor != null) {
        problems.add(key, null, "is a legacy name and not allowed; use %s.".formatted(successor));
        problems.settle(successor);
      } else if (key.equals("executionSystem") || key.equals("executionHost")) {
        problems.add(
            key,
            null,
            "is not allowed: an application runs on the system that it is registered for; choose"
                + " the application with appId.");
      } else {
        problems.add(
            key,
            null,
            "is not a parameter of job requests; those are %s.".formatted(String.join(", ", KEYS)));
      }
    }
  }

  private void readInputs(JobRequest.Builder request) {
    object("inputs")
        .forEach(
            (key, value) -> {
              String field = "inputs." + key;
              List<String> values = new ArrayList<>();
              boolean right = value instanceof String || value instanceof List;
              for (Object element : listOf(value)) {
                if (element instanceof String string) {
                  values.add(string);
                } else {
                  right = false;
                }
              }
              if (right) {
                request.input(key, values);
              } else {
                String shown = value instanceof List ? "an array with other elements" : null;
                problems.add(
                    field,
                    null,
                    "The value of input key \"%s\" is not a string or array of strings, but %s."
                        .formatted(
                            Shown.value(key), shown == null ? JsonText.typeOf(value) : shown));
              }
            });
  }

  private void readParameters(JobRequest.Builder request) {
    object("parameters")
        .forEach(
            (key, value) -> {
              Object wrong = null;
              boolean right = true;
              for (Object element : listOf(value)) {
                if (element == null || element instanceof Map || element instanceof List) {
                  right = false;
                  wrong = element;
                }
              }
              if (right && value != null) {
                request.parameter(key, value);
              } else {
                problems.add(
                    "parameters." + key,
                    null,
                    "must be a string, number or boolean, or an array of them, but %s %s."
                        .formatted(value instanceof List ? "has" : "is", JsonText.typeOf(wrong)));
              }
            });
  }

  /** Keeps the place of each notification, also of a wrong one, so that later problems match. */
  private void readNotifications(JobRequest.Builder request) {
    Object value = object.get("notifications");
    if (!(value instanceof List<?> list)) {
      if (object.containsKey("notifications")) {
        wrongType("notifications", "an array of objects with event, url and persistent", value);
      }
      return;
    }
    for (int i = 0; i < list.size(); i++) {
      String field = "notifications[" + i + "]";
      if (list.get(i) instanceof Map<?, ?> entry) {
        request.notification(notification(field, JsonText.objectOf(entry)));
      } else {
        wrongType(field, "an object with event, url and persistent", list.get(i));
        request.notification(new NotificationRequest("", "", false));
      }
    }
  }

  private NotificationRequest notification(String field, Map<String, @Nullable Object> entry) {
    for (String key : entry.keySet()) {
      if (!NOTIFICATION_KEYS.contains(key)) {
        problems.add(
            field + "." + key,
            null,
            "is not a parameter of notifications; those are %s."
                .formatted(String.join(", ", NOTIFICATION_KEYS)));
      }
    }
    Map<String, String> texts = new HashMap<>();
    for (String key : List.of("event", "url")) {
      if (entry.get(key) instanceof String string) {
        texts.put(key, string);
      } else if (entry.containsKey(key)) {
        wrongType(field + "." + key, "a string", entry.get(key));
      }
    }
    boolean persistent = Boolean.TRUE.equals(entry.get("persistent"));
    if (entry.containsKey("persistent") && !(entry.get("persistent") instanceof Boolean)) {
      wrongType(field + ".persistent", "a boolean", entry.get("persistent"));
    }
    return new NotificationRequest(
        texts.getOrDefault("event", ""), texts.getOrDefault("url", ""), persistent);
  }

  /** The seed spells this name in two ways; both are understood. */
  private @Nullable Integer processorsOnEachNode() {
    Integer plural = integer("processorsOnEachNode");
    Integer singular = integer("processorOnEachNode");
    if (plural != null && singular != null && !plural.equals(singular)) {
      problems.add(
          "processorOnEachNode",
          singular,
          "differs from processorsOnEachNode, which is %s; give only the latter."
              .formatted(plural));
    }
    if (problems.flawed("processorOnEachNode")) {
      problems.settle("processorsOnEachNode");
    }
    return plural == null ? singular : plural;
  }

  private @Nullable String string(String key, String hint) {
    Object value = object.get(key);
    if (value instanceof String string) {
      return string;
    }
    if (object.containsKey(key)) {
      wrongType(key, "a string" + hint, value);
    }
    return null;
  }

  private @Nullable Integer integer(String key) {
    Object value = object.get(key);
    if (value instanceof Long number && number == number.intValue()) {
      return number.intValue();
    }
    if (value instanceof Number) {
      problems.add(key, value, "must be an integer from 1 to %s.".formatted(Integer.MAX_VALUE));
    } else if (object.containsKey(key)) {
      wrongType(key, "an integer", value);
    }
    return null;
  }

  private @Nullable Boolean bool(String key) {
    Object value = object.get(key);
    if (value instanceof Boolean bool) {
      return bool;
    }
    if (object.containsKey(key)) {
      wrongType(key, "a boolean (true or false, without quotes)", value);
    }
    return null;
  }

  private Map<String, @Nullable Object> object(String key) {
    Object value = object.get(key);
    if (value instanceof Map) {
      return JsonText.objectOf(value);
    }
    if (object.containsKey(key)) {
      wrongType(key, "an object", value);
    }
    return Map.of();
  }

  private void wrongType(String field, String expected, @Nullable Object value) {
    Object shown = value instanceof Map || value instanceof List ? null : value;
    problems.add(
        field,
        shown,
        "must be %s, not %s%s."
            .formatted(
                expected,
                JsonText.typeOf(value),
                value == null ? "; leave it out to say nothing" : ""));
  }

  private static List<?> listOf(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    List<@Nullable Object> single = new ArrayList<>();
    single.add(value);
    return single;
  }
}
