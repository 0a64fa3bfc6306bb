package io.jobs4j.core.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.Json;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.internal.text.LazyMap;
import io.jobs4j.core.model.TransferProgress;
import java.util.List;
import java.util.Map;

/**
 * The JSON texts in which inputs, parameters and progress are stored. Stateless.
 *
 * <p>Numbers keep their digits: whole numbers come back as {@link Long}, or {@link
 * java.math.BigInteger} if they do not fit; all others as {@link java.math.BigDecimal} with the
 * digits that were written, so that nothing is rounded on the way to an application.
 */
public final class JobTexts {
  private JobTexts() {}

  /**
   * The JSON object in which inputs or parameters are stored, in the order of the map.
   *
   * @param values strings, numbers, booleans or lists of them; what {@link #inputs} or {@link
   *     #parameters} made gives its text back unread
   * @throws IllegalArgumentException naming the key if there is anything else, or a number that is
   *     infinite or none at all
   */
  public static String encode(Map<String, ?> values) {
    return values instanceof LazyMap<?> known
        ? known.text()
        : Json.write(JsonValues.nodes("values", values));
  }

  /**
   * The inputs in a stored text. A single string stands for a list with it.
   *
   * @throws WireFormatException if it is no JSON object of strings and arrays of strings
   */
  public static Map<String, List<String>> decodeInputs(String json) {
    return DocumentText.inputs("inputs", DocumentText.readObject("inputs", json));
  }

  /**
   * The parameters in a stored text. A null counts as absent.
   *
   * @throws WireFormatException if it is no JSON object of scalars and arrays of scalars
   */
  public static Map<String, Object> decodeParameters(String json) {
    return DocumentText.parameters("parameters", DocumentText.readObject("parameters", json));
  }

  /** As {@link #decodeInputs}, which is done, and may fail, when somebody looks into them. */
  public static Map<String, List<String>> inputs(String json) {
    return new LazyMap<>(json, JobTexts::decodeInputs);
  }

  /** As {@link #decodeParameters}, which is done, and may fail, when somebody looks into them. */
  public static Map<String, Object> parameters(String json) {
    return new LazyMap<>(json, JobTexts::decodeParameters);
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
