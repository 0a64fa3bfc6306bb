package io.jobs4j.core.internal.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.wire.WireFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathListsTest {
  private final List<String> files = new ArrayList<>();
  private final List<String> directories = new ArrayList<>();

  @Test
  void allNamesComeBackAsTheyWere() throws Exception {
    List<String> odd = List.of("a b", "two\nlines", "Icon\r", "back\\slash n\\n", "\"ü\u0001", "");

    read(PathLists.write(odd, List.of("d")));

    assertThat(files).isEqualTo(odd);
    assertThat(directories).containsExactly("d");
  }

  @Test
  void otherFieldsArePassedOver() throws Exception {
    read(bytes("{\"x\": {\"files\": [1]}, \"directories\": [], \"files\": [\"a\"]}"));

    assertThat(files).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{\"files\": \"a\"}", "{\"files\": [1]}", "{\"files\": [\"a\"", "{} {}"})
  void whatIsNoSuchDocumentIsRefused(String json) {
    assertThatThrownBy(() -> read(bytes(json))).isInstanceOf(WireFormatException.class);
  }

  private void read(byte[] json) throws IOException {
    PathLists.read(new ByteArrayInputStream(json), files::add, directories::add);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
