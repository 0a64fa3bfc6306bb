package io.jobs4j.core.internal.selector;

import org.jspecify.annotations.Nullable;

/**
 * A token of a selector.
 *
 * @param text keywords in capitals, symbols and names as they are; of a string, its content
 * @param value of a number a {@link Long} or {@link Double}; {@code null} for whole numbers that
 *     only a minus sign brings into range, and for all other tokens
 * @param position index of its first character
 */
record Token(Kind kind, String text, @Nullable Object value, int position) {
  enum Kind {
    KEYWORD,
    NAME,
    STRING,
    NUMBER,
    SYMBOL,
    END
  }

  boolean is(String keywordOrSymbol) {
    return (kind == Kind.KEYWORD || kind == Kind.SYMBOL) && text.equals(keywordOrSymbol);
  }

  /** For messages. */
  String shown() {
    return switch (kind) {
      case END -> "the end";
      case STRING -> "the string '" + InvalidSelectorException.shown(text) + "'";
      default -> "\"" + InvalidSelectorException.shown(text) + "\"";
    };
  }
}
