package io.jobs4j.core.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.Json;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RunTimes;
import io.jobs4j.core.model.SubmittedJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
 * {@link JobTexts} says.
 */
public final class JobJson {
  private static final double SECONDS_PER_HOUR = 3600;

  /** Other services than Aloe do without them. */
  private static final Set<Job.Field> EMPTY_IF_MISSING =
      Set.of(
          Job.Field.TENANT_ID,
          Job.Field.TENANT_QUEUE,
          Job.Field.LAST_STATUS_MESSAGE,
          Job.Field.APP_UUID);

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
        Boolean.TRUE.equals(fields.flag("archive")),
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
    ObjectNode node = Json.object();
    for (Job.Field field : Job.Field.ALL) {
      if (!field.isOwn() || !Objects.equals(job.get(field), field.otherwise())) {
        node.set(field.documentName(), node(job, field));
      }
    }
    OlderNames.write(node, "executionSystem", "batchQueue");
    Duration maxRunTime = job.maxRunTime();
    node.put("maxRunTime", maxRunTime == null ? null : RunTimes.format(maxRunTime));
    OlderNames.write(node, "retries", "localId", "submitTime", "startTime", "endTime");
    return node.put("outputPath", job.outputPath());
  }

  private static JsonNode node(Job job, Job.Field field) {
    Object value = job.get(field);
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value == null) {
      return nodes.nullNode();
    }
    return switch (field.kind()) {
      case TEXT -> nodes.textNode((String) value);
      case WORD -> nodes.textNode(((Enum<?>) value).name());
      case TIME -> nodes.textNode(Timestamps.format((Instant) value));
      case COUNT -> nodes.numberNode((Integer) value);
      case DECIMAL -> nodes.numberNode((Double) value);
      case FLAG -> nodes.booleanNode((Boolean) value);
      case INPUTS -> JsonValues.nodes("inputs", job.inputs());
      case PARAMETERS -> JsonValues.nodes("parameters", job.parameters());
    };
  }

  /** A job of which nothing is known but the answer to its submission. */
  private static Job unprocessed(SubmittedJob job) {
    return Job.builder()
        .set(Job.Field.ID, job.id())
        .set(Job.Field.NAME, job.name())
        .set(Job.Field.TENANT_ID, job.tenantId())
        .set(Job.Field.TENANT_QUEUE, job.tenantQueue())
        .set(Job.Field.STATUS, job.status())
        .set(Job.Field.LAST_STATUS_MESSAGE, job.lastStatusMessage())
        .set(Job.Field.ACCEPTED, job.accepted())
        .set(Job.Field.LAST_UPDATED, job.lastUpdated())
        .set(Job.Field.OWNER, job.owner())
        .set(Job.Field.ROLES, job.roles())
        .set(Job.Field.SYSTEM_ID, "")
        .set(Job.Field.APP_ID, job.appId())
        .set(Job.Field.APP_UUID, job.appUuid())
        .set(Job.Field.ARCHIVE, job.archive())
        .set(Job.Field.ARCHIVE_PATH, job.archivePath())
        .set(Job.Field.ARCHIVE_SYSTEM, job.archiveSystem())
        .set(Job.Field.INPUTS, job.inputs())
        .set(Job.Field.PARAMETERS, job.parameters())
        .build();
  }

  /**
   * Not bound by names of Java: an older name counts only where Aloe's has no value, which an alias
   * of a mapper cannot say, and problems are told in the words of the document.
   */
  private static Job job(String what, ObjectNode node) {
    DocumentFields fields = new DocumentFields(what, node);
    Job.Builder job = Job.builder();
    for (Job.Field field : Job.Field.ALL) {
      job.set(field, value(fields, field));
    }
    job.set(Job.Field.ACCEPTED, fields.requiredTime("accepted", "created", "lastUpdated"))
        .set(Job.Field.LAST_UPDATED, fields.requiredTime("lastUpdated", "created", "accepted"));
    if (!fields.has("maxHours")) {
      job.set(Job.Field.MAX_HOURS, hours(what, fields));
    }
    if (Boolean.TRUE.equals(fields.flag("archive"))) {
      job.set(Job.Field.ARCHIVE_PATH, fields.text("archivePath", "outputPath"));
    } else {
      job.set(Job.Field.WORK_PATH, fields.text("workPath", "outputPath"));
    }
    return job.build();
  }

  /** The value of a field that documents have under its own name or an older one of the same. */
  private static @Nullable Object value(DocumentFields fields, Job.Field field) {
    String name = field.documentName();
    return switch (field.kind()) {
      case TEXT -> {
        if (EMPTY_IF_MISSING.contains(field)) {
          yield fields.textOrEmpty(name);
        }
        yield field.isRequired() ? fields.requiredText(name) : fields.text(name);
      }
      case WORD -> field == Job.Field.STATUS ? status(fields) : fields.word(name, field.type());
      case TIME -> fields.time(name);
      case COUNT -> fields.count(name);
      case DECIMAL -> fields.decimal(name);
      case FLAG -> fields.flag(name);
      case INPUTS -> DocumentText.inputs(fields.at(name), fields.object(name));
      case PARAMETERS -> DocumentText.parameters(fields.at(name), fields.object(name));
    };
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
      node.set("progress", JobTexts.node(event.progress()));
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
        fields.has("progress") ? JobTexts.progress(fields.object("progress")) : null);
  }

  private static <T> String array(List<T> values, Function<T, ? extends JsonNode> toNode) {
    ArrayNode array = Json.array();
    values.forEach(value -> array.add(toNode.apply(value)));
    return Json.write(array);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : Timestamps.format(time);
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
