package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.model.Job;
import io.jobs4j.core.wire.JobTexts;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What values a field has, and as what kind of value they are stored.
 *
 * @param <T> the type of the values
 */
public final class FieldType<T> {
  static final FieldType<String> TEXT = new FieldType<>(Kind.TEXT, String.class);
  static final FieldType<Integer> SMALL_NUMBER = new FieldType<>(Kind.SMALL_NUMBER, Integer.class);
  static final FieldType<Long> NUMBER = new FieldType<>(Kind.NUMBER, Long.class);
  static final FieldType<Double> DECIMAL = new FieldType<>(Kind.DECIMAL, Double.class);
  static final FieldType<Boolean> FLAG = new FieldType<>(Kind.FLAG, Boolean.class);
  static final FieldType<Instant> TIME = new FieldType<>(Kind.TIME, Instant.class);

  static final FieldType<?> INPUTS =
      new FieldType<>(
          Kind.TEXT, Map.class, FieldType::json, text -> JobTexts.inputs((String) text));

  static final FieldType<?> PARAMETERS =
      new FieldType<>(
          Kind.TEXT, Map.class, FieldType::json, text -> JobTexts.parameters((String) text));

  private final Kind kind;
  private final Class<T> type;
  private final Function<T, Object> toStored;
  private final Function<Object, ? extends T> fromStored;

  private FieldType(Kind kind, Class<T> type) {
    this(kind, type, value -> value, type::cast);
  }

  private FieldType(
      Kind kind,
      Class<T> type,
      Function<T, Object> toStored,
      Function<Object, ? extends T> fromStored) {
    this.kind = kind;
    this.type = type;
    this.toStored = toStored;
    this.fromStored = fromStored;
  }

  /** How the values of a field that users see are stored. */
  static FieldType<?> of(Job.Field field) {
    return switch (field.kind()) {
      case TEXT -> TEXT;
      case WORD -> nameOf(field.type());
      case TIME -> TIME;
      case COUNT -> SMALL_NUMBER;
      case DECIMAL -> DECIMAL;
      case FLAG -> FLAG;
      case INPUTS -> INPUTS;
      case PARAMETERS -> PARAMETERS;
    };
  }

  /** Kinds of stored values. */
  public enum Kind {
    /** A {@link String}. */
    TEXT,
    /** An {@link Integer}. */
    SMALL_NUMBER,
    /** A {@link Long}. */
    NUMBER,
    /** A {@link Double}. */
    DECIMAL,
    /** A {@link Boolean}. */
    FLAG,
    /** An {@link Instant}. */
    TIME
  }

  /** Constants of an enum, which are stored by their names. */
  static <E> FieldType<E> nameOf(Class<E> type) {
    Map<String, E> constants =
        Stream.of(type.getEnumConstants())
            .collect(Collectors.toUnmodifiableMap(FieldType::name, Function.identity()));
    return new FieldType<>(
        Kind.TEXT, type, FieldType::name, name -> constant(constants, (String) name, type));
  }

  @SuppressWarnings("unchecked") // Keys of inputs and parameters are strings.
  private static String json(Object values) {
    return JobTexts.encode((Map<String, ?>) values);
  }

  private static String name(Object constant) {
    return ((Enum<?>) constant).name();
  }

  private static <E> E constant(Map<String, E> constants, String name, Class<E> type) {
    E constant = constants.get(name);
    if (constant == null) {
      throw new IllegalArgumentException(name + " is no " + type.getSimpleName());
    }
    return constant;
  }

  public Kind kind() {
    return kind;
  }

  /** The same object as a value of this type. */
  @Nullable T cast(@Nullable Object value) {
    return type.cast(value);
  }

  /** What is stored for a value. */
  public @Nullable Object toStored(@Nullable Object value) {
    T given = cast(value);
    return given == null ? null : toStored.apply(given);
  }

  /** The value for which something is stored. */
  public @Nullable Object fromStored(@Nullable Object stored) {
    return stored == null ? null : fromStored.apply(stored);
  }
}
