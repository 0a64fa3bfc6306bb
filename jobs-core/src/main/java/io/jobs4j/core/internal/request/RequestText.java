package io.jobs4j.core.internal.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.InvalidJsonException;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.internal.json.StrictReader;
import org.jspecify.annotations.Nullable;

/** The text of a request as one JSON object, bounded in size and depth. Stateless. */
public final class RequestText {
  /** Field of problems about the text as a whole. */
  private static final String WHOLE = "request";

  /** How many digits a number may have. */
  public static final int MAX_DIGITS = 100;

  private static final int MAX_LENGTH = 1024 * 1024;
  private static final int MAX_NAME_LENGTH = 1024;
  private static final int MAX_DEPTH = 16;
  private static final StrictReader READER =
      StrictReader.limited(MAX_DEPTH, MAX_NAME_LENGTH, MAX_DIGITS);

  private RequestText() {}

  /** The object that the text is; {@code null} if it is none, which is then a problem. */
  static @Nullable ObjectNode read(String json, RequestProblems problems) {
    if (json.length() > MAX_LENGTH) {
      problems.add(WHOLE, null, "must have at most %s characters.".formatted(MAX_LENGTH));
      return null;
    }
    try {
      JsonNode value =
          READER.read(json, field -> problems.add(field, null, "is given more than once."));
      if (value instanceof ObjectNode object) {
        return object;
      }
      problems.add(
          WHOLE,
          null,
          value.isMissingNode()
              ? "must be a JSON object, but is empty."
              : "must be a JSON object, not %s.".formatted(JsonValues.typeOf(value)));
    } catch (InvalidJsonException e) {
      problems.add(
          WHOLE,
          null,
          switch (e.flaw()) {
            case SYNTAX ->
                "is not valid JSON: %s at line %s, column %s."
                    .formatted(e.detail(), e.line(), e.column());
            case TRAILING -> "must be one JSON object with nothing after it.";
            case LIMIT -> "is nested too deeply, or has a name or number that is too long.";
            case NUMBER_OUT_OF_RANGE -> "has a number that is out of range.";
          });
    }
    return null;
  }
}
