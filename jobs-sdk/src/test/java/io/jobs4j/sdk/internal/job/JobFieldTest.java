package io.jobs4j.sdk.internal.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.internal.store.Stored;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class JobFieldTest {
  /** Nothing gives the first; the others are those of what the job waits for. */
  private static final Set<Job.Field> NOT_STORED =
      Set.of(Job.Field.SCHEDULER_JOB_ID, Job.Field.BLOCKED_ON, Job.Field.NEXT_ATTEMPT);

  @Test
  void everyFieldOfAJobIsStatedOnce() {
    Stream<String> expected =
        Stream.concat(
                Stream.of(Job.Field.values())
                    .filter(field -> !NOT_STORED.contains(field))
                    .map(field -> field == Job.Field.ID ? "uuid" : field.documentName()),
                Stream.of(StoredJob.class.getRecordComponents()).map(RecordComponent::getName))
            .filter(name -> !name.equals("job"))
            .map(name -> name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
    assertThat(JobField.ALL)
        .extracting(JobField::column)
        .containsExactlyInAnyOrderElementsOf(expected.toList());
  }

  @ParameterizedTest
  @EnumSource
  void aFieldGivesWhatItReads(JobField field) {
    StoredJob full = full();
    Object value = field.get(full);
    StoredJob.Builder other = StoredJob.ofNew(1, Stored.job("another")).toBuilder();
    field.set(other, value);
    assertThat(value).as("a value to try %s with", field).isNotNull();
    assertThat(field.get(other.build())).isEqualTo(value);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsStoredOfAValueIsReadAsTheSame(JobField field) {
    Object value = field.get(full());
    Object stored = field.type().toStored(value);
    assertThat(field.type().fromStored(stored)).isEqualTo(value);
    assertThat(field.type().fromStored(null)).isNull();
  }

  @Test
  void aJobIsTheSumOfItsFields() {
    StoredJob full = full();
    JobValues.Editor values = JobValues.editor();
    JobField.ALL.forEach(field -> values.set(field, field.get(full)));
    assertThat(StoredJob.of(values.done())).isEqualTo(full);
  }

  @Test
  void aHeadHasTheSameOfAJobAsTheJob() {
    StoredJob full = full();
    JobValues.Editor values = JobValues.editor();
    JobHead.FIELDS.forEach(field -> values.set(field, field.get(full)));
    assertThat(JobHead.of(values.done())).isEqualTo(JobHead.of(full, -1));
  }

  private static StoredJob full() {
    return new StoredJob(
        7, Stored.full(), 1, 2, JobStatus.RUNNING, "alice", "bob", true, "the end");
  }

  @ParameterizedTest
  @CsvSource({
    "NEVER, , , ",
    "NEVER, a, b, a",
    "REPLACE, a, b, b",
    "REPLACE, a, , ",
    "LAST, , b, b",
    "LAST, a, , a",
    "LAST, a, b, b",
    "FIRST, , b, b",
    "FIRST, a, , a",
    "FIRST, a, b, a"
  })
  void valuesMergeByTheirRule(
      MergeRule rule, @Nullable String before, @Nullable String given, @Nullable String merged) {
    assertThat(rule.merge(before, given)).isEqualTo(merged);
  }

  @Test
  void countsAreAddedAndFlagsStay() {
    assertThat(MergeRule.SUM.merge(2, 3)).isEqualTo(5);
    assertThat(MergeRule.SUM.merge(2, null)).isEqualTo(2);
    assertThat(MergeRule.SUM.merge(null, 3)).isEqualTo(3);
    assertThat(MergeRule.EVER.merge(true, null)).isEqualTo(true);
    assertThat(MergeRule.EVER.merge(false, true)).isEqualTo(true);
    assertThat(MergeRule.EVER.merge(false, null)).isNull();
  }
}
