package io.jobs4j.core.internal.validation;

import java.nio.charset.StandardCharsets;

/** Which characters texts may have. */
final class Characters {
  private Characters() {}

  /** Whether some character is a control character or half of a surrogate pair. */
  static boolean anyControl(String text) {
    return text.codePoints().anyMatch(Character::isISOControl) || !storable(text);
  }

  /**
   * Whether a text without restrictions of its own can be stored and passed on: no NUL, Unicode.
   */
  static boolean storable(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
