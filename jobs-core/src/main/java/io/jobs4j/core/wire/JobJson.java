package io.jobs4j.core.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.Json;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.model.RunTimes;
import io.jobs4j.core.model.SubmittedJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes jobs and histories as the Jobs service answers with them, without the envelope, and reads
 * them back. Immutable.
 *
 * <p>A job has the names of Aloe ("Submission Response") and, beside them, the older names that
 * Agave's clients read (Tapis, "Job monitoring", "Polling"): {@code executionSystem}, {@code
 * batchQueue}, {@code maxRunTime}, {@code retries}, {@code localId}, {@code submitTime}, {@code
 * startTime}, {@code endTime} and {@code outputPath} (where the output is: the archive path, or the
 * work path of a job that does not archive). Reading takes the older name where Aloe's is missing,
 * and ignores fields that it does not know, so that answers of a newer service can be read.
 *
 * <p>Times are written in UTC with milliseconds. Numbers among the parameters keep their kind, as
 * {@link JobMapping} says.
 */
public final class JobJson {
  private static final double SECONDS_PER_HOUR = 3600;

  private final @Nullable JobLinks links;

  /** Writes no {@code _links}. */
  public JobJson() {
    this.links = null;
  }

  /** Writes {@code _links} into jobs. */
  public JobJson(JobLinks links) {
    this.links = links;
  }

  /** One job as an object. */
  public String write(Job job) {
    return Json.write(node(job));
  }

  /** Jobs as an array of full objects. */
  public String writeJobs(List<Job> jobs) {
    return array(jobs, this::node);
  }

  /**
   * Jobs as an array of the short objects that lists show: {@code id}, {@code name}, {@code owner},
   * {@code executionSystem}, {@code appId}, {@code created}, {@code status}, {@code startTime},
   * {@code endTime} and the links to the job and its output.
   */
  public String writeSummaries(List<Job> jobs) {
    return array(jobs, this::summary);
  }

  /**
   * The answer to a submission: all the fields of a job, those that are not processed yet with
   * their defaults or null (Aloe, "Submission Response").
   */
  public String write(SubmittedJob job) {
    ObjectNode node = fields(unprocessed(job));
    node.putNull("systemId");
    node.putNull("executionSystem");
    return Json.write(linked(node, job.id(), job.appId(), job.owner(), null, job.archiveSystem()));
  }

  /** One history entry as an object. */
  public String write(HistoryEvent event) {
    return Json.write(node(event));
  }

  /** A history as an array. */
  public String writeHistory(List<HistoryEvent> history) {
    return array(history, JobJson::node);
  }

  /**
   * Reads one job.
   *
   * @throws WireFormatException if it is none, naming the field
   */
  public Job readJob(String json) {
    return job("job", DocumentText.readObject("job", json));
  }

  /**
   * Reads an array of full jobs.
   *
   * @throws WireFormatException if it is none, naming the field
   */
  public List<Job> readJobs(String json) {
    List<Job> jobs = new ArrayList<>();
    for (ObjectNode node : DocumentText.readObjects("jobs", json)) {
      jobs.add(job("jobs[" + jobs.size() + "]", node));
    }
    return List.copyOf(jobs);
  }

  /**
   * Reads the answer to a submission.
   *
   * @throws WireFormatException if it is none, naming the field
   */
  public SubmittedJob readSubmittedJob(String json) {
    DocumentFields fields = new DocumentFields("job", DocumentText.readObject("job", json));
    return new SubmittedJob(
        fields.requiredText("id"),
        fields.requiredText("name"),
        fields.textOrEmpty("tenantId"),
        fields.textOrEmpty("tenantQueue"),
        status(fields),
        fields.textOrEmpty("lastStatusMessage"),
        fields.requiredTime("accepted", "created", "lastUpdated"),
        fields.requiredTime("lastUpdated", "created", "accepted"),
        fields.requiredText("owner"),
        fields.textOrEmpty("roles"),
        fields.requiredText("appId"),
        fields.textOrEmpty("appUuid"),
        fields.flag("archive", false),
        fields.text("archivePath"),
        fields.text("archiveSystem"),
        DocumentText.inputs("job.inputs", fields.object("inputs")),
        DocumentText.parameters("job.parameters", fields.object("parameters")));
  }

  /**
   * Reads one history entry. One without a sequence number has 0.
   *
   * @throws WireFormatException if it is none, naming the field
   */
  public HistoryEvent readHistoryEvent(String json) {
    return event("event", DocumentText.readObject("event", json), 0);
  }

  /**
   * Reads a history. Entries without a sequence number have their place in the array, from 1.
   *
   * @throws WireFormatException if it is none, naming the field
   */
  public List<HistoryEvent> readHistory(String json) {
    List<HistoryEvent> events = new ArrayList<>();
    for (ObjectNode node : DocumentText.readObjects("history", json)) {
      events.add(event("history[" + events.size() + "]", node, events.size() + 1L));
    }
    return List.copyOf(events);
  }

  private ObjectNode node(Job job) {
    return linked(
        fields(job), job.id(), job.appId(), job.owner(), job.systemId(), job.archiveSystem());
  }

  private ObjectNode linked(
      ObjectNode node,
      String id,
      String appId,
      String owner,
      @Nullable String systemId,
      @Nullable String archiveSystem) {
    if (links != null) {
      node.set("_links", hrefs(links.all(id, appId, owner, systemId, archiveSystem)));
    }
    return node;
  }

  private ObjectNode summary(Job job) {
    ObjectNode node =
        Json.object()
            .put("id", job.id())
            .put("name", job.name())
            .put("owner", job.owner())
            .put("executionSystem", job.systemId())
            .put("appId", job.appId())
            .put("created", text(job.created()))
            .put("status", job.status().name())
            .put("startTime", text(job.remoteStarted()))
            .put("endTime", text(job.ended()));
    if (links != null) {
      ObjectNode hrefs = Json.object();
      hrefs.set("self", Json.object().put("href", links.job(job.id())));
      hrefs.set("archiveData", Json.object().put("href", links.outputs(job.id())));
      node.set("_links", hrefs);
    }
    return node;
  }

  private static ObjectNode hrefs(Map<String, String> links) {
    ObjectNode node = Json.object();
    links.forEach((name, url) -> node.set(name, Json.object().put("href", url)));
    return node;
  }

  private static ObjectNode fields(Job job) {
    ObjectNode node =
        Json.object()
            .put("id", job.id())
            .put("name", job.name())
            .put("tenantId", job.tenantId())
            .put("tenantQueue", job.tenantQueue())
            .put("status", job.status().name())
            .put("lastStatusMessage", job.lastStatusMessage())
            .put("accepted", text(job.accepted()))
            .put("created", text(job.created()))
            .put("ended", text(job.ended()))
            .put("lastUpdated", text(job.lastUpdated()))
            .put("owner", job.owner())
            .put("roles", job.roles())
            .put("systemId", job.systemId())
            .put("appId", job.appId())
            .put("appUuid", job.appUuid())
            .put("workPath", job.workPath())
            .put("archive", job.archive())
            .put("archiveOnAppError", job.archiveOnAppError())
            .put("archivePath", job.archivePath())
            .put("archiveSystem", job.archiveSystem())
            .put("nodeCount", job.nodeCount())
            .put("processorsPerNode", job.processorsPerNode())
            .put("memoryPerNode", job.memoryPerNode())
            .put("maxHours", job.maxHours());
    node.set("inputs", JsonValues.nodes("inputs", job.inputs()));
    node.set("parameters", JsonValues.nodes("parameters", job.parameters()));
    node.put("remoteJobId", job.remoteJobId())
        .put("schedulerJobId", job.schedulerJobId())
        .put("remoteQueue", job.remoteQueue())
        .put("remoteSubmitted", text(job.remoteSubmitted()))
        .put("remoteStarted", text(job.remoteStarted()))
        .put("remoteEnded", text(job.remoteEnded()))
        .put("remoteOutcome", word(job.remoteOutcome()))
        .put("submitRetries", job.submitRetries())
        .put("remoteStatusChecks", job.remoteStatusChecks())
        .put("failedStatusChecks", job.failedStatusChecks())
        .put("lastStatusCheck", text(job.lastStatusCheck()))
        .put("blockedCount", job.blockedCount())
        .put("visible", job.visible())
        .put("conditionCode", word(job.conditionCode()));
    if (job.blockedOn() != null) {
      node.put("blockedOn", job.blockedOn()).put("nextAttempt", text(job.nextAttempt()));
    }
    OlderNames.write(node, "executionSystem", "batchQueue");
    node.put("maxRunTime", JobMapping.maxRunTime(job));
    OlderNames.write(node, "retries", "localId", "submitTime", "startTime", "endTime");
    return node.put("outputPath", JobMapping.outputPath(job));
  }

  /** A job of which nothing is known but the answer to its submission. */
  private static Job unprocessed(SubmittedJob job) {
    return Job.builder()
        .id(job.id())
        .name(job.name())
        .tenantId(job.tenantId())
        .tenantQueue(job.tenantQueue())
        .status(job.status())
        .lastStatusMessage(job.lastStatusMessage())
        .accepted(job.accepted())
        .lastUpdated(job.lastUpdated())
        .owner(job.owner())
        .roles(job.roles())
        .systemId("")
        .appId(job.appId())
        .appUuid(job.appUuid())
        .archive(job.archive())
        .archivePath(job.archivePath())
        .archiveSystem(job.archiveSystem())
        .inputs(job.inputs())
        .parameters(job.parameters())
        .build();
  }

  /**
   * Not bound by names of Java: an older name counts only where Aloe's has no value, which an alias
   * of a mapper cannot say, and problems are told in the words of the document.
   */
  private static Job job(String what, ObjectNode node) {
    DocumentFields fields = new DocumentFields(what, node);
    boolean archive = fields.flag("archive", false);
    int nodeCount = fields.count(1, "nodeCount");
    int processorsPerNode = fields.count(1, "processorsPerNode");
    return Job.builder()
        .id(fields.requiredText("id"))
        .name(fields.requiredText("name"))
        .tenantId(fields.textOrEmpty("tenantId"))
        .tenantQueue(fields.textOrEmpty("tenantQueue"))
        .status(status(fields))
        .lastStatusMessage(fields.textOrEmpty("lastStatusMessage"))
        .accepted(fields.requiredTime("accepted", "created", "lastUpdated"))
        .created(fields.time("created"))
        .ended(fields.time("ended"))
        .lastUpdated(fields.requiredTime("lastUpdated", "created", "accepted"))
        .owner(fields.requiredText("owner"))
        .roles(fields.textOrEmpty("roles"))
        .systemId(fields.requiredText("systemId"))
        .appId(fields.requiredText("appId"))
        .appUuid(fields.textOrEmpty("appUuid"))
        .workPath(archive ? fields.text("workPath") : fields.text("workPath", "outputPath"))
        .archive(archive)
        .archiveOnAppError(fields.flag("archiveOnAppError", false))
        .archivePath(
            archive ? fields.text("archivePath", "outputPath") : fields.text("archivePath"))
        .archiveSystem(fields.text("archiveSystem"))
        .nodeCount(nodeCount)
        .processorsPerNode(processorsPerNode)
        .memoryPerNode(fields.decimal("memoryPerNode"))
        .maxHours(fields.has("maxHours") ? fields.decimal("maxHours") : hours(what, fields))
        .inputs(DocumentText.inputs(what + ".inputs", fields.object("inputs")))
        .parameters(DocumentText.parameters(what + ".parameters", fields.object("parameters")))
        .remoteJobId(fields.text("remoteJobId"))
        .schedulerJobId(fields.text("schedulerJobId"))
        .remoteQueue(fields.text("remoteQueue"))
        .remoteSubmitted(fields.time("remoteSubmitted"))
        .remoteStarted(fields.time("remoteStarted"))
        .remoteEnded(fields.time("remoteEnded"))
        .remoteOutcome(fields.word("remoteOutcome", RemoteOutcome.class))
        .submitRetries(fields.count(0, "submitRetries"))
        .remoteStatusChecks(fields.count(0, "remoteStatusChecks"))
        .failedStatusChecks(fields.count(0, "failedStatusChecks"))
        .lastStatusCheck(fields.time("lastStatusCheck"))
        .blockedCount(fields.count(0, "blockedCount"))
        .visible(fields.flag("visible", true))
        .conditionCode(fields.word("conditionCode", ConditionCode.class))
        .blockedOn(fields.text("blockedOn"))
        .nextAttempt(fields.time("nextAttempt"))
        .build();
  }

  private static JobStatus status(DocumentFields fields) {
    String name = fields.requiredText("status");
    return JobEventName.parse(name)
        .flatMap(JobEventName::status)
        .orElseThrow(() -> fields.unknown("status", name, JobStatus.class));
  }

  private static ObjectNode node(HistoryEvent event) {
    ObjectNode node = Json.object();
    if (event.progress() != null) {
      node.set("progress", JobMapping.node(event.progress()));
    }
    node.put("created", text(event.created()))
        .put("status", event.status().name())
        .put("description", event.description());
    if (event.createdBy() != null) {
      node.put("createdBy", event.createdBy());
    }
    return node.put("sequence", event.sequence());
  }

  private static HistoryEvent event(String what, ObjectNode node, long place) {
    DocumentFields fields = new DocumentFields(what, node);
    String name = fields.requiredText("status");
    return new HistoryEvent(
        fields.integer(place, "sequence"),
        fields.requiredTime("created"),
        JobEventName.parse(name)
            .orElseThrow(() -> fields.unknown("status", name, JobEventName.class)),
        fields.textOrEmpty("description"),
        fields.text("createdBy"),
        fields.has("progress") ? JobMapping.progress(fields.object("progress")) : null);
  }

  private static <T> String array(List<T> values, Function<T, ? extends JsonNode> toNode) {
    ArrayNode array = Json.array();
    values.forEach(value -> array.add(toNode.apply(value)));
    return Json.write(array);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : Timestamps.format(time);
  }

  private static @Nullable String word(@Nullable Enum<?> word) {
    return word == null ? null : word.name();
  }

  private static double hours(String what, DocumentFields fields) {
    String text = fields.text("maxRunTime");
    if (text == null) {
      return 0;
    }
    return RunTimes.parse(text)
            .orElseThrow(
                () ->
                    new WireFormatException(
                        "%s.maxRunTime is \"%s\"; it must be HH:mm:ss".formatted(what, text)))
            .toSeconds()
        / SECONDS_PER_HOUR;
  }
}
