package io.jobs4j.core.model;

import io.jobs4j.core.internal.text.LazyMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Unmodifiable copies of maps that keep the order of their entries. Nulls are refused. Maps that
 * are not read yet are taken as they are, as they cannot change.
 */
final class OrderedCopy {
  private OrderedCopy() {}

  static Map<String, List<String>> ofInputs(Map<String, List<String>> inputs) {
    if (inputs instanceof LazyMap) {
      return inputs;
    }
    Map<String, List<String>> copy = new LinkedHashMap<>();
    inputs.forEach((key, values) -> copy.put(Objects.requireNonNull(key), frozen(values)));
    return Collections.unmodifiableMap(copy);
  }

  static Map<String, Object> ofParameters(Map<String, Object> parameters) {
    if (parameters instanceof LazyMap) {
      return parameters;
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    parameters.forEach(
        (key, value) ->
            copy.put(
                Objects.requireNonNull(key),
                value instanceof List<?> list ? frozen(list) : Objects.requireNonNull(value)));
    return Collections.unmodifiableMap(copy);
  }

  /** Keeps null elements, because what is wrong with a list is for validation to say. */
  private static <T> List<T> frozen(List<T> values) {
    return Collections.unmodifiableList(new ArrayList<>(values));
  }
}
