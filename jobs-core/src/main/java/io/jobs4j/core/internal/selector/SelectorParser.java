package io.jobs4j.core.internal.selector;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parses one selector by recursive descent, one method for each rule of its grammar. */
final class SelectorParser {
  private final String text;
  private final Tokens tokens;
  private Token token;
  private int depth;

  SelectorParser(String text) {
    this.text = text;
    this.tokens = new Tokens(text);
    if (text.length() > Selector.MAX_LENGTH) {
      throw new InvalidSelectorException(
          text,
          Selector.MAX_LENGTH,
          "expected at most %s characters, but found %s"
              .formatted(Selector.MAX_LENGTH, text.length()));
    }
    this.token = tokens.next();
  }

  Expression parse() {
    Expression condition = condition();
    if (token.kind() != Token.Kind.END) {
      throw wrong("an operator or the end");
    }
    return require(condition, ValueType.BOOLEAN, 0, "a condition as a whole");
  }

  private Expression condition() {
    return junction(true, "OR");
  }

  private Expression junction(boolean decisive, String keyword) {
    List<Expression> terms = new ArrayList<>();
    while (true) {
      int start = token.position();
      Expression term = decisive ? junction(false, "AND") : negation();
      boolean more = token.is(keyword);
      if (terms.isEmpty() && !more) {
        return term;
      }
      terms.add(require(term, ValueType.BOOLEAN, start, "a condition"));
      if (!more) {
        return new Expression.Junction(decisive, List.copyOf(terms));
      }
      advance();
    }
  }

  private Expression negation() {
    if (!token.is("NOT")) {
      return predicate();
    }
    advance();
    int start = token.position();
    enter();
    Expression operand = negation();
    depth--;
    return new Expression.Negation(require(operand, ValueType.BOOLEAN, start, "a condition"));
  }

  private Expression predicate() {
    int start = token.position();
    Expression left = sum();
    for (Expression.Comparator comparator : Expression.Comparator.values()) {
      if (token.is(comparator.symbol)) {
        return comparison(left, start, comparator);
      }
    }
    if (token.is("IS")) {
      advance();
      boolean negated = skip("NOT");
      expect("NULL");
      return new Expression.IsNull(left, negated);
    }
    boolean negated = skip("NOT");
    if (token.is("BETWEEN")) {
      return between(left, start, negated);
    }
    if (token.is("IN")) {
      return in(require(left, ValueType.STRING, start, "a name or a string"), negated);
    }
    if (token.is("LIKE")) {
      return like(require(left, ValueType.STRING, start, "a name or a string"), negated);
    }
    if (negated) {
      throw wrong("BETWEEN, IN or LIKE");
    }
    return left;
  }

  private Expression comparison(Expression left, int start, Expression.Comparator comparator) {
    advance();
    int second = token.position();
    Expression right = sum();
    if (!comparator.comparesAllTypes()) {
      require(left, ValueType.NUMBER, start, "a number, as for every " + comparator.symbol + ",");
      require(right, ValueType.NUMBER, second, "a number, as for every " + comparator.symbol + ",");
    }
    return new Expression.Comparison(left, comparator, right);
  }

  private Expression between(Expression left, int start, boolean negated) {
    require(left, ValueType.NUMBER, start, "a number");
    advance();
    Expression low = number();
    expect("AND");
    return new Expression.Between(left, negated, low, number());
  }

  private Expression number() {
    int start = token.position();
    return require(sum(), ValueType.NUMBER, start, "a number");
  }

  private Expression in(Expression left, boolean negated) {
    advance();
    expect("(");
    Set<String> values = new HashSet<>();
    do {
      values.add(string("a string").text());
    } while (skip(","));
    if (!token.is(")")) {
      throw wrong("\",\" or \")\"");
    }
    advance();
    return new Expression.In(left, negated, Set.copyOf(values));
  }

  private Expression like(Expression left, boolean negated) {
    advance();
    Token pattern = string("a pattern as a string");
    int escape = -1;
    if (skip("ESCAPE")) {
      Token character = token;
      String escapeText = string("a string of one character").text();
      if (escapeText.codePointCount(0, escapeText.length()) != 1) {
        throw tokens.wrong(character.position(), "a string of one character", character.shown());
      }
      escape = escapeText.codePointAt(0);
    }
    try {
      return new Expression.Like(left, negated, LikePattern.compile(pattern.text(), escape));
    } catch (IllegalArgumentException e) {
      throw tokens.wrong(
          pattern.position(),
          "a pattern that does not end in its escape character",
          pattern.shown());
    }
  }

  private Expression sum() {
    return arithmetic("+", "-");
  }

  private Expression arithmetic(String one, String other) {
    List<Expression.Arithmetic.Step> steps = new ArrayList<>();
    int start = token.position();
    Expression first = operand(one);
    while (token.is(one) || token.is(other)) {
      char operator = token.text().charAt(0);
      if (steps.isEmpty()) {
        require(first, ValueType.NUMBER, start, "a number");
      }
      advance();
      int next = token.position();
      steps.add(
          new Expression.Arithmetic.Step(
              operator, require(operand(one), ValueType.NUMBER, next, "a number")));
    }
    return steps.isEmpty() ? first : new Expression.Arithmetic(first, List.copyOf(steps));
  }

  private Expression operand(String operator) {
    return operator.equals("+") ? arithmetic("*", "/") : signed();
  }

  private Expression signed() {
    if (!token.is("+") && !token.is("-")) {
      return value();
    }
    boolean negative = token.is("-");
    advance();
    if (negative && token.kind() == Token.Kind.NUMBER && token.value() == null) {
      advance();
      return new Expression.Literal(Long.MIN_VALUE, ValueType.NUMBER);
    }
    int start = token.position();
    enter();
    Expression operand = signed();
    depth--;
    return new Expression.Sign(negative, require(operand, ValueType.NUMBER, start, "a number"));
  }

  private Expression value() {
    Token first = token;
    Expression value =
        switch (first.kind()) {
          case NAME -> new Expression.Property(first.text());
          case STRING -> new Expression.Literal(first.text(), ValueType.STRING);
          case NUMBER -> {
            if (first.value() == null) {
              throw tokens.tooLarge(first.position(), first.text());
            }
            yield new Expression.Literal(first.value(), ValueType.NUMBER);
          }
          case KEYWORD ->
              switch (first.text()) {
                case "TRUE" -> new Expression.Literal(true, ValueType.BOOLEAN);
                case "FALSE" -> new Expression.Literal(false, ValueType.BOOLEAN);
                case "NULL" -> new Expression.Literal(null, ValueType.ANY);
                default -> throw wrong("a name or a value");
              };
          case SYMBOL -> {
            if (!first.is("(")) {
              throw wrong("a name or a value");
            }
            enter();
            advance();
            Expression inner = condition();
            depth--;
            if (!token.is(")")) {
              throw wrong("an operator or the \")\" for character " + (first.position() + 1));
            }
            yield inner;
          }
          case END -> throw wrong("a name or a value");
        };
    advance();
    return value;
  }

  private Token string(String expected) {
    if (token.kind() != Token.Kind.STRING) {
      throw wrong(expected);
    }
    Token string = token;
    advance();
    return string;
  }

  private Expression require(Expression expression, ValueType type, int position, String expected) {
    if (expression.type().canBe(type)) {
      return expression;
    }
    String found =
        switch (expression.type()) {
          case STRING -> "a string";
          case BOOLEAN -> "a condition";
          default -> "a number";
        };
    throw tokens.wrong(position, expected, found);
  }

  private boolean skip(String keywordOrSymbol) {
    if (!token.is(keywordOrSymbol)) {
      return false;
    }
    advance();
    return true;
  }

  private void expect(String keywordOrSymbol) {
    if (!skip(keywordOrSymbol)) {
      throw wrong(keywordOrSymbol.equals("(") ? "\"(\"" : keywordOrSymbol);
    }
  }

  private void advance() {
    token = tokens.next();
  }

  private void enter() {
    depth++;
    if (depth > Selector.MAX_DEPTH) {
      throw new InvalidSelectorException(
          text,
          token.position(),
          "expected at most %s parentheses, NOTs and signs in one another, but found more at character %s"
              .formatted(Selector.MAX_DEPTH, token.position() + 1));
    }
  }

  private InvalidSelectorException wrong(String expected) {
    return tokens.wrong(token.position(), expected, token.shown());
  }
}
