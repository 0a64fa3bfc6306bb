package io.jobs4j.sdk.internal.job;

import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/** Values of some fields of a job; {@code null} for all others. Immutable. */
public final class JobValues {
  static final JobValues NONE = new JobValues(new EnumMap<>(JobField.class));

  private final EnumMap<JobField, Object> values;

  private JobValues(EnumMap<JobField, Object> values) {
    this.values = values;
  }

  /** An editor of values of which there are none yet. */
  public static Editor editor() {
    return NONE.edit();
  }

  /** An editor that starts from these values. */
  Editor edit() {
    return new Editor(new EnumMap<>(values));
  }

  /** The value of a field; {@code null} if there is none. */
  public @Nullable Object get(JobField field) {
    return values.get(field);
  }

  /** As {@link #get(JobField)}, of the type that the field has. */
  <T> @Nullable T get(JobField field, Class<T> type) {
    return type.cast(get(field));
  }

  /** As {@link #get(JobField, Class)}, of a field that has a value. */
  <T> T require(JobField field, Class<T> type) {
    T value = get(field, type);
    if (value == null) {
      throw new IllegalStateException("a job has no " + field);
    }
    return value;
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** The same values but for that of one field; what gives nothing is none. */
  JobValues with(JobField field, @Nullable Object value) {
    Object given = field.type().cast(value);
    return edit().set(field, field.rule().isNothing(given) ? null : given).done();
  }

  /** These values as a change gives them and those of a change that follows, as one. */
  JobValues then(JobValues next) {
    Editor both = edit();
    for (JobField field : JobField.CHANGING) {
      both.set(field, field.rule().merge(get(field), next.get(field)));
    }
    return both.done();
  }

  /** Sets values. Not safe for use by several threads, nor after it is done. */
  public static final class Editor {
    private final EnumMap<JobField, Object> values;

    private Editor(EnumMap<JobField, Object> values) {
      this.values = values;
    }

    public Editor set(JobField field, @Nullable Object value) {
      if (value == null) {
        values.remove(field);
      } else {
        values.put(field, value);
      }
      return this;
    }

    /** The values. */
    public JobValues done() {
      return new JobValues(values);
    }
  }
}
