package io.jobs4j.core.internal.selector;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A condition on named values in the selector language of JMS (Jakarta Messaging 3.1, "Message
 * selector syntax"), which is what the filters of Aloe's tenant queues are written in. Compiled
 * once; immutable and safe for any thread.
 *
 * <pre>{@code
 * selector   = condition
 * condition  = conjunction { "OR" conjunction }
 * conjunction= negation { "AND" negation }
 * negation   = { "NOT" } predicate
 * predicate  = sum [ ( "=" | "<>" | "<" | "<=" | ">" | ">=" ) sum
 *                  | [ "NOT" ] "BETWEEN" sum "AND" sum
 *                  | [ "NOT" ] "IN" "(" string { "," string } ")"
 *                  | [ "NOT" ] "LIKE" string [ "ESCAPE" string ]
 *                  | "IS" [ "NOT" ] "NULL" ]
 * sum        = product { ( "+" | "-" ) product }
 * product    = signed { ( "*" | "/" ) signed }
 * signed     = { "+" | "-" } value
 * value      = name | string | number | "TRUE" | "FALSE" | "NULL" | "(" condition ")"
 *
 * string     = "'" { any character but "'" | "''" } "'"
 * number     = exact | approximate
 * exact      = ( "0" | nonzero digit { digit } ) [ "L" ]
 * approximate= digits, a point or an exponent or both, [ "D" | "F" ]     (7.  .5  57.9E-2)
 * name       = a Java identifier that is not a keyword; its case matters
 * }</pre>
 *
 * <p>Keywords and suffixes may be in either case. Space, tab, form feed and line ends separate.
 *
 * <p><b>Values.</b> A value is a string, a boolean, a whole number (a {@code long}) or another
 * number (a {@code double}); a name that stands for nothing, or for something else, is {@code
 * NULL}. What a text can never mean is refused when it is parsed: a sum of strings, {@code AND}
 * between numbers, a selector that is a string.
 *
 * <p><b>Logic.</b> Conditions are true, false or unknown, and {@code AND}, {@code OR} and {@code
 * NOT} combine them as in SQL. Comparison or arithmetic with {@code NULL} is unknown. Numbers
 * compare with numbers, after promotion as in Java; strings and booleans have {@code =} and {@code
 * <>} only; any comparison of a value with one of another type is false, also {@code <>}. Of what
 * JMS leaves open: arithmetic with something that is no number, a whole number divided by 0, and
 * {@code IN} and {@code LIKE} of something that is no string are unknown. Whole numbers that
 * overflow wrap around as in Java.
 *
 * <p><b>LIKE.</b> {@code _} stands for one character (a Unicode code point) and {@code %} for any
 * number of them; the escape character takes its meaning from the next one. The time that it takes
 * grows at most with the product of the lengths of pattern and value.
 */
public final class Selector {
  /** The longest text that is parsed, in {@code char}s. */
  public static final int MAX_LENGTH = 4096;

  /** How deep parentheses, {@code NOT}s and signs may be in one another. */
  public static final int MAX_DEPTH = 100;

  private final String text;
  private final Expression condition;

  private Selector(String text, Expression condition) {
    this.text = text;
    this.condition = condition;
  }

  /**
   * Compiles a selector.
   *
   * @throws InvalidSelectorException if it is empty, longer than {@link #MAX_LENGTH}, deeper than
   *     {@link #MAX_DEPTH}, or not of the language
   */
  public static Selector parse(String text) {
    return new Selector(text, new SelectorParser(text).parse());
  }

  /**
   * Whether the condition is true, which it is not if it is false or unknown.
   *
   * @param properties gives the values by name: a {@link String}, {@link Boolean} or {@link
   *     Number}; {@code null} for a name that stands for nothing. May be asked for a name several
   *     times
   */
  public boolean matches(Function<String, @Nullable Object> properties) {
    return Boolean.TRUE.equals(condition.evaluate(properties));
  }

  /** The text that this was parsed from. */
  @Override
  public String toString() {
    return text;
  }
}
