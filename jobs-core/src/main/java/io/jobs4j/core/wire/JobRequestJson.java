package io.jobs4j.core.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.Json;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.internal.request.RequestProblems;
import io.jobs4j.core.internal.request.RequestReader;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.NotificationRequest;
import io.jobs4j.core.request.InvalidRequestException;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Requests as the JSON of Aloe ("Submission Request Parameters"). Stateless. */
public final class JobRequestJson {
  private JobRequestJson() {}

  /**
   * Reads a request. Names and JSON types are checked here; whether values make sense shows when
   * the request is submitted. Whole numbers among the parameters become {@code Long}, or {@code
   * BigInteger} if they do not fit, others {@code BigDecimal} with the digits that were written.
   *
   * @param json one JSON object of at most 1,048,576 characters
   * @throws InvalidRequestException if the text is no request; with all problems that can be told
   *     without an application
   */
  public static JobRequest read(String json) {
    RequestProblems problems = new RequestProblems();
    JobRequest request = RequestReader.read(json, problems);
    problems.throwIfAny();
    return Objects.requireNonNull(request);
  }

  /**
   * Writes a request so that {@link #read} understands it. What was not said is left out, except
   * that the {@code archivePath} of a request that archives is written as an empty string, which
   * means the same and which JSON requests must have.
   *
   * @throws IllegalArgumentException if a parameter is no string, finite number, boolean or list of
   *     them
   */
  public static String write(JobRequest request) {
    ObjectNode object = Json.object();
    put(object, "name", request.name());
    put(object, "appId", request.appId());
    put(object, "batchQueue", request.batchQueue());
    put(object, "nodeCount", request.nodeCount());
    put(object, "processorsPerNode", request.processorsPerNode());
    put(object, "processorsOnEachNode", request.processorsOnEachNode());
    put(object, "memoryPerNode", request.memoryPerNode());
    put(object, "maxRunTime", request.maxRunTime());
    put(object, "archive", request.archive());
    put(object, "archiveOnAppError", request.archiveOnAppError());
    boolean archives = Boolean.TRUE.equals(request.archive());
    put(
        object,
        "archivePath",
        archives && request.archivePath() == null ? "" : request.archivePath());
    put(object, "archiveSystem", request.archiveSystem());
    if (!request.inputs().isEmpty()) {
      object.set("inputs", JsonValues.nodes("inputs", new TreeMap<>(request.inputs())));
    }
    if (!request.parameters().isEmpty()) {
      object.set("parameters", JsonValues.nodes("parameters", new TreeMap<>(request.parameters())));
    }
    if (!request.notifications().isEmpty()) {
      ArrayNode notifications = object.putArray("notifications");
      for (NotificationRequest notification : request.notifications()) {
        notifications
            .addObject()
            .put("event", notification.event())
            .put("url", notification.url())
            .put("persistent", notification.persistent());
      }
    }
    return Json.write(object);
  }

  private static void put(ObjectNode object, String key, @Nullable Object value) {
    if (value != null) {
      object.set(key, JsonValues.node(key, value));
    }
  }
}
