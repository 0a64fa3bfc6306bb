package io.jobs4j.core.request;

import io.jobs4j.core.internal.text.Shown;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a request. It can be shown and logged: values are shortened, control
 * characters escaped, passwords and tokens of URLs replaced by {@code ***}.
 *
 * @param field where, such as {@code nodeCount}, {@code inputs.text} or {@code
 *     notifications[2].url}; {@code request} if it is about the request as a whole
 * @param value what was given there; {@code null} if nothing was or it does not matter
 * @param message what is wrong and what would be right
 */
public record Problem(String field, @Nullable String value, String message)
    implements Serializable {
  public Problem {
    field = Shown.value(field);
    value = value == null ? null : Shown.value(value);
    message = Shown.text(message);
  }

  /** The problem in one line that begins with the field. */
  @Override
  public String toString() {
    String line = field + ": " + message;
    return value == null || message.contains(value) ? line : line + " (given: \"" + value + "\")";
  }
}
