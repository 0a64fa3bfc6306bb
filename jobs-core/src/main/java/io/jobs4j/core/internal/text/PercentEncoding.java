package io.jobs4j.core.internal.text;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Encodes text so that it is data in whatever component of a URL it stands: only the unreserved
 * characters of RFC 3986 stay as they are. Stateless.
 */
public final class PercentEncoding {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PercentEncoding() {}

  /** The value in UTF-8, percent-encoded. Half of a surrogate pair becomes a question mark. */
  public static String encode(String value) {
    StringBuilder encoded = new StringBuilder(value.length() + 16);
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && UNRESERVED.indexOf(b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }
}
