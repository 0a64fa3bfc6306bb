package io.jobs4j.core.internal.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.internal.text.Shown;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.NotificationRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request of JSON and says what has a wrong name or type (Aloe, "Submission Request
 * Gotchas"). What is wrong is left out of the request, and its field is marked as flawed.
 */
public final class RequestReader extends RequestFields {
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

  private final RequestProblems problems;

  private RequestReader(ObjectNode object, RequestProblems problems) {
    super("job requests", "", object, problems);
    this.problems = problems;
  }

  /** A request of what could be read; {@code null} if the text is no JSON object. */
  public static @Nullable JobRequest read(String json, RequestProblems problems) {
    ObjectNode object = RequestText.read(json, problems);
    return object == null ? null : new RequestReader(object, problems).request();
  }

  private JobRequest request() {
    tellUnknown(KEYS);
    JobRequest.Builder request =
        JobRequest.builder()
            .name(text("name"))
            .appId(text("appId"))
            .batchQueue(text("batchQueue"))
            .nodeCount(integer("nodeCount"))
            .processorsPerNode(integer("processorsPerNode"))
            .processorsOnEachNode(processorsOnEachNode())
            .memoryPerNode(
                text(
                    "memoryPerNode",
                    " with a number and an optional unit in suffix (KB, MB, GB or TB; GB if none),"
                        + " such as \"4\" or \"1.5GB\""))
            .maxRunTime(text("maxRunTime", " in HH:mm:ss format"))
            .archive(flag("archive"))
            .archiveOnAppError(flag("archiveOnAppError"))
            .archivePath(text("archivePath"))
            .archiveSystem(text("archiveSystem"));
    if (BooleanNode.TRUE.equals(get("archive")) && get("archivePath") == null) {
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

  @Override
  protected void unknown(String name, Collection<String> legal) {
    String successor = LEGACY_KEYS.get(name);
    if (successor != null) {
      problems.add(name, null, "is a legacy name and not allowed; use %s.".formatted(successor));
      problems.settle(successor);
    } else if (name.equals("executionSystem") || name.equals("executionHost")) {
      problems.add(
          name,
          null,
          "is not allowed: an application runs on the system that it is registered for; choose"
              + " the application with appId.");
    } else {
      super.unknown(name, legal);
    }
  }

  private void readInputs(JobRequest.Builder request) {
    for (Map.Entry<String, JsonNode> input : entries("inputs")) {
      String key = input.getKey();
      JsonNode value = input.getValue();
      List<String> texts = new ArrayList<>();
      elements(value).stream().filter(JsonNode::isTextual).forEach(it -> texts.add(it.textValue()));
      if (texts.size() == elements(value).size()) {
        request.input(key, texts);
      } else {
        problems.add(
            "inputs." + key,
            null,
            "The value of input key \"%s\" is not a string or array of strings, but %s."
                .formatted(
                    Shown.value(key),
                    value.isArray() ? "an array with other elements" : JsonValues.typeOf(value)));
      }
    }
  }

  private void readParameters(JobRequest.Builder request) {
    for (Map.Entry<String, JsonNode> parameter : entries("parameters")) {
      String key = parameter.getKey();
      JsonNode given = parameter.getValue();
      Object value = JsonValues.value(given);
      if (value != null) {
        request.parameter(key, value);
      } else {
        JsonNode wrong = given;
        for (JsonNode element : elements(given)) {
          wrong = JsonValues.scalar(element) == null ? element : wrong;
        }
        problems.add(
            "parameters." + key,
            null,
            "must be a string, number or boolean, or an array of them, but %s %s."
                .formatted(given.isArray() ? "has" : "is", JsonValues.typeOf(wrong)));
      }
    }
  }

  /** Keeps the place of each notification, also of a wrong one, so that later problems match. */
  private void readNotifications(JobRequest.Builder request) {
    JsonNode value =
        get(
            "notifications",
            "an array of objects with event, url and persistent",
            JsonNode::isArray,
            array -> array);
    if (value == null) {
      return;
    }
    for (int i = 0; i < value.size(); i++) {
      String field = "notifications[" + i + "]";
      if (value.get(i) instanceof ObjectNode entry) {
        request.notification(
            notification(new RequestFields("notifications", field, entry, problems)));
      } else {
        wrongTypeAt(field, value.get(i), "an object with event, url and persistent");
        request.notification(new NotificationRequest("", "", false));
      }
    }
  }

  private static NotificationRequest notification(RequestFields fields) {
    fields.tellUnknown(NOTIFICATION_KEYS);
    String event = fields.text("event");
    String url = fields.text("url");
    return new NotificationRequest(
        event == null ? "" : event,
        url == null ? "" : url,
        Boolean.TRUE.equals(fields.flag("persistent", "")));
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

  /** Those of an array; anything else stands for an array with it. */
  private static List<JsonNode> elements(JsonNode value) {
    if (!value.isArray()) {
      return List.of(value);
    }
    List<JsonNode> elements = new ArrayList<>();
    value.forEach(elements::add);
    return elements;
  }
}
