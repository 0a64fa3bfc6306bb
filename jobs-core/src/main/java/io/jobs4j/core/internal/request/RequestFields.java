package io.jobs4j.core.internal.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.JsonFields;
import io.jobs4j.core.internal.json.JsonValues;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of an object of a request. A null is a value of the wrong type. */
class RequestFields extends JsonFields {
  private final String what;
  private final RequestProblems problems;

  /**
   * Fields of an object.
   *
   * @param what of which these are the parameters, in the plural
   * @param path of the object in the request; empty for the request itself
   */
  RequestFields(String what, String path, ObjectNode node, RequestProblems problems) {
    super(path, node);
    this.what = what;
    this.problems = problems;
  }

  @Override
  public final @Nullable JsonNode get(String name) {
    return raw(name);
  }

  @Override
  protected final void wrongType(String name, JsonNode value, String expected) {
    wrongTypeAt(at(name), value, expected);
  }

  /** As {@link #wrongType}, of the element of an array. */
  final void wrongTypeAt(String field, JsonNode value, String expected) {
    problems.add(
        field,
        value.isValueNode() && !value.isNull() ? value.asText() : null,
        "must be %s, not %s%s."
            .formatted(
                expected,
                JsonValues.typeOf(value),
                value.isNull() ? "; leave it out to say nothing" : ""));
  }

  @Override
  protected void unknown(String name, Collection<String> legal) {
    problems.add(
        at(name),
        null,
        "is not a parameter of %s; those are %s.".formatted(what, String.join(", ", legal)));
  }

  final @Nullable String text(String name, String hint) {
    return get(name, "a string" + hint, JsonNode::isTextual, JsonNode::textValue);
  }

  final @Nullable Integer integer(String name) {
    JsonNode value = get(name);
    if (value != null
        && value.isNumber()
        && !(value.isIntegralNumber() && value.canConvertToInt())) {
      problems.add(
          at(name),
          value.asText(),
          "must be an integer from 1 to %s.".formatted(Integer.MAX_VALUE));
      return null;
    }
    return get(name, "an integer", JsonNode::isNumber, JsonNode::intValue);
  }

  final @Nullable Boolean flag(String name) {
    return flag(name, " (true or false, without quotes)");
  }

  final @Nullable Boolean flag(String name, String hint) {
    return get(name, "a boolean" + hint, JsonNode::isBoolean, JsonNode::booleanValue);
  }

  /** The fields of an object as they are; none if it is missing, or after a problem. */
  final Set<Map.Entry<String, JsonNode>> entries(String name) {
    JsonNode object = get(name, "an object", JsonNode::isObject, node -> node);
    return object == null ? Set.of() : object.properties();
  }
}
