package io.jobs4j.sdk.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.sdk.SchemaScript;
import io.jobs4j.sdk.internal.job.JobField;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  private static final String LONGEST = "a".repeat(30);

  @Test
  void namesInBracesGetPrefixAndSchema() {
    String sql = "SELECT '{prefix}' || {current_schema} FROM {job_queue} WHERE uuid IN (<uuids>)";

    assertThat(Names.DEFAULT.resolve(sql))
        .isEqualTo(
            "SELECT 'jobs4j_' || CURRENT_SCHEMA FROM jobs4j_job_queue WHERE uuid IN (<uuids>)");
    assertThat(new Names("x1_", "work").resolve(sql))
        .isEqualTo("SELECT 'x1_' || 'work' FROM work.x1_job_queue WHERE uuid IN (<uuids>)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "_a", "A", "a-b", "a b", "ä", "a\"", "a.b", "a;"})
  void whatIsNoPlainNameIsRefused(String name) {
    assertThatThrownBy(() -> Names.DEFAULT.withPrefix(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tablePrefix \"" + name + "\" must begin with a letter");
    assertThatThrownBy(() -> Names.DEFAULT.withSchema(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("schema \"" + name + "\" must begin with a letter");
  }

  @Test
  void whatIsTooLongIsRefused() {
    assertThat(Names.DEFAULT.withPrefix(LONGEST).withSchema("a".repeat(63)).prefix())
        .isEqualTo(LONGEST);
    assertThatThrownBy(() -> Names.DEFAULT.withPrefix(LONGEST + "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("no longer than 30 characters");
    assertThatThrownBy(() -> Names.DEFAULT.withSchema("a".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("no longer than 63 characters");
  }

  @ParameterizedTest
  @FieldSource("io.jobs4j.sdk.internal.sql.Dialect#ALL")
  void eachNameFitsBehindTheLongestPrefix(Dialect dialect) {
    Inventory inventory = new Inventory(dialect, Names.DEFAULT, statements(dialect));

    assertThat(inventory.made())
        .contains("schema", "job", "job_number", "job_queue_ready", "job_uuid_unique")
        .allSatisfy(name -> assertThat(LONGEST + name).hasSizeLessThanOrEqualTo(63));
    assertThat(inventory.tables().get("job"))
        .containsExactlyInAnyOrderElementsOf(
            JobField.in(JobField.Place.JOB).stream().map(JobField::column).toList());
  }

  @ParameterizedTest
  @FieldSource("io.jobs4j.sdk.internal.sql.Dialect#ALL")
  void nothingThatIsMadeIsWithoutPrefix(Dialect dialect) {
    List<String> bare = new ArrayList<>();
    for (String sql : statements(dialect)) {
      for (String line : sql.lines().toList()) {
        if (line.matches(".*(EXISTS|CONSTRAINT|REFERENCES| ON) [a-z].*")
            && !line.startsWith("--")) {
          bare.add(line);
        }
      }
    }
    assertThat(bare).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(SchemaScript.class)
  void printedStatementsHaveTheNamesToo(SchemaScript script) {
    assertThat(script.text("x_", "work"))
        .contains("CREATE TABLE IF NOT EXISTS work.x_job (", "ON work.x_job (")
        .doesNotContain("{", "jobs4j_");
    assertThat(script.text()).contains("CREATE TABLE IF NOT EXISTS jobs4j_job (");
    assertThat(script.text("x_")).contains("CREATE TABLE IF NOT EXISTS x_job (");
  }

  private static List<String> statements(Dialect dialect) {
    return Stream.concat(
            dialect.foundation().stream(), Script.of(dialect).stream().map(Script::sql))
        .toList();
  }
}
