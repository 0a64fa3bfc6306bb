package io.jobs4j.core.internal.selector;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits a selector into tokens, one after the other. */
final class Tokens {
  private static final Set<String> KEYWORDS =
      Set.of("AND", "OR", "NOT", "BETWEEN", "IN", "LIKE", "ESCAPE", "IS", "NULL", "TRUE", "FALSE");
  private static final Pattern NUMBER =
      Pattern.compile("(?:\\d++(\\.\\d*+)?|(\\.\\d++))([eE][+-]?\\d++)?([dDfFlL])?");

  private final String text;
  private int next;

  Tokens(String text) {
    this.text = text;
  }

  InvalidSelectorException wrong(int position, String expected, String found) {
    return new InvalidSelectorException(
        text,
        position,
        "expected %s at character %s, but found %s".formatted(expected, position + 1, found));
  }

  Token next() {
    while (next < text.length() && isSpace(text.charAt(next))) {
      next++;
    }
    if (next == text.length()) {
      return new Token(Token.Kind.END, "", null, next);
    }
    int c = text.codePointAt(next);
    if (isNameStart(c)) {
      return word();
    }
    if (c == '\'') {
      return string();
    }
    if (isDigit(c) || (c == '.' && next + 1 < text.length() && isDigit(text.charAt(next + 1)))) {
      return number();
    }
    return symbol(c);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\f' || c == '\n' || c == '\r';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(int c) {
    return Character.isJavaIdentifierStart(c);
  }

  /** Unlike Java, without characters that nobody sees. */
  private static boolean isNamePart(int c) {
    return Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
  }

  private Token word() {
    int start = next;
    while (next < text.length() && isNamePart(text.codePointAt(next))) {
      next += Character.charCount(text.codePointAt(next));
    }
    String word = text.substring(start, next);
    String upper = word.toUpperCase(Locale.ROOT);
    return KEYWORDS.contains(upper)
        ? new Token(Token.Kind.KEYWORD, upper, null, start)
        : new Token(Token.Kind.NAME, word, null, start);
  }

  private Token string() {
    int start = next;
    StringBuilder content = new StringBuilder();
    for (int i = start + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\'') {
        content.append(c);
      } else if (i + 1 < text.length() && text.charAt(i + 1) == '\'') {
        content.append(c);
        i++;
      } else {
        next = i + 1;
        return new Token(Token.Kind.STRING, content.toString(), null, start);
      }
    }
    throw wrong(
        text.length(), "the quote that ends the string from character " + (start + 1), "the end");
  }

  private Token number() {
    int start = next;
    Matcher matcher = NUMBER.matcher(text).region(start, text.length());
    if (!matcher.lookingAt()) {
      throw wrong(start, "a number", "\"" + text.charAt(start) + "\"");
    }
    next = matcher.end();
    String number = matcher.group();
    if (next < text.length()) {
      int c = text.codePointAt(next);
      if (c == '.' || isNamePart(c)) {
        throw wrong(
            next,
            "the end of the number " + number,
            "\"" + InvalidSelectorException.shown(Character.toString(c)) + "\"");
      }
    }
    String suffix = matcher.group(4) == null ? "" : matcher.group(4).toUpperCase(Locale.ROOT);
    String digits = number.substring(0, number.length() - suffix.length());
    boolean hasPoint = matcher.group(1) != null || matcher.group(2) != null;
    boolean isWhole = !hasPoint && matcher.group(3) == null && !"DF".contains(nonEmpty(suffix));
    if (isWhole) {
      return whole(start, number, digits);
    }
    if (suffix.equals("L")) {
      throw wrong(start, "a whole number before the suffix L", "\"" + number + "\"");
    }
    double value = Double.parseDouble(digits);
    if (Double.isInfinite(value)) {
      throw wrong(start, "a number in the range of a double", "\"" + number + "\"");
    }
    return new Token(Token.Kind.NUMBER, number, value, start);
  }

  private static String nonEmpty(String suffix) {
    return suffix.isEmpty() ? "L" : suffix;
  }

  private Token whole(int start, String number, String digits) {
    if (digits.length() > 1 && digits.startsWith("0")) {
      // Java would take it for octal, and most readers would not.
      throw wrong(start, "a number without leading zeros", "\"" + number + "\"");
    }
    if (digits.equals("9223372036854775808")) {
      return new Token(Token.Kind.NUMBER, number, null, start);
    }
    try {
      return new Token(Token.Kind.NUMBER, number, Long.valueOf(digits), start);
    } catch (NumberFormatException e) {
      throw tooLarge(start, number);
    }
  }

  InvalidSelectorException tooLarge(int start, String number) {
    return wrong(
        start,
        "a whole number from -9223372036854775808 to 9223372036854775807",
        "\"" + InvalidSelectorException.shown(number) + "\"");
  }

  private Token symbol(int c) {
    int start = next;
    for (String symbol : new String[] {"<>", "<=", ">="}) {
      if (text.startsWith(symbol, start)) {
        next += symbol.length();
        return new Token(Token.Kind.SYMBOL, symbol, null, start);
      }
    }
    next += Character.charCount(c);
    if ("=<>+-*/(),".indexOf(c) < 0) {
      String hint =
          c == '"'
              ? "a single quote, as strings have them,"
              : c == '!' ? "<> or NOT" : "a name, a value or an operator";
      throw wrong(start, hint, "\"" + InvalidSelectorException.shown(Character.toString(c)) + "\"");
    }
    return new Token(Token.Kind.SYMBOL, Character.toString(c), null, start);
  }
}
