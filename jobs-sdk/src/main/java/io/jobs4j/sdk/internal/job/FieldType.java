package io.jobs4j.sdk.internal.job;

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

  private final Kind kind;
  private final Class<T> type;

  /** By their names; empty if the type is no enum. */
  private final Map<String, T> constants;

  private FieldType(Kind kind, Class<T> type) {
    this(kind, type, Map.of());
  }

  private FieldType(Kind kind, Class<T> type, Map<String, T> constants) {
    this.kind = kind;
    this.type = type;
    this.constants = constants;
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
  static <E extends Enum<E>> FieldType<E> nameOf(Class<E> type) {
    return new FieldType<>(
        Kind.TEXT,
        type,
        Stream.of(type.getEnumConstants())
            .collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity())));
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
    return value instanceof Enum<?> constant ? constant.name() : value;
  }

  /** The value for which something is stored. */
  public @Nullable Object fromStored(@Nullable Object stored) {
    return stored instanceof String name && !constants.isEmpty() ? constant(name) : stored;
  }

  private T constant(String name) {
    T constant = constants.get(name);
    if (constant == null) {
      throw new IllegalArgumentException(name + " is no " + type.getSimpleName());
    }
    return constant;
  }
}
