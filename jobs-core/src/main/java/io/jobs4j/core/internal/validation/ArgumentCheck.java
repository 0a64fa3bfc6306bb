package io.jobs4j.core.internal.validation;

import io.jobs4j.core.internal.json.JsonValues;
import io.jobs4j.core.internal.request.RequestProblems;
import io.jobs4j.core.internal.request.RequestText;
import io.jobs4j.core.internal.text.Shown;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.model.JobRequest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks the inputs and parameters of a request against what its application takes. */
final class ArgumentCheck {
  private static final String INPUT = "input";
  private static final String PARAMETER = "parameter";
  private static final Set<String> TRUE = Set.of("true", "1", "on");
  private static final Set<String> FALSE = Set.of("false", "0", "off");

  private final App app;
  private final String jobUuid;
  private final RequestProblems problems;
  private final Validator validator = new Validator();

  /** The input keys of the names in the work directory. */
  private final Map<String, String> baseNames = new HashMap<>();

  ArgumentCheck(App app, String jobUuid, RequestProblems problems) {
    this.app = app;
    this.jobUuid = jobUuid;
    this.problems = problems;
  }

  /** Reads the value of an input. */
  @FunctionalInterface
  interface ReferenceReader {
    InputReference read(String value) throws InputReference.Flaw;
  }

  Arguments run(JobRequest request, ReferenceReader references) {
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    for (AppInput input : app.inputs()) {
      List<String> values = input(input, request.inputs().get(input.key()), references);
      if (values != null) {
        inputs.put(input.key(), values);
      }
    }
    refuseUnknown(
        INPUT, request.inputs().keySet(), app.inputs().stream().map(AppInput::key).toList());

    Map<String, Object> parameters = new LinkedHashMap<>();
    for (AppParameter parameter : app.parameters()) {
      Object value = parameter(parameter, request.parameters().get(parameter.key()));
      if (value != null) {
        parameters.put(parameter.key(), value);
      }
    }
    refuseUnknown(
        PARAMETER,
        request.parameters().keySet(),
        app.parameters().stream().map(AppParameter::key).toList());
    return new Arguments(inputs, parameters);
  }

  /** The values that the job has; {@code null} if it has none or they are wrong. */
  private @Nullable List<String> input(
      AppInput input, @Nullable List<String> given, ReferenceReader references) {
    String field = "inputs." + input.key();
    if (problems.flawed(field)) {
      return null;
    }
    if (given != null && !input.visible()) {
      prohibited(INPUT, field, input.key());
      return null;
    }
    List<String> values =
        given != null
            ? given
            : input.defaultValues().stream().filter(value -> !value.isBlank()).toList();
    if (values.isEmpty() && input.required()) {
      missing(INPUT, "inputs", input.key());
      return null;
    }
    if (values.isEmpty() && given == null) {
      return null;
    }
    if (given != null
        && !cardinalityFits(
            INPUT,
            field,
            input.key(),
            given.size(),
            input.minCardinality(),
            input.maxCardinality())) {
      return null;
    }
    boolean right = true;
    for (String value : values) {
      try {
        InputReference reference = references.read(value);
        right &=
            (given == null || conforms(INPUT, field, input.key(), value, input.validator()))
                && nameIsFree(field, input.key(), value, reference.path().name());
      } catch (InputReference.Flaw e) {
        problems.add(
            field,
            value,
            specified(INPUT, input.key()) + "with " + e.getMessage() + source(given == null));
        right = false;
      }
    }
    return right ? values : null;
  }

  /** All inputs are staged into one directory, so no two may have the same name there. */
  private boolean nameIsFree(String field, String key, String value, String baseName) {
    String other = baseNames.putIfAbsent(baseName, key);
    if (other != null) {
      problems.add(
          field,
          value,
          ("would be staged as \"%s\", as would another value of input key \"%s\"; inputs go to"
                  + " one directory and need different names there.")
              .formatted(Shown.value(baseName), other));
    }
    return other == null;
  }

  /** The value that the job has; {@code null} if it has none or it is wrong. */
  private @Nullable Object parameter(AppParameter parameter, @Nullable Object given) {
    String field = "parameters." + parameter.key();
    if (problems.flawed(field)) {
      return null;
    }
    if (given != null && !parameter.visible()) {
      prohibited(PARAMETER, field, parameter.key());
      return null;
    }
    List<?> values =
        given == null ? defaults(parameter) : given instanceof List<?> list ? list : List.of(given);
    if (values.isEmpty() && parameter.required()) {
      missing(PARAMETER, "parameters", parameter.key());
      return null;
    }
    if (values.isEmpty() && given == null) {
      return null;
    }
    boolean bool =
        parameter.type() == AppParameter.Type.BOOL || parameter.type() == AppParameter.Type.FLAG;
    if (bool && values.size() > 1) {
      problems.add(field, null, "Boolean and flag parameters do not support multiple values.");
      return null;
    }
    if (given != null
        && !cardinalityFits(
            PARAMETER,
            field,
            parameter.key(),
            values.size(),
            parameter.minCardinality(),
            parameter.maxCardinality())) {
      return null;
    }
    List<Object> normalised = new ArrayList<>();
    for (Object value : values) {
      typed(parameter, field, value, given == null).ifPresent(normalised::add);
    }
    if (normalised.size() < values.size()) {
      return null;
    }
    if (bool) {
      return normalised.isEmpty() ? null : normalised.get(0);
    }
    boolean asList = given == null ? normalised.size() > 1 : given instanceof List;
    return asList ? List.copyOf(normalised) : normalised.get(0);
  }

  /** Definitions often write the default of any type as a string, and none as an empty one. */
  private static List<?> defaults(AppParameter parameter) {
    return parameter.defaultValues().stream()
        .filter(value -> parameter.type() == AppParameter.Type.STRING || !value.equals(""))
        .map(value -> lenient(parameter.type(), value))
        .toList();
  }

  private static Object lenient(AppParameter.Type type, Object value) {
    return switch (type) {
      case STRING, ENUMERATION -> value instanceof String ? value : value.toString();
      case NUMBER -> value instanceof String string ? number(string) : value;
      case BOOL, FLAG -> value instanceof Number ? value.toString() : value;
    };
  }

  private static Object number(String text) {
    try {
      // A longer one is no number that a request may have, and would take long to read.
      return text.length() > RequestText.MAX_DIGITS ? text : new BigDecimal(text.trim());
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private Optional<Object> typed(
      AppParameter parameter, String field, Object value, boolean byDefault) {
    Object found =
        switch (parameter.type()) {
          case STRING, ENUMERATION -> value instanceof String ? value : null;
          case NUMBER -> value instanceof Number number ? JsonValues.number(number) : null;
          case BOOL, FLAG -> value instanceof Boolean || value instanceof String ? value : null;
        };
    if (found == null) {
      problems.add(
          field,
          value instanceof List || value instanceof Map ? null : value,
          "%swith expected type %s and actual type %s.%s"
              .formatted(
                  specifiedA(PARAMETER, parameter.key()),
                  parameter.type().name().toLowerCase(Locale.ROOT),
                  JsonValues.typeOf(value).replaceFirst("^an? ", ""),
                  source(byDefault)));
      return Optional.empty();
    }
    if (found instanceof String string && !Characters.storable(string)) {
      return refused(parameter, field, value, "It must be valid Unicode without NUL.", byDefault);
    }
    switch (parameter.type()) {
      case BOOL, FLAG -> {
        String word = found.toString().toLowerCase(Locale.ROOT);
        if (!TRUE.contains(word) && !FALSE.contains(word)) {
          return refused(
              parameter,
              field,
              value,
              "It must be true or false (or one of the strings true, 1, on, false, 0, off).",
              byDefault);
        }
        return Optional.of(TRUE.contains(word));
      }
      case NUMBER -> {
        if (found instanceof BigDecimal number && Math.abs((long) number.scale()) > 400) {
          return refused(parameter, field, value, "It is out of range.", byDefault);
        }
        if (digits((Number) found) > RequestText.MAX_DIGITS) {
          return refused(
              parameter,
              field,
              value,
              "It must have at most " + RequestText.MAX_DIGITS + " digits.",
              byDefault);
        }
      }
      case ENUMERATION -> {
        if (!parameter.enumValues().contains(found)) {
          problems.add(
              field,
              value,
              ("Job %s specified parameter \"%s\" in application %s with undefined enumeration"
                      + " value %s. The values are %s.%s")
                  .formatted(
                      jobUuid,
                      parameter.key(),
                      app.id(),
                      Shown.value(found.toString()),
                      String.join(", ", parameter.enumValues()),
                      source(byDefault)));
          return Optional.empty();
        }
      }
      case STRING -> {}
    }
    String text = found instanceof BigDecimal number ? number.toPlainString() : found.toString();
    return byDefault || conforms(PARAMETER, field, parameter.key(), text, parameter.validator())
        ? Optional.of(found)
        : Optional.empty();
  }

  private static int digits(Number number) {
    return number instanceof BigDecimal decimal
        ? decimal.precision()
        : new BigDecimal(number.toString()).precision();
  }

  private Optional<Object> refused(
      AppParameter parameter, String field, Object value, String right, boolean byDefault) {
    problems.add(
        field,
        value,
        "%swith invalid %s value %s. %s%s"
            .formatted(
                specifiedA(PARAMETER, parameter.key()),
                parameter.type().name().toLowerCase(Locale.ROOT),
                Shown.value(value.toString()),
                right,
                source(byDefault)));
    return Optional.empty();
  }

  private boolean conforms(
      String kind, String field, String key, String value, @Nullable String expression) {
    if (expression == null || expression.isEmpty()) {
      return true;
    }
    String problem =
        switch (validator.search(expression, value)) {
          case FOUND -> null;
          case NOT_FOUND ->
              "%swith value %s that does not conform to regex %s."
                  .formatted(specified(kind, key), Shown.value(value), Shown.value(expression));
          case INVALID ->
              "The validator %s of %s key \"%s\" in application %s is not a regular expression of"
                      .formatted(Shown.value(expression), kind, key, app.id())
                  + " Java; its owner must mend it.";
          case TOO_COSTLY ->
              "The validator %s of %s key \"%s\" in application %s takes too long for value %s."
                  .formatted(Shown.value(expression), kind, key, app.id(), Shown.value(value));
        };
    if (problem != null) {
      problems.add(field, value, problem);
    }
    return problem == null;
  }

  private boolean cardinalityFits(
      String kind, String field, String key, int size, int minimum, int maximum) {
    if (size < minimum) {
      problems.add(
          field,
          null,
          "%swith cardinality %s that does not meet the application minimum of %s."
              .formatted(specified(kind, key), size, minimum));
      return false;
    }
    if (maximum >= 0 && size > maximum) {
      problems.add(
          field,
          null,
          "%swith cardinality %s that exceeds the application maximum of %s."
              .formatted(specified(kind, key), size, maximum));
      return false;
    }
    return true;
  }

  private void refuseUnknown(String kind, Set<String> given, List<String> known) {
    for (String key : new TreeSet<>(given)) {
      if (!known.contains(key)) {
        problems.add(
            kind + "s." + key,
            null,
            "%sthat is not defined in application %s. %s"
                .formatted(
                    specified(kind, key),
                    app.id(),
                    known.isEmpty()
                        ? "It has no " + kind + " keys."
                        : known.stream()
                            .collect(Collectors.joining(", ", "Its " + kind + " keys are ", "."))));
      }
    }
  }

  private void missing(String kind, String group, String key) {
    if (!problems.flawed(group)) {
      problems.add(
          group + "." + key,
          null,
          "Job %s is missing an %s key named \"%s\".".formatted(jobUuid, kind, key));
    }
  }

  private void prohibited(String kind, String field, String key) {
    problems.add(
        field,
        null,
        ("Job %s cannot submit a value for %s key \"%s\" because this is a fixed value in"
                + " application %s.")
            .formatted(jobUuid, kind, key, app.id()));
  }

  private String specified(String kind, String key) {
    return "Job %s specified an %s key named \"%s\" ".formatted(jobUuid, kind, Shown.value(key));
  }

  private String specifiedA(String kind, String key) {
    return "Job %s specified a %s key named \"%s\" ".formatted(jobUuid, kind, Shown.value(key));
  }

  private String source(boolean byDefault) {
    return byDefault ? " This is the default of application " + app.id() + "." : "";
  }
}
