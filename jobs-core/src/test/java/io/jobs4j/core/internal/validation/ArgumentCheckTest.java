package io.jobs4j.core.internal.validation;

import static io.jobs4j.core.internal.validation.Fixture.JOB;
import static io.jobs4j.core.internal.validation.Fixture.input;
import static io.jobs4j.core.internal.validation.Fixture.parameter;
import static io.jobs4j.core.internal.validation.Fixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.request.Problem;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentCheckTest {
  private final Fixture fixture = new Fixture();

  @Test
  void inputsAreTakenAsGivenOrDefaulted() {
    fixture.inputs.add(input("text", 1, 2, null));
    fixture.inputs.add(
        new AppInput("fixed", List.of("ref/f.fa"), null, true, false, 1, 1, null, false, false));
    fixture.inputs.add(
        new AppInput("usual", List.of("u.txt"), null, false, true, 1, 1, null, false, false));
    fixture.inputs.add(
        new AppInput("blank", List.of(""), null, false, true, 1, 1, null, false, false));
    fixture.inputs.add(input("optional", false));
    assertThat(fixture.accepts(request().input("text", "a.txt", "agave://tape//b.txt")).inputs())
        .isEqualTo(
            Map.of(
                "text", List.of("a.txt", "agave://tape//b.txt"),
                "fixed", List.of("ref/f.fa"),
                "usual", List.of("u.txt")));
  }

  @Test
  void unknownFixedAndMissingInputsHaveTheTextsOfAloe() {
    fixture.inputs.add(input("text", true));
    fixture.inputs.add(
        new AppInput("fixed", List.of("f"), null, true, false, 1, 1, null, false, false));
    List<Problem> problems = fixture.refuses(request().input("fixed", "x").input("txet", "y"));
    assertThat(problems)
        .extracting(Problem::message)
        .satisfiesExactly(
            m -> assertThat(m).isEqualTo("Job " + JOB + " is missing an input key named \"text\"."),
            m ->
                assertThat(m)
                    .isEqualTo(
                        "Job "
                            + JOB
                            + " cannot submit a value for input key \"fixed\" because this is a"
                            + " fixed value in application wc-1.0."),
            m ->
                assertThat(m)
                    .startsWith(
                        "Job "
                            + JOB
                            + " specified an input key named \"txet\" that is not defined in"
                            + " application wc-1.0."));
  }

  @Test
  void cardinalityCounts() {
    fixture.inputs.add(input("text", 2, 3, null));
    assertThat(fixture.refusesFor("inputs.text", request().input("text", "a")))
        .endsWith("with cardinality 1 that does not meet the application minimum of 2.");
    assertThat(fixture.refusesFor("inputs.text", request().input("text", "a", "b", "c", "d")))
        .endsWith("with cardinality 4 that exceeds the application maximum of 3.");
    assertThat(fixture.refusesFor("inputs.text", request().input("text")))
        .contains("is missing an input key");
    assertThat(fixture.accepts(request().input("text", "a", "b")).inputs()).hasSize(1);
  }

  @Test
  void validatorsAreSearchedFor() {
    fixture.inputs.add(input("text", 1, -1, "\\.txt"));
    assertThat(fixture.accepts(request().input("text", "a.txt.gz")).inputs()).hasSize(1);
    assertThat(fixture.refusesFor("inputs.text", request().input("text", "a.txt", "b.gz")))
        .endsWith("with value b.gz that does not conform to regex \\.txt.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {"[a- not", "(.*.*.*.*.*)*=$ long", "(a|a)*b long"})
  void badValidatorsAreAProblemNotADisaster(String validator, String message) {
    fixture.inputs.add(input("text", 1, 1, validator));
    assertThat(fixture.refusesFor("inputs.text", request().input("text", "a".repeat(4000) + "!")))
        .contains("The validator", message);
  }

  @Test
  void noTwoInputsMayBeStagedUnderOneName() {
    fixture.inputs.add(input("a", 1, 2, null));
    fixture.inputs.add(input("b", 1, 1, null));
    assertThat(
            fixture.refusesFor(
                "inputs.b", request().input("a", "x/1", "x/2").input("b", "agave://tape/y%2D/2/")))
        .contains("staged as \"2\"");
    assertThat(fixture.refusesFor("inputs.a", request().input("a", "x/1", "y/1").input("b", "2")))
        .contains("staged as \"1\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|empty value",
        "' '|empty value",
        "/|names no file",
        ".|",
        "../secret|\"..\"",
        "a/../../b|\"..\"",
        "agave://tape/%2e%2e/b|\"..\"",
        "agave://tape/a%2Fb|improper URI formatting",
        "agave://tape/a%00b|improper URI formatting",
        "agave://tape/%ff|improper URI formatting",
        "agave://tape/%zz|improper URI formatting",
        "agave://tape/a b|improper URI formatting",
        "agave://tape/a?b|improper URI formatting",
        "agave:///a|improper URI formatting",
        "agave:a|improper URI formatting",
        "agave://me:pw@tape/a|improper URI formatting",
        "agave://moon/a|does not exist",
        "agave://tape//|names no file",
        "agave://tape|names no file",
        "ftp://h/a|unsupported scheme \"ftp\"",
        "file:/etc/passwd|unsupported scheme \"file\"",
        "HTTP://h/a|unsupported scheme \"http\"",
      })
  void badReferencesAreRefused(String value, String message) {
    fixture.inputs.add(input("text", 1, 1, null));
    if (message == null) {
      // The home directory itself is a directory like others.
      assertThat(fixture.accepts(request().input("text", value)).inputs()).hasSize(1);
      return;
    }
    assertThat(fixture.refusesFor("inputs.text", request().input("text", value)))
        .startsWith("Job " + JOB + " specified an input key named \"text\" with")
        .contains(message)
        .doesNotContain("pw");
  }

  @Test
  void aWrongDefaultNamesTheApplication() {
    fixture.inputs.add(
        new AppInput("ref", List.of("ftp://h/x"), null, false, true, 1, 1, null, false, false));
    assertThat(fixture.refusesFor("inputs.ref", request()))
        .endsWith("This is the default of application wc-1.0.");
  }

  @Test
  void withoutADefaultSystemPathsComeFromTheExecutionSystem() {
    fixture.inputs.add(input("text", 1, 1, null));
    fixture.defaultStorage = null;
    assertThat(fixture.accepts(request().input("text", "a")).inputs()).hasSize(1);
    fixture.storages.remove("cluster");
    assertThat(fixture.refusesFor("inputs.text", request().input("text", "a")))
        .contains("there is no default storage system");
  }

  @Test
  void parametersAreNormalised() {
    fixture.parameters.add(parameter("s", AppParameter.Type.STRING));
    fixture.parameters.add(parameter("n", AppParameter.Type.NUMBER));
    fixture.parameters.add(parameter("ns", AppParameter.Type.NUMBER));
    fixture.parameters.add(parameter("b", AppParameter.Type.BOOL));
    fixture.parameters.add(parameter("f", AppParameter.Type.FLAG));
    assertThat(
            fixture
                .accepts(
                    request()
                        .parameter("s", "a b")
                        .parameter("n", 5)
                        .parameter("ns", List.of(1L, 2.5, new BigDecimal("1E+3")))
                        .parameter("b", List.of("On"))
                        .parameter("f", false))
                .parameters())
        .isEqualTo(
            Map.of(
                "s",
                "a b",
                "n",
                5L,
                "ns",
                List.of(1L, new BigDecimal("2.5"), new BigDecimal("1E+3")),
                "b",
                true,
                "f",
                false));
  }

  @ParameterizedTest
  @CsvSource({"true,true", "1,true", "oN,true", "FALSE,false", "0,false", "off,false"})
  void wordsForBooleansAreUnderstood(String word, boolean value) {
    fixture.parameters.add(parameter("b", AppParameter.Type.BOOL));
    assertThat(fixture.accepts(request().parameter("b", word)).parameters())
        .isEqualTo(Map.of("b", value));
  }

  @Test
  void parametersMustConformToTheirTypes() {
    fixture.parameters.add(parameter("s", AppParameter.Type.STRING));
    fixture.parameters.add(parameter("n", AppParameter.Type.NUMBER));
    fixture.parameters.add(parameter("b", AppParameter.Type.BOOL));
    fixture.parameters.add(
        new AppParameter(
            "e",
            AppParameter.Type.ENUMERATION,
            List.of(),
            null,
            List.of("red", "green"),
            false,
            true,
            0,
            1,
            null,
            false,
            false));
    assertThat(fixture.refusesFor("parameters.s", request().parameter("s", 5)))
        .isEqualTo(
            "Job "
                + JOB
                + " specified a parameter key named \"s\" with expected type string and actual"
                + " type number.");
    assertThat(fixture.refusesFor("parameters.n", request().parameter("n", "5")))
        .contains("expected type number and actual type string");
    assertThat(fixture.refusesFor("parameters.n", request().parameter("n", Double.NaN)))
        .contains("expected type number");
    assertThat(
            fixture.refusesFor(
                "parameters.n", request().parameter("n", new BigDecimal("1E+999999999"))))
        .contains("out of range");
    assertThat(
            fixture.refusesFor("parameters.n", request().parameter("n", BigInteger.TEN.pow(100))))
        .contains("at most 100 digits");
    assertThat(fixture.refusesFor("parameters.b", request().parameter("b", 1)))
        .contains("expected type bool and actual type number");
    assertThat(fixture.refusesFor("parameters.b", request().parameter("b", "maybe")))
        .contains("invalid bool value maybe");
    assertThat(fixture.refusesFor("parameters.b", request().parameter("b", List.of(true, false))))
        .isEqualTo("Boolean and flag parameters do not support multiple values.");
    assertThat(fixture.refusesFor("parameters.e", request().parameter("e", "blue")))
        .startsWith(
            "Job "
                + JOB
                + " specified parameter \"e\" in application wc-1.0 with undefined enumeration"
                + " value blue.")
        .contains("red, green");
    assertThat(
            fixture.refusesFor("parameters.e", request().parameter("e", List.of("red", "green"))))
        .contains("exceeds the application maximum of 1");
    assertThat(fixture.refusesFor("parameters.zz", request().parameter("zz", "x")))
        .contains("that is not defined in application wc-1.0");
    assertThat(fixture.refusesFor("parameters.s", request().parameter("s", new Object())))
        .contains("actual type Object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u0000b", "\ud800"})
  void stringsThatNobodyCanStoreAreRefused(String hostile) {
    fixture.parameters.add(parameter("s", AppParameter.Type.STRING));
    assertThat(fixture.refusesFor("parameters.s", request().parameter("s", hostile)))
        .contains("valid Unicode without NUL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$(rm -rf /)", "`id`", "a\nb", "'; drop table jobs; --", "${HOME}", ""})
  void otherHostileStringsAreValuesLikeAnyOther(String hostile) {
    fixture.parameters.add(parameter("s", AppParameter.Type.STRING));
    assertThat(fixture.accepts(request().parameter("s", hostile)).parameters())
        .isEqualTo(Map.of("s", hostile));
  }

  @Test
  void defaultsOfParametersMayBeWrittenAsStrings() {
    fixture.parameters.add(withDefault("n", AppParameter.Type.NUMBER, "5"));
    fixture.parameters.add(withDefault("d", AppParameter.Type.NUMBER, "2.5"));
    fixture.parameters.add(withDefault("b", AppParameter.Type.BOOL, 1));
    fixture.parameters.add(withDefault("s", AppParameter.Type.STRING, 7));
    fixture.parameters.add(withDefault("none", AppParameter.Type.NUMBER, ""));
    assertThat(fixture.accepts(request()).parameters())
        .isEqualTo(Map.of("n", 5L, "d", new BigDecimal("2.5"), "b", true, "s", "7"));
    fixture.parameters.add(withDefault("bad", AppParameter.Type.NUMBER, "five"));
    assertThat(fixture.refusesFor("parameters.bad", request()))
        .endsWith("This is the default of application wc-1.0.");
  }

  private static AppParameter withDefault(String key, AppParameter.Type type, Object value) {
    return new AppParameter(
        key, type, List.of(value), null, List.of(), false, true, 0, 1, null, false, false);
  }

  @Test
  void manyCostlyValuesShareOneBudget() {
    fixture.inputs.add(input("text", 1, -1, "(.*.*.*.*.*)*=$"));
    List<String> values = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      values.add("a".repeat(40) + i);
    }
    List<Problem> problems = fixture.refuses(request().input("text", values));
    assertThat(problems.get(problems.size() - 1).message()).contains("takes too long");
  }
}
