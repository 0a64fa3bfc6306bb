package io.jobs4j.core.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.Json;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.RunTimes;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.core.model.TransferProgress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one way from the stored record to what clients see, and the JSON texts in the store (Aloe,
 * "The Complete Job Object" and "Submission Response"). Stateless.
 *
 * <p>Numbers keep their digits: whole numbers come back as {@link Long}, or {@link
 * java.math.BigInteger} if they do not fit; all others as {@link java.math.BigDecimal} with the
 * digits that were written, so that nothing is rounded on the way to an application.
 */
public final class JobMapping {
  private JobMapping() {}

  /**
   * The job as clients see it: {@code id} is the record's {@code uuid}; the sequence number and the
   * update token are left out.
   *
   * @throws WireFormatException if the record's inputs or parameters are not what {@link #encode}
   *     makes
   */
  public static Job job(JobRecord stored) {
    return Job.builder()
        .id(stored.uuid())
        .name(stored.name())
        .tenantId(stored.tenantId())
        .tenantQueue(stored.tenantQueue())
        .status(stored.status())
        .lastStatusMessage(stored.lastStatusMessage())
        .accepted(stored.accepted())
        .created(stored.created())
        .ended(stored.ended())
        .lastUpdated(stored.lastUpdated())
        .owner(stored.owner())
        .roles(stored.roles())
        .systemId(stored.systemId())
        .appId(stored.appId())
        .appUuid(stored.appUuid())
        .workPath(stored.workPath())
        .archive(stored.archive())
        .archiveOnAppError(stored.archiveOnAppError())
        .archivePath(stored.archivePath())
        .archiveSystem(stored.archiveSystem())
        .nodeCount(stored.nodeCount())
        .processorsPerNode(stored.processorsPerNode())
        .memoryPerNode(stored.memoryPerNode())
        .maxHours(stored.maxHours())
        .inputs(decodeInputs(stored.inputs()))
        .parameters(decodeParameters(stored.parameters()))
        .remoteJobId(stored.remoteJobId())
        .remoteQueue(stored.remoteQueue())
        .remoteSubmitted(stored.remoteSubmitted())
        .remoteStarted(stored.remoteStarted())
        .remoteEnded(stored.remoteEnded())
        .remoteOutcome(stored.remoteOutcome())
        .submitRetries(stored.submitRetries())
        .remoteStatusChecks(stored.remoteStatusChecks())
        .failedStatusChecks(stored.failedStatusChecks())
        .lastStatusCheck(stored.lastStatusCheck())
        .blockedCount(stored.blockedCount())
        .visible(stored.visible())
        .conditionCode(stored.conditionCode())
        .build();
  }

  /**
   * The answer to the submission of the job.
   *
   * @throws WireFormatException if the record's inputs or parameters are not what {@link #encode}
   *     makes
   */
  public static SubmittedJob submitted(JobRecord stored) {
    return new SubmittedJob(
        stored.uuid(),
        stored.name(),
        stored.tenantId(),
        stored.tenantQueue(),
        stored.status(),
        stored.lastStatusMessage(),
        stored.accepted(),
        stored.lastUpdated(),
        stored.owner(),
        stored.roles(),
        stored.appId(),
        stored.appUuid(),
        stored.archive(),
        stored.archivePath(),
        stored.archiveSystem(),
        decodeInputs(stored.inputs()),
        decodeParameters(stored.parameters()));
  }

  /** The longest run time as {@code HH:mm:ss}; {@code null} for no limit. */
  public static @Nullable String maxRunTime(Job job) {
    long seconds = Math.round(job.maxHours() * 3600);
    return seconds <= 0 ? null : RunTimes.format(Duration.ofSeconds(seconds));
  }

  /**
   * Where the output is: the archive path, or the work path of a job that does not archive; {@code
   * null} if it is not known yet.
   */
  public static @Nullable String outputPath(Job job) {
    return job.archive() ? job.archivePath() : job.workPath();
  }

  /**
   * The JSON object in which a record keeps inputs or parameters, in the order of the map.
   *
   * @param values strings, numbers, booleans or lists of them
   * @throws IllegalArgumentException naming the key if there is anything else, or a number that is
   *     infinite or none at all
   */
  public static String encode(Map<String, ?> values) {
    return Json.write(JsonValues.nodes("values", values));
  }

  /**
   * The inputs in a record's text. A single string stands for a list with it.
   *
   * @throws WireFormatException if it is no JSON object of strings and arrays of strings
   */
  public static Map<String, List<String>> decodeInputs(String json) {
    return DocumentText.inputs("inputs", DocumentText.readObject("inputs", json));
  }

  /**
   * The parameters in a record's text. A null counts as absent.
   *
   * @throws WireFormatException if it is no JSON object of scalars and arrays of scalars
   */
  public static Map<String, Object> decodeParameters(String json) {
    return DocumentText.parameters("parameters", DocumentText.readObject("parameters", json));
  }

  /** The JSON object in which a history keeps the progress of a transfer. */
  public static String encode(TransferProgress progress) {
    return Json.write(node(progress));
  }

  /**
   * Reads what {@link #encode(TransferProgress)} wrote. Missing numbers are 0, a missing source is
   * empty.
   *
   * @throws WireFormatException if it is no such object
   */
  public static TransferProgress decodeProgress(String json) {
    return progress(DocumentText.readObject("progress", json));
  }

  static ObjectNode node(TransferProgress progress) {
    return Json.object()
        .put("averageRate", progress.averageRate())
        .put("totalFiles", progress.totalFiles())
        .put("source", progress.source())
        .put("totalActiveTransfers", progress.totalActiveTransfers())
        .put("totalBytes", progress.totalBytes())
        .put("totalBytesTransferred", progress.totalBytesTransferred());
  }

  static TransferProgress progress(ObjectNode node) {
    DocumentFields fields = new DocumentFields("progress", node);
    return new TransferProgress(
        fields.integer(0, "averageRate"),
        fields.integer(0, "totalFiles"),
        fields.textOrEmpty("source"),
        fields.integer(0, "totalActiveTransfers"),
        fields.integer(0, "totalBytes"),
        fields.integer(0, "totalBytesTransferred"));
  }
}
