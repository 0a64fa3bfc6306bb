package io.jobs4j.core.wire;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Points in time as clients see them: ISO 8601 in UTC with milliseconds. Stateless. */
public final class Timestamps {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** For example {@code 2018-01-26T21:08:02.000Z}; what is finer than a millisecond is cut off. */
  public static String format(Instant instant) {
    return FORMAT.format(instant);
  }

  /**
   * Reads a time with any offset, as Agave wrote it in its own zone.
   *
   * @throws WireFormatException if it is not ISO 8601 with an offset
   */
  public static Instant parse(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new WireFormatException(
          "\"%s\" is not an ISO 8601 time with an offset, such as 2018-01-26T21:08:02.000Z"
              .formatted(text));
    }
  }
}
