package io.jobs4j.core.internal.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import org.jspecify.annotations.Nullable;

/**
 * A text is not one JSON value. It has no cause and its message does not quote the text, which may
 * hold what nobody should see.
 */
public final class InvalidJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What can be wrong with a text as a whole. */
  public enum Flaw {
    SYNTAX,
    /** There is something after the value. */
    TRAILING,
    /** It is nested too deeply, or has a name or number that is too long. */
    LIMIT,
    NUMBER_OUT_OF_RANGE
  }

  private final Flaw flaw;
  private final String detail;
  private final int line;
  private final int column;

  InvalidJsonException(Flaw flaw, String detail, @Nullable JsonLocation location) {
    super(
        "is not valid JSON"
            + (location == null
                ? ""
                : " (line %s, column %s)".formatted(location.getLineNr(), location.getColumnNr())));
    this.flaw = flaw;
    this.detail = detail;
    this.line = location == null ? 0 : location.getLineNr();
    this.column = location == null ? 0 : location.getColumnNr();
  }

  static InvalidJsonException of(JsonProcessingException e) {
    return new InvalidJsonException(
        e instanceof StreamConstraintsException ? Flaw.LIMIT : Flaw.SYNTAX,
        e.getOriginalMessage(),
        e.getLocation());
  }

  /** What is wrong. */
  public Flaw flaw() {
    return flaw;
  }

  /** What the parser says. It may quote the text. */
  public String detail() {
    return detail;
  }

  /** The line, from 1; 0 if it is not known. */
  public int line() {
    return line;
  }

  /** The column, from 1; 0 if it is not known. */
  public int column() {
    return column;
  }
}
