package io.jobs4j.core.internal.selector;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node of a compiled selector. It evaluates to a {@link String}, {@link Boolean}, {@link Long} or
 * {@link Double}, or to {@code null} for unknown. Chains of operators are one node each, so that
 * only what is limited by {@link Selector#MAX_DEPTH} nests.
 */
sealed interface Expression {

  @Nullable Object evaluate(Function<String, @Nullable Object> properties);

  ValueType type();

  /** A literal; {@code null} is NULL. */
  record Literal(@Nullable Object value, ValueType type) implements Expression {
    @Override
    public @Nullable Object evaluate(Function<String, @Nullable Object> properties) {
      return value;
    }
  }

  /** A name. */
  record Property(String name) implements Expression {
    @Override
    public @Nullable Object evaluate(Function<String, @Nullable Object> properties) {
      Object value = properties.apply(name);
      if (value instanceof String || value instanceof Boolean) {
        return value;
      }
      if (value instanceof Number number) {
        return isWhole(number) ? (Object) number.longValue() : (Object) number.doubleValue();
      }
      return null;
    }

    private static boolean isWhole(Number number) {
      return number instanceof Long
          || number instanceof Integer
          || number instanceof Short
          || number instanceof Byte;
    }

    @Override
    public ValueType type() {
      return ValueType.ANY;
    }
  }

  /** What evaluates to a boolean or unknown. */
  sealed interface Condition extends Expression {
    @Override
    @Nullable Boolean evaluate(Function<String, @Nullable Object> properties);

    @Override
    default ValueType type() {
      return ValueType.BOOLEAN;
    }
  }

  /**
   * Several terms with AND or OR between them.
   *
   * @param decisive what one term must be to decide: false for AND, true for OR
   */
  record Junction(boolean decisive, List<Expression> terms) implements Condition {
    @Override
    public @Nullable Boolean evaluate(Function<String, @Nullable Object> properties) {
      boolean known = true;
      for (Expression term : terms) {
        if (!(term.evaluate(properties) instanceof Boolean value)) {
          known = false;
        } else if (value == decisive) {
          return decisive;
        }
      }
      return known ? !decisive : null;
    }
  }

  /** NOT. */
  record Negation(Expression operand) implements Condition {
    @Override
    public @Nullable Boolean evaluate(Function<String, @Nullable Object> properties) {
      return operand.evaluate(properties) instanceof Boolean value ? !value : null;
    }
  }

  /** How two values compare. */
  enum Comparator {
    EQUAL("="),
    UNEQUAL("<>"),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    final String symbol;

    Comparator(String symbol) {
      this.symbol = symbol;
    }

    boolean comparesAllTypes() {
      return this == EQUAL || this == UNEQUAL;
    }

    /** False for values of different types, whichever the comparator (JMS). */
    @Nullable Boolean holds(@Nullable Object left, @Nullable Object right) {
      if (left == null || right == null) {
        return null;
      }
      if (left instanceof Long a && right instanceof Long b) {
        return holds(Long.compare(a, b));
      }
      if (left instanceof Number a && right instanceof Number b) {
        return holds(a.doubleValue(), b.doubleValue());
      }
      if (left.getClass() != right.getClass() || !comparesAllTypes()) {
        return false;
      }
      return left.equals(right) == (this == EQUAL);
    }

    private boolean holds(int order) {
      return switch (this) {
        case EQUAL -> order == 0;
        case UNEQUAL -> order != 0;
        case LESS -> order < 0;
        case LESS_OR_EQUAL -> order <= 0;
        case GREATER -> order > 0;
        case GREATER_OR_EQUAL -> order >= 0;
      };
    }

    /** Not by {@link Double#compare}, to which 0.0 and -0.0 differ. */
    private boolean holds(double left, double right) {
      return switch (this) {
        case EQUAL -> left == right;
        case UNEQUAL -> left != right;
        case LESS -> left < right;
        case LESS_OR_EQUAL -> left <= right;
        case GREATER -> left > right;
        case GREATER_OR_EQUAL -> left >= right;
      };
    }
  }

  /** A comparison. */
  record Comparison(Expression left, Comparator comparator, Expression right) implements Condition {
    @Override
    public @Nullable Boolean evaluate(Function<String, @Nullable Object> properties) {
      return comparator.holds(left.evaluate(properties), right.evaluate(properties));
    }
  }

  /** {@code x >= low AND x <= high}, or {@code x < low OR x > high}. */
  record Between(Expression operand, boolean negated, Expression low, Expression high)
      implements Condition {
    @Override
    public @Nullable Boolean evaluate(Function<String, @Nullable Object> properties) {
      Object value = operand.evaluate(properties);
      Boolean first =
          (negated ? Comparator.LESS : Comparator.GREATER_OR_EQUAL)
              .holds(value, low.evaluate(properties));
      Boolean second =
          (negated ? Comparator.GREATER : Comparator.LESS_OR_EQUAL)
              .holds(value, high.evaluate(properties));
      boolean decisive = negated;
      if ((first != null && first == decisive) || (second != null && second == decisive)) {
        return decisive;
      }
      return (first == null || second == null) ? null : !decisive;
    }
  }

  /** IN. */
  record In(Expression operand, boolean negated, Set<String> values) implements Condition {
    @Override
    public @Nullable Boolean evaluate(Function<String, @Nullable Object> properties) {
      return operand.evaluate(properties) instanceof String value
          ? values.contains(value) != negated
          : null;
    }
  }

  /** LIKE. */
  record Like(Expression operand, boolean negated, LikePattern pattern) implements Condition {
    @Override
    public @Nullable Boolean evaluate(Function<String, @Nullable Object> properties) {
      return operand.evaluate(properties) instanceof String value
          ? pattern.matches(value) != negated
          : null;
    }
  }

  /** IS NULL, which is never unknown. */
  record IsNull(Expression operand, boolean negated) implements Condition {
    @Override
    public Boolean evaluate(Function<String, @Nullable Object> properties) {
      return (operand.evaluate(properties) == null) != negated;
    }
  }

  /** Several operands of arithmetic, from left to right. */
  record Arithmetic(Expression first, List<Step> steps) implements Expression {

    /** An operator, {@code + - * /}, and what is to its right. */
    record Step(char operator, Expression operand) {}

    @Override
    public @Nullable Object evaluate(Function<String, @Nullable Object> properties) {
      Object result = first.evaluate(properties);
      for (Step step : steps) {
        result = apply(step.operator(), result, step.operand().evaluate(properties));
      }
      return result;
    }

    private static @Nullable Object apply(
        char operator, @Nullable Object left, @Nullable Object right) {
      if (left instanceof Long a && right instanceof Long b) {
        return whole(operator, a, b);
      }
      if (left instanceof Number a && right instanceof Number b) {
        double x = a.doubleValue();
        double y = b.doubleValue();
        return switch (operator) {
          case '+' -> x + y;
          case '-' -> x - y;
          case '*' -> x * y;
          default -> x / y;
        };
      }
      return null;
    }

    private static @Nullable Long whole(char operator, long left, long right) {
      return switch (operator) {
        case '+' -> left + right;
        case '-' -> left - right;
        case '*' -> left * right;
        default -> right == 0 ? null : Long.valueOf(left / right);
      };
    }

    @Override
    public ValueType type() {
      return ValueType.NUMBER;
    }
  }

  /** A sign; only a number can have one. */
  record Sign(boolean negative, Expression operand) implements Expression {
    @Override
    public @Nullable Object evaluate(Function<String, @Nullable Object> properties) {
      Object value = operand.evaluate(properties);
      if (value instanceof Long number) {
        return negative ? Long.valueOf(-number) : number;
      }
      if (value instanceof Double number) {
        return negative ? Double.valueOf(-number) : number;
      }
      return null;
    }

    @Override
    public ValueType type() {
      return ValueType.NUMBER;
    }
  }
}
