package io.jobs4j.core.internal.selector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Random conditions are written as text, parsed and evaluated; the outcome is compared with that of
 * the functions that were made along with the text, which know nothing of the parser.
 */
class SelectorPropertyTest {
  private static final int ROUNDS = 20_000;
  private static final List<String> NAMES = List.of("a", "b", "c", "d");
  private static final List<Object> VALUES =
      List.of("", "x", "xy", "x%y", "it's", true, false, 0L, 1L, 2L, -3L, 0.5, 2.0, -3.0);

  /**
   * A text and what it means.
   *
   * @param level how tightly it binds; what binds less needs parentheses
   */
  private record Node(String text, int level, Function<Map<String, Object>, Object> meaning) {
    String within(int least) {
      return level >= least ? text : "(" + text + ")";
    }
  }

  private static final int OR = 0;
  private static final int AND = 1;
  private static final int NOT = 2;
  private static final int PREDICATE = 3;
  private static final int SUM = 4;
  private static final int PRODUCT = 5;
  private static final int SIGNED = 6;
  private static final int VALUE = 7;

  private final Random random = new Random(20_260_101);

  @Test
  void evaluationAgreesWithTheMeaning() {
    Map<Object, Integer> outcomes = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      Node node = condition(4);
      Map<String, Object> properties = properties();
      Object expected = node.meaning().apply(properties);
      outcomes.merge(String.valueOf(expected), 1, Integer::sum);

      String where = "round " + round + ": " + node.text() + " with " + properties;
      assertThat(Selector.parse(node.text()).matches(properties::get))
          .as(where)
          .isEqualTo(Boolean.TRUE.equals(expected));
      assertThat(Selector.parse("not(" + node.text() + ")").matches(properties::get))
          .as("not: " + where)
          .isEqualTo(Boolean.FALSE.equals(expected));
    }
    assertThat(outcomes).containsOnlyKeys("true", "false", "null");
    assertThat(outcomes.values()).allMatch(count -> count > ROUNDS / 20);
  }

  private Map<String, Object> properties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (String name : NAMES) {
      if (random.nextInt(6) > 0) {
        properties.put(name, pick(VALUES));
      }
    }
    return properties;
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private String keyword(String word) {
    return random.nextBoolean() ? word : word.toLowerCase(java.util.Locale.ROOT);
  }

  private Node condition(int depth) {
    return switch (depth == 0 ? 4 + random.nextInt(6) : random.nextInt(10)) {
      case 0, 1 -> junction(depth, true);
      case 2 -> junction(depth, false);
      case 3 -> {
        Node operand = condition(depth - 1);
        yield new Node(
            keyword("NOT") + " " + operand.within(NOT),
            NOT,
            p -> operand.meaning().apply(p) instanceof Boolean value ? !value : null);
      }
      case 4 -> between();
      case 5 -> in();
      case 6 -> like();
      case 7 -> {
        Node operand = random.nextBoolean() ? name() : sum(2);
        boolean negated = random.nextBoolean();
        yield new Node(
            operand.within(SUM) + " " + keyword(negated ? "IS NOT NULL" : "IS NULL"),
            PREDICATE,
            p -> (operand.meaning().apply(p) == null) != negated);
      }
      default -> comparison();
    };
  }

  private Node junction(int depth, boolean and) {
    Node left = condition(depth - 1);
    Node right = condition(depth - 1);
    int level = and ? AND : OR;
    return new Node(
        left.within(level) + " " + keyword(and ? "AND" : "OR") + " " + right.within(level),
        level,
        p -> {
          Object a = left.meaning().apply(p);
          Object b = right.meaning().apply(p);
          int worth = and ? Math.min(worth(a), worth(b)) : Math.max(worth(a), worth(b));
          return worth == 1 ? null : (Boolean) (worth == 2);
        });
  }

  /** Kleene's order: false, unknown, true. */
  private static int worth(Object value) {
    return !(value instanceof Boolean known) ? 1 : known ? 2 : 0;
  }

  private Node comparison() {
    boolean equality = random.nextBoolean();
    Node left = equality && random.nextBoolean() ? any() : sum(2);
    Node right = equality && random.nextBoolean() ? any() : sum(2);
    String operator =
        equality ? pick(List.of("=", "<>")) : pick(List.of("<", "<=", ">", ">=", "=", "<>"));
    String space = random.nextBoolean() ? " " : "";
    return new Node(
        left.within(SUM) + space + operator + space + right.within(SUM),
        PREDICATE,
        p -> compare(left.meaning().apply(p), operator, right.meaning().apply(p)));
  }

  private static Boolean compare(Object left, String operator, Object right) {
    if (left == null || right == null) {
      return null;
    }
    if (left instanceof Number a && right instanceof Number b) {
      // The numbers here are small, and exact as doubles.
      double difference = a.doubleValue() - b.doubleValue();
      return switch (operator) {
        case "=" -> difference == 0;
        case "<>" -> difference != 0;
        case "<" -> difference < 0;
        case "<=" -> difference <= 0;
        case ">" -> difference > 0;
        default -> difference >= 0;
      };
    }
    boolean alike =
        (left instanceof String && right instanceof String)
            || (left instanceof Boolean && right instanceof Boolean);
    return alike
        && ((operator.equals("=") && left.equals(right))
            || (operator.equals("<>") && !left.equals(right)));
  }

  private Node between() {
    Node operand = sum(1);
    Node low = sum(1);
    Node high = sum(1);
    boolean negated = random.nextBoolean();
    return new Node(
        operand.within(SUM)
            + keyword(negated ? " NOT BETWEEN " : " BETWEEN ")
            + low.within(SUM)
            + keyword(" AND ")
            + high.within(SUM),
        PREDICATE,
        p -> {
          Object value = operand.meaning().apply(p);
          Object first = compare(value, negated ? "<" : ">=", low.meaning().apply(p));
          Object second = compare(value, negated ? ">" : "<=", high.meaning().apply(p));
          int worth =
              negated
                  ? Math.max(worth(first), worth(second))
                  : Math.min(worth(first), worth(second));
          return worth == 1 ? null : (Boolean) (worth == 2);
        });
  }

  private Node in() {
    Node operand = name();
    List<String> values = List.of(string(), string());
    boolean negated = random.nextBoolean();
    return new Node(
        operand.text()
            + keyword(negated ? " NOT IN " : " IN ")
            + "("
            + quoted(values.get(0))
            + ","
            + quoted(values.get(1))
            + ")",
        PREDICATE,
        p ->
            operand.meaning().apply(p) instanceof String value
                ? (Boolean) (values.contains(value) != negated)
                : null);
  }

  private Node like() {
    Node operand = name();
    StringBuilder pattern = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      pattern.append(pick(List.of("x", "y", "%", "_", "!%", "!!")));
    }
    String text = pattern.toString();
    boolean negated = random.nextBoolean();
    return new Node(
        operand.text()
            + keyword(negated ? " NOT LIKE " : " LIKE ")
            + quoted(text)
            + keyword(" ESCAPE ")
            + "'!'",
        PREDICATE,
        p ->
            operand.meaning().apply(p) instanceof String value
                ? (Boolean) (like(value, text) != negated)
                : null);
  }

  /** By trying everything, which is fine for what is short. */
  private static boolean like(String value, String pattern) {
    if (pattern.isEmpty()) {
      return value.isEmpty();
    }
    char first = pattern.charAt(0);
    String rest = pattern.substring(1);
    if (first == '%') {
      return like(value, rest) || (!value.isEmpty() && like(value.substring(1), pattern));
    }
    if (first == '!') {
      first = rest.charAt(0);
      rest = rest.substring(1);
    } else if (first == '_') {
      return !value.isEmpty() && like(value.substring(1), rest);
    }
    return !value.isEmpty() && value.charAt(0) == first && like(value.substring(1), rest);
  }

  private String string() {
    return pick(List.of("", "x", "xy", "x%y", "it's", "z"));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private Node name() {
    String name = pick(NAMES);
    return new Node(name, VALUE, p -> p.get(name));
  }

  private Node any() {
    return switch (random.nextInt(4)) {
      case 0 -> {
        String value = string();
        yield new Node(quoted(value), VALUE, p -> value);
      }
      case 1 -> {
        boolean value = random.nextBoolean();
        yield new Node(keyword(value ? "TRUE" : "FALSE"), VALUE, p -> value);
      }
      default -> name();
    };
  }

  private Node sum(int depth) {
    if (depth > 0 && random.nextInt(3) == 0) {
      return switch (random.nextInt(5)) {
        case 0 -> arithmetic(depth, "+", SUM, PRODUCT);
        case 1 -> arithmetic(depth, "-", SUM, PRODUCT);
        case 2 -> arithmetic(depth, "*", PRODUCT, SIGNED);
        case 3 -> arithmetic(depth, "/", PRODUCT, SIGNED);
        default -> {
          Node operand = sum(depth - 1);
          yield new Node(
              "-" + operand.within(SIGNED),
              SIGNED,
              p -> calculate(0L, "-", operand.meaning().apply(p)));
        }
      };
    }
    return switch (random.nextInt(4)) {
      case 0 -> {
        long value = random.nextInt(5);
        yield new Node(Long.toString(value), VALUE, p -> value);
      }
      case 1 -> {
        double value = random.nextInt(9) / 4.0;
        yield new Node(Double.toString(value), VALUE, p -> value);
      }
      default -> name();
    };
  }

  private Node arithmetic(int depth, String operator, int level, int rightLevel) {
    Node left = sum(depth - 1);
    Node right = sum(depth - 1);
    return new Node(
        left.within(level) + " " + operator + " " + right.within(rightLevel),
        level,
        p -> calculate(left.meaning().apply(p), operator, right.meaning().apply(p)));
  }

  private static Object calculate(Object left, String operator, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return switch (operator) {
        case "+" -> a + b;
        case "-" -> a - b;
        case "*" -> a * b;
        default -> b == 0 ? null : Long.valueOf(a / b);
      };
    }
    if (left instanceof Number a && right instanceof Number b) {
      return switch (operator) {
        case "+" -> a.doubleValue() + b.doubleValue();
        case "-" -> a.doubleValue() - b.doubleValue();
        case "*" -> a.doubleValue() * b.doubleValue();
        default -> a.doubleValue() / b.doubleValue();
      };
    }
    return null;
  }
}
