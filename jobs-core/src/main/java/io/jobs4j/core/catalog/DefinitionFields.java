package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.definition.Accounts;
import io.jobs4j.core.internal.definition.Limits;
import io.jobs4j.core.internal.definition.Texts;
import io.jobs4j.core.internal.json.JsonFields;
import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.model.FieldProblems;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.RunTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object of a definition. What is wrong goes to the {@link DefinitionProblems},
 * and reading goes on with the default, so that all problems of a file are found at once.
 */
final class DefinitionFields extends JsonFields {
  /** Agave writes a space before the unit now and then. */
  private static final Pattern SPACE = Pattern.compile("(?<=[0-9]) (?=[A-Za-z])");

  /** Stands for a text that is required and missing or wrong, which has been told. */
  static final String TOLD = "?";

  private final String file;
  private final DefinitionProblems problems;

  DefinitionFields(String file, String path, ObjectNode node, DefinitionProblems problems) {
    super(path, node);
    this.file = file;
    this.problems = problems;
  }

  @Override
  protected void wrongType(String name, JsonNode value, String expected) {
    problems.addValue(file, at(name), value, "must be " + expected);
  }

  @Override
  protected void unknown(String name, Collection<String> legal) {
    problems.add(
        file, at(name), null, "is not a known field; known are " + String.join(", ", legal));
  }

  /** Whether the field is there and null. */
  boolean isNull(String name) {
    JsonNode value = raw(name);
    return value != null && value.isNull();
  }

  String file() {
    return file;
  }

  void wrong(String name, String expected) {
    JsonNode value = raw(name);
    if (value == null) {
      problems.add(file, at(name), null, expected);
    } else {
      problems.addValue(file, at(name), value, expected);
    }
  }

  void wrongElement(String name, int index, String expected) {
    String element = at(name) + "[" + index + "]";
    if (raw(name) instanceof ArrayNode array) {
      problems.addValue(file, element, array.get(index), expected);
    } else {
      problems.add(file, element, null, expected);
    }
  }

  /**
   * Takes what a builder finds wrong with the definition that these fields make.
   *
   * @param where the field of this object that a field in Java comes from
   */
  FieldProblems problems(UnaryOperator<String> where) {
    return (field, value, expected) -> {
      String name = where.apply(field);
      String at = at(name);
      if (isGiven(name)) {
        wrong(name, expected); // with what is there, which a builder may have as another type
      } else if (value == null) {
        problems.add(file, at, null, expected);
      } else {
        problems.addValue(file, at, JsonValues.node(at, value), expected);
      }
    };
  }

  /** As {@link #wrong(String, String)}, with a sentence of its own. */
  void wrong(String name, String expected, String message) {
    JsonNode value = raw(name);
    problems.add(
        new DefinitionProblem(
            file,
            at(name),
            value == null || value.isContainerNode() ? null : value.toString(),
            expected,
            message));
  }

  /** A text; null if it is missing or empty. */
  @Override
  public @Nullable String text(String name) {
    String text = super.text(name);
    return text == null || text.isEmpty() ? null : text;
  }

  /** A text for a builder that checks the rest: empty if it is missing, else as it is. */
  String required(String name) {
    String text = text(name);
    if (text != null) {
      return text;
    }
    return isMissing(name) ? "" : TOLD;
  }

  /** Whether a text is there and right, so that what follows from it may be told. */
  static boolean isThere(String text) {
    return !text.isEmpty() && !text.equals(TOLD);
  }

  /** As {@link #text(String)}, but no longer, and nothing of the value shows in a problem. */
  @Nullable String secret(String name, int longest) {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!value.isTextual() || !Accounts.isSecret(value.textValue(), longest)) {
      wrongSecret(name, Accounts.expectedSecret(longest));
      return null;
    }
    return value.textValue().isEmpty() ? null : value.textValue();
  }

  /** As {@link #wrong(String, String)}, but the value does not show. */
  void wrongSecret(String name, String expected) {
    problems.add(file, at(name), null, expected);
  }

  /** Whether there is nothing that a required field could hold. */
  boolean isMissing(String name) {
    JsonNode value = get(name);
    return value == null || (value.isTextual() && value.textValue().isEmpty());
  }

  /** A text of one line that no builder checks; null if it is missing or wrong. */
  @Nullable String line(String name, int longest) {
    return checked(name, text -> Texts.expectedLine(text, longest));
  }

  /** A text that no builder checks; null if it is missing or wrong. */
  private @Nullable String text(String name, int longest) {
    return checked(name, text -> Texts.expectedText(text, longest));
  }

  private @Nullable String checked(String name, Function<String, @Nullable String> rule) {
    String text = text(name);
    String expected = text == null ? null : rule.apply(text);
    if (expected != null) {
      wrong(name, expected);
      return null;
    }
    return text;
  }

  /** Hands on a flag, if there is one. */
  void flag(String name, Consumer<Boolean> setter) {
    JsonNode value = get(name);
    if (value == null) {
      return;
    }
    if (value.isBoolean()) {
      setter.accept(value.booleanValue());
    } else if (value.isTextual()
        && (value.textValue().equals("true") || value.textValue().equals("false"))) {
      // Agave's own examples quote them now and then.
      setter.accept(value.textValue().equals("true"));
    } else {
      wrong(name, "must be true or false");
    }
  }

  /** Hands on a whole number, if there is one. */
  void integer(String name, int least, int most, IntConsumer setter) {
    Integer value = integerOrNull(name, least, most);
    if (value != null) {
      setter.accept(value);
    }
  }

  int integer(String name, int otherwise, int least, int most) {
    Integer value = integerOrNull(name, least, most);
    return value == null ? otherwise : value;
  }

  @Nullable Integer integerOrNull(String name, int least, int most) {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (value.isIntegralNumber() && value.canConvertToInt()) {
      int number = value.intValue();
      if (number >= least && number <= most) {
        return number;
      }
    }
    wrong(
        name,
        most == Integer.MAX_VALUE
            ? "must be a whole number from " + least
            : "must be a whole number from %s to %s".formatted(least, most));
    return null;
  }

  /** A port, as a number or as a string of one; 0 if it is missing. */
  int portOrText(String name) {
    JsonNode value = get(name);
    if (value != null && value.isTextual() && value.textValue().matches("[0-9]{1,5}")) {
      int number = Integer.parseInt(value.textValue());
      if (number >= 1 && number <= 65535) {
        return number;
      }
    }
    return integer(name, 0, 1, 65535);
  }

  /** Hands on a limit, if there is one; -1 is for none. */
  void limit(String name, IntConsumer setter) {
    JsonNode value = get(name);
    if (value == null) {
      return;
    }
    if (value.isIntegralNumber() && value.canConvertToInt() && Limits.isLimit(value.intValue())) {
      setter.accept(value.intValue());
    } else {
      wrong(name, Limits.EXPECTED);
    }
  }

  /** A number of GB, or a number and a unit; null if missing. */
  @Nullable Memory memory(String name) {
    return memory(name, "must be ");
  }

  /** As {@link #memory}; null too if it is -1, for no limit. */
  @Nullable Memory memoryLimit(String name) {
    JsonNode value = get(name);
    return value != null && List.of("-1", "-1.0").contains(value.asText())
        ? null
        : memory(name, "must be -1 for no limit, ");
  }

  private @Nullable Memory memory(String name, String otherwise) {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    String text = value.isNumber() || value.isTextual() ? value.asText() : "";
    Optional<Memory> memory = Memory.parse(SPACE.matcher(text).replaceFirst(""), Memory.Unit.EB);
    if (memory.isEmpty()) {
      wrong(
          name,
          otherwise + "a positive number of GB, or a number and one of KB, MB, GB, TB, PB, EB");
    }
    return memory.orElse(null);
  }

  /** {@code HH:mm:ss}; null if missing. */
  @Nullable Duration runTime(String name) {
    String text = text(name, 18);
    if (text == null) {
      return null;
    }
    Optional<Duration> time = RunTimes.parseLimit(text);
    if (time.isEmpty()) {
      wrong(name, "must be a positive time as HH:mm:ss, such as 24:00:00");
    }
    return time.orElse(null);
  }

  /** One of the words, in capitals; null if missing. */
  @Nullable String word(String name, Collection<String> words) {
    String text = text(name, 64);
    if (text == null) {
      return null;
    }
    String upper = text.toUpperCase(Locale.ROOT);
    if (!words.contains(upper)) {
      wrong(name, "must be one of " + String.join(", ", words));
      return null;
    }
    return upper;
  }

  String requiredWord(String name, Collection<String> words) {
    if (isMissing(name)) {
      wrong(name, "must be one of " + String.join(", ", words));
    }
    String word = word(name, words);
    return word == null ? TOLD : word;
  }

  List<String> lines(String name) {
    JsonNode value = get(name);
    if (value == null) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    if (value instanceof ArrayNode array) {
      for (JsonNode element : array) {
        if (!element.isTextual()) {
          // Without it: a line of an environment may be secret.
          problems.add(
              file,
              at(name) + "[" + lines.size() + "]",
              null,
              "must be a string without control characters");
        }
        lines.add(element.asText());
      }
    } else {
      wrong(name, "must be an array of strings");
    }
    return lines;
  }

  /** The fields of an object; null if there is none. */
  @Nullable DefinitionFields object(String name) {
    JsonNode value = get(name);
    if (value instanceof ObjectNode object) {
      return new DefinitionFields(file, at(name), object, problems);
    }
    if (value != null) {
      // Not the value: it may be credentials in the wrong place.
      problems.add(file, at(name), null, "must be an object");
    }
    return null;
  }

  List<DefinitionFields> objects(String name) {
    JsonNode value = get(name);
    List<DefinitionFields> objects = new ArrayList<>();
    if (value instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        String element = at(name) + "[" + i + "]";
        if (array.get(i) instanceof ObjectNode object) {
          objects.add(new DefinitionFields(file, element, object, problems));
        } else {
          problems.add(file, element, null, "must be an object");
        }
      }
    } else if (value != null) {
      problems.add(file, at(name), null, "must be an array of objects");
    }
    return objects;
  }
}
