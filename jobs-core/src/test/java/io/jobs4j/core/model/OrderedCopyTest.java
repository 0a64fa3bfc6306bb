package io.jobs4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderedCopyTest {
  @Test
  void copiesKeepTheOrderAndCannotChange() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    List<String> list = new ArrayList<>(List.of("x"));
    for (int i = 100; i > 0; i--) {
      parameters.put("p" + i, i);
    }
    parameters.put("list", list);
    List<String> keys = List.copyOf(parameters.keySet());

    Map<String, Object> copy = OrderedCopy.ofParameters(parameters);
    parameters.clear();
    list.add("y");

    assertThat(List.copyOf(copy.keySet())).isEqualTo(keys);
    assertThat(copy).containsEntry("list", List.of("x"));
    assertThatThrownBy(() -> copy.put("q", 1)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void inputsAreCopiedWithTheirLists() {
    List<String> values = new ArrayList<>(List.of("b", "a"));

    Map<String, List<String>> copy = OrderedCopy.ofInputs(Map.of("in", values));
    values.clear();

    assertThat(copy).containsExactly(Map.entry("in", List.of("b", "a")));
    assertThatThrownBy(() -> copy.get("in").add("c"))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
