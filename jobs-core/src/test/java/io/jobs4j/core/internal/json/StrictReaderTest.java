package io.jobs4j.core.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobs4j.core.internal.json.InvalidJsonException.Flaw;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictReaderTest {
  private final StrictReader unlimited = StrictReader.unlimited();
  private final StrictReader limited = StrictReader.limited(2, 3, 4);
  private final List<String> twice = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"z\":[1,-9223372036854775809,1.10,1E+400,0.0],\"a\":{\"b\":null,\"c\":[]},\"d\":true}",
        "[\"\u00e9 \ud83d\ude00 \\u0000\",false]",
        "7",
        "null"
      })
  void textsSurvive(String text) throws Exception {
    JsonNode read = unlimited.read(text, twice::add);

    assertThat(Json.write(read)).isEqualTo(text);
    assertThat(unlimited.read(text)).isEqualTo(read);
    assertThat(unlimited.read(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(read);
    assertThat(twice).isEmpty();
  }

  @Test
  void anEmptyTextIsNoValue() throws Exception {
    assertThat(unlimited.read(" \n", twice::add).isMissingNode()).isTrue();
  }

  @Test
  void theFirstOfFieldsThatAreGivenTwiceCountsAndAllAreTold() throws Exception {
    JsonNode read =
        unlimited.read(
            "{\"a\":1,\"b\":[{\"c\":1,\"c\":{\"d\":1,\"d\":2}}],\"a\":2,\"a\":null}", twice::add);

    assertThat(Json.write(read)).isEqualTo("{\"a\":1,\"b\":[{\"c\":1}]}");
    assertThat(twice).containsExactly("b[0].c.d", "b[0].c", "a", "a");
  }

  @Test
  void fieldsThatAreGivenTwiceAreRefusedWhereNobodyIsTold() {
    InvalidJsonException e =
        catchThrowableOfType(
            InvalidJsonException.class, () -> unlimited.read("{\n\"a\":1,\"a\":2}"));

    assertThat(e.flaw()).isEqualTo(Flaw.SYNTAX);
    assertThat(e).hasMessage("is not valid JSON (line 2, column 10)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":secret} | SYNTAX",
        "{\"a\":1 | SYNTAX",
        "{'a':1} | SYNTAX",
        "{} {} | TRAILING",
        "{} secret | SYNTAX"
      })
  void textsThatAreNotOneValueAreRefusedWithoutShowingThem(String text, Flaw flaw) {
    InvalidJsonException e = refusal(unlimited, text);

    assertThat(e.flaw()).isEqualTo(flaw);
    assertThat(e.line()).isEqualTo(1);
    assertThat(e)
        .hasMessageStartingWith("is not valid JSON (line 1, column ")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[[[]]]", "{\"a\":{\"b\":[]}}", "{\"abcd\":1}", "12345", "1.2345", "12E345"})
  void limitsAreKept(String text) throws Exception {
    assertThat(refusal(limited, text).flaw()).isEqualTo(Flaw.LIMIT);
    assertThat(unlimited.read(text, twice::add)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[[], {}]", "{\"abc\":[-1234, -1.234, 1E+400, \"12345\"]}"})
  void whatIsWithinTheLimitsIsRead(String text) throws Exception {
    assertThat(limited.read(text, twice::add)).isEqualTo(unlimited.read(text));
  }

  @Test
  void bytesThatAreNoCharactersAreRefused() {
    byte[] latin = "\"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1);

    InvalidJsonException e =
        catchThrowableOfType(InvalidJsonException.class, () -> unlimited.read(latin));

    assertThat(e.flaw()).isEqualTo(Flaw.SYNTAX);
  }

  private InvalidJsonException refusal(StrictReader reader, String text) {
    InvalidJsonException e =
        catchThrowableOfType(InvalidJsonException.class, () -> reader.read(text, twice::add));
    assertThat(e).as("the text is refused").isNotNull();
    return e;
  }
}
