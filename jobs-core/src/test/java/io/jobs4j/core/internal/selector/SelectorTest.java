package io.jobs4j.core.internal.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {
  private static final Map<String, Object> PROPERTIES = new HashMap<>();

  static {
    PROPERTIES.put("s", "abc");
    PROPERTIES.put("quote", "it's");
    PROPERTIES.put("empty", "");
    PROPERTIES.put("n", 7);
    PROPERTIES.put("big", Long.MAX_VALUE);
    PROPERTIES.put("d", 2.5);
    PROPERTIES.put("f", 0.5f);
    PROPERTIES.put("decimal", new BigDecimal("2.5"));
    PROPERTIES.put("zero", 0);
    PROPERTIES.put("t", true);
    PROPERTIES.put("no", false);
    PROPERTIES.put("list", List.of("abc"));
    PROPERTIES.put("größe", 1);
    PROPERTIES.put("$_x1", 1);
  }

  /** TRUE, FALSE or UNKNOWN. */
  private static String value(String text) {
    if (Selector.parse(text).matches(PROPERTIES::get)) {
      return "TRUE";
    }
    return Selector.parse("NOT (" + text + ")").matches(PROPERTIES::get) ? "FALSE" : "UNKNOWN";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "TRUE | TRUE",
        "false | FALSE",
        "NULL | UNKNOWN",
        "t | TRUE",
        "no | FALSE",
        "n | UNKNOWN",
        "none | UNKNOWN",
        "list IS NULL | TRUE",
        "s = 'abc' | TRUE",
        "S = 'abc' | UNKNOWN",
        "s = 'ABC' | FALSE",
        "s <> 'abc' | FALSE",
        "s <> 'x' | TRUE",
        "quote = 'it''s' | TRUE",
        "empty = '' | TRUE",
        "größe = 1 AND $_x1 = 1 | TRUE",
        "t = TRUE | TRUE",
        "t <> true | FALSE",
        "(n = 7) = t | TRUE",
        "n = 7 | TRUE",
        "n <> 7 | FALSE",
        "n < 8 | TRUE",
        "n < 7 | FALSE",
        "n <= 7 | TRUE",
        "n <= 6 | FALSE",
        "n > 6 | TRUE",
        "n > 7 | FALSE",
        "n >= 7 | TRUE",
        "n >= 8 | FALSE",
        "n = 7.0 | TRUE",
        "n < 7.5 | TRUE",
        "d = 2.5 | TRUE",
        "d <> 2.5 | FALSE",
        "d < 2.5 | FALSE",
        "d <= 2.5 | TRUE",
        "d > 2 | TRUE",
        "d >= 3 | FALSE",
        "f = .5 | TRUE",
        "decimal = 25e-1 | TRUE",
        "0.0 = -0.0 | TRUE",
        "n = 7. AND n = 7.e0 AND n = 7d AND n = 7F AND n = 7L | TRUE",
        "big = 9223372036854775807 | TRUE",
        "-big - 1 = -9223372036854775808 | TRUE",
        "big + 1 < 0 | TRUE",
        "n = 'abc' | FALSE",
        "n <> 'abc' | FALSE",
        "s = TRUE | FALSE",
        "s <> 1 | FALSE",
        "s < n | FALSE",
        "s < s | FALSE",
        "t >= t | FALSE",
        "none = 1 | UNKNOWN",
        "none <> 1 | UNKNOWN",
        "none = none | UNKNOWN",
        "n = NULL | UNKNOWN",
        "none < 1 | UNKNOWN",
        "n + 1 = 8 | TRUE",
        "n - 1 = 6 | TRUE",
        "n * 2 = 14 | TRUE",
        "n / 2 = 3 | TRUE",
        "n / 2.0 = 3.5 | TRUE",
        "10 - 3 - 2 = 5 | TRUE",
        "16 / 4 / 2 = 2 | TRUE",
        "1 + 2 * 3 = 7 | TRUE",
        "(1 + 2) * 3 = 9 | TRUE",
        "-n = -7 | TRUE",
        "- - n = +7 | TRUE",
        "-d = -2.5 | TRUE",
        "n / zero = 1 | UNKNOWN",
        "d / zero > 1 | TRUE",
        "n + none = 7 | UNKNOWN",
        "n + s = 7 | UNKNOWN",
        "-s = 1 | UNKNOWN",
        "n BETWEEN 7 AND 7 | TRUE",
        "n BETWEEN 8 AND 9 | FALSE",
        "n BETWEEN 5 AND 6 | FALSE",
        "n NOT BETWEEN 8 AND 9 | TRUE",
        "n NOT BETWEEN 6.5 AND 7.5 | FALSE",
        "n BETWEEN none AND 9 | UNKNOWN",
        "n BETWEEN none AND 6 | FALSE",
        "n BETWEEN 8 AND none | FALSE",
        "n NOT BETWEEN none AND 6 | TRUE",
        "n NOT BETWEEN none AND 9 | UNKNOWN",
        "none BETWEEN 1 AND 2 | UNKNOWN",
        "s BETWEEN 1 AND 2 | FALSE",
        "s NOT BETWEEN 1 AND 2 | FALSE",
        "n BETWEEN 1 AND 2 + 5 AND t | TRUE",
        "s IN ('x', 'abc') | TRUE",
        "s IN ('x') | FALSE",
        "s NOT IN ('x', 'abc') | FALSE",
        "s NOT IN ('x') | TRUE",
        "none IN ('x') | UNKNOWN",
        "none NOT IN ('x') | UNKNOWN",
        "n IN ('7') | UNKNOWN",
        "n NOT IN ('7') | UNKNOWN",
        "s LIKE 'abc' | TRUE",
        "s LIKE 'ABC' | FALSE",
        "s LIKE 'a%' | TRUE",
        "s LIKE '%c' | TRUE",
        "s LIKE '%b%' | TRUE",
        "s LIKE 'a_c' | TRUE",
        "s LIKE 'a_' | FALSE",
        "s LIKE '___%' | TRUE",
        "s LIKE '____%' | FALSE",
        "s LIKE '%' | TRUE",
        "s LIKE '' | FALSE",
        "empty LIKE '%' | TRUE",
        "empty LIKE '_' | FALSE",
        "s NOT LIKE 'a%' | FALSE",
        "s NOT LIKE 'b%' | TRUE",
        "none LIKE 'a' | UNKNOWN",
        "none NOT LIKE 'a' | UNKNOWN",
        "n LIKE '7' | UNKNOWN",
        "'a_c' LIKE 'a\\_c' ESCAPE '\\' | TRUE",
        "s LIKE 'a\\_c' ESCAPE '\\' | FALSE",
        "'50%' LIKE '50!%' ESCAPE '!' | TRUE",
        "'50!' LIKE '50!!' ESCAPE '!' | TRUE",
        "'a.c' LIKE 'a.c' | TRUE",
        "s LIKE 'a.c' | FALSE",
        "'😀' LIKE '_' | TRUE",
        "none IS NULL | TRUE",
        "n IS NULL | FALSE",
        "n IS NOT NULL | TRUE",
        "none is not null | FALSE",
        "n + none IS NULL | TRUE",
        "NOT t OR t | TRUE",
        "NOT (t OR t) | FALSE",
        "NOT n = 7 | FALSE",
        "NOT NOT n = 7 | TRUE",
        "t OR no AND no | TRUE",
        "(t OR no) AND no | FALSE"
      })
  void evaluates(String text, String expected) {
    assertThat(value(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "TRUE, TRUE, TRUE, TRUE",
    "TRUE, FALSE, FALSE, TRUE",
    "TRUE, NULL, UNKNOWN, TRUE",
    "FALSE, TRUE, FALSE, TRUE",
    "FALSE, FALSE, FALSE, FALSE",
    "FALSE, NULL, FALSE, UNKNOWN",
    "NULL, TRUE, UNKNOWN, TRUE",
    "NULL, FALSE, FALSE, UNKNOWN",
    "NULL, NULL, UNKNOWN, UNKNOWN"
  })
  void logicHasThreeValues(String left, String right, String and, String or) {
    assertThat(value(left + " AND " + right)).isEqualTo(and);
    assertThat(value(left + " OR " + right)).isEqualTo(or);
    assertThat(value("NOT " + left))
        .isEqualTo(left.equals("NULL") ? "UNKNOWN" : left.equals("TRUE") ? "FALSE" : "TRUE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | expected a name or a value at character 1, but found the end",
        "n > | expected a name or a value at character 4, but found the end",
        "n = 1 n | expected an operator or the end at character 7, but found \"n\"",
        "n = 1 = 1 | expected an operator or the end at character 7, but found \"=\"",
        "(n = 1 | expected an operator or the \")\" for character 1 at character 7, but found the end",
        "n = 1) | expected an operator or the end at character 6, but found \")\"",
        "n = 'abc | expected the quote that ends the string from character 5 at character 9, but found the end",
        "'abc' | expected a condition as a whole at character 1, but found a string",
        "1 + 2 | expected a condition as a whole at character 1, but found a number",
        "t AND 1 | expected a condition at character 7, but found a number",
        "'a' OR t | expected a condition at character 1, but found a string",
        "NOT 1 | expected a condition at character 5, but found a number",
        "n + 'a' = 1 | expected a number at character 5, but found a string",
        "-'a' = 1 | expected a number at character 2, but found a string",
        "TRUE * 2 = 1 | expected a number at character 1, but found a condition",
        "s < 'b' | expected a number, as for every <, at character 5, but found a string",
        "n BETWEEN 1 OR 2 | expected AND at character 13, but found \"OR\"",
        "n BETWEEN 'a' AND 'b' | expected a number at character 11, but found a string",
        "n NOT 1 | expected BETWEEN, IN or LIKE at character 7, but found \"1\"",
        "s IN 'a' | expected \"(\" at character 6, but found the string 'a'",
        "s IN () | expected a string at character 7, but found \")\"",
        "s IN ('a' 'b') | expected \",\" or \")\" at character 11, but found the string 'b'",
        "1 IN ('a') | expected a name or a string at character 1, but found a number",
        "s LIKE b | expected a pattern as a string at character 8, but found \"b\"",
        "s LIKE 'b' ESCAPE 'cd' | expected a string of one character at character 19, but found the string 'cd'",
        "s LIKE 'b!' ESCAPE '!' | expected a pattern that does not end in its escape character at character 8, but found the string 'b!'",
        "s IS 1 | expected NULL at character 6, but found \"1\"",
        "s = \"a\" | expected a single quote, as strings have them, at character 5, but found \"\"\"",
        "s != 'a' | expected <> or NOT at character 3, but found \"!\"",
        "s = 'a'; | expected a name, a value or an operator at character 8, but found \";\"",
        "AND = 1 | expected a name or a value at character 1, but found \"AND\"",
        "n = 1x | expected the end of the number 1 at character 6, but found \"x\"",
        "n = 0x1F | expected the end of the number 0 at character 6, but found \"x\"",
        "n = 1.2.3 | expected the end of the number 1.2 at character 8, but found \".\"",
        "n = 1.5L | expected a whole number before the suffix L at character 5, but found \"1.5L\"",
        "n = 010 | expected a number without leading zeros at character 5, but found \"010\"",
        "n = 1e999 | expected a number in the range of a double at character 5, but found \"1e999\"",
        "n = 9223372036854775808 | expected a whole number from -9223372036854775808 to 9223372036854775807 at character 5, but found \"9223372036854775808\"",
        "n = 99999999999999999999 | expected a whole number from -9223372036854775808 to 9223372036854775807 at character 5, but found \"99999999999999999999\""
      })
  void tellsWhereAndWhatWasExpected(String text, String problem) {
    InvalidSelectorException e = refused(text);

    assertThat(e.problem()).isEqualTo(problem);
    assertThat(e.text()).isEqualTo(text);
    assertThat(e).hasMessage("Invalid selector \"" + text + "\": " + problem);
    assertThat(problem).contains(" at character " + (e.position() + 1) + ",");
  }

  private static InvalidSelectorException refused(String text) {
    InvalidSelectorException e =
        catchThrowableOfType(InvalidSelectorException.class, () -> Selector.parse(text));
    assertThat(e).as(text).isNotNull();
    return e;
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "NOT ", "- ", "+", "(NOT ", "-("})
  void depthIsLimited(String nested) {
    String hostile = nested.repeat(Selector.MAX_LENGTH / nested.length());

    InvalidSelectorException e = refused(hostile);

    assertThat(e.problem()).contains("at most 100 parentheses, NOTs and signs in one another");
    assertThat(e.getMessage()).hasSizeLessThan(400);
  }

  @Test
  void whatIsDeepButNotTooDeepIsFine() {
    int depth = Selector.MAX_DEPTH;
    assertThat(value("(".repeat(depth) + "n = 7" + ")".repeat(depth))).isEqualTo("TRUE");
    assertThat(value("NOT ".repeat(depth - 2) + "n = 7")).isEqualTo("TRUE");
    refused("(".repeat(depth + 1) + "n = 7" + ")".repeat(depth + 1));
    // What is not nested does not count.
    assertThat(value("(t) AND ".repeat(300) + "-n = -7")).isEqualTo("TRUE");
    assertThat(value("n" + " + 1 - 1".repeat(400) + " = 7")).isEqualTo("TRUE");
  }

  @Test
  void lengthIsLimited() {
    InvalidSelectorException e = refused("(".repeat(10_000));

    assertThat(e.problem()).isEqualTo("expected at most 4096 characters, but found 10000");
    assertThat(value("n = 7" + " ".repeat(Selector.MAX_LENGTH - 14))).isEqualTo("TRUE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n\u0000 = 7",
        "n\u200B = 7",
        "n\u00A0= 7",
        "n = \u0667",
        "\u202En = 7",
        "\uFEFFn = 7",
        "n = 7\u0000",
        "n\uFF1D7",
        "\uD800 = 7",
        "n = 7 \uDC00",
        "n = 7 \u2028"
      })
  void charactersThatNobodySeesAreRefusedAndShown(String text) {
    InvalidSelectorException e = refused(text);

    assertThat(e.problem()).startsWith("expected ").contains(", but found ");
    assertThat(e.getMessage().chars())
        .allMatch(c -> c >= ' ' && c != 0x7F && Character.getType(c) != Character.FORMAT)
        .noneMatch(c -> (c >= 0xD800 && c <= 0xDFFF) || c == 0x2028 || c == 0xA0);
  }

  @Test
  void anyCharacterMayBeInAString() {
    String odd = "\u0000\u202E\uD800😀\n\"%_";
    assertThat(Selector.parse("x = '" + odd + "'").matches(Map.<String, Object>of("x", odd)::get))
        .isTrue();
  }

  @Test
  void aHostilePatternTakesNoLongTime() {
    String value = "a".repeat(20_000);
    Selector selector = Selector.parse("x LIKE '" + "%a".repeat(2000) + "%b'");

    // A matcher that tried every % anew would not end before the sun does.
    assertThat(selector.matches(Map.<String, Object>of("x", value)::get)).isFalse();
    assertThat(selector.matches(Map.<String, Object>of("x", value + "b")::get)).isTrue();
  }

  @Test
  void separatorsAreThoseOfJms() {
    assertThat(value("n\t=\f7\r\nAND(t)")).isEqualTo("TRUE");
    assertThat(value("(n=7)AND(t)")).isEqualTo("TRUE");
  }

  @Test
  void everyCutOfASelectorEitherParsesOrIsRefused() {
    String text =
        "NOT (a <= -1.5e3 AND b NOT LIKE '%''x_' ESCAPE '\\') OR c NOT IN ('p', 'q')"
            + " AND d BETWEEN 1 AND 2 * (e + 3) OR f IS NOT NULL";
    assertThat(Selector.parse(text)).hasToString(text);
    List<String> parsed = new ArrayList<>();
    for (int from = 0; from < text.length(); from++) {
      for (int to = from; to <= text.length(); to++) {
        String cut = text.substring(from, to);
        try {
          Selector.parse(cut);
          parsed.add(cut);
        } catch (InvalidSelectorException e) {
          assertThat(e.position()).isBetween(0, cut.length());
        }
      }
    }
    assertThat(parsed).contains(text, "a <= -1", "f IS NOT NULL", "e");
  }
}
