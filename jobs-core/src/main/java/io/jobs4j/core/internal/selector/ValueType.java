package io.jobs4j.core.internal.selector;

/** What an expression can evaluate to, as far as its text tells; {@code ANY} for names. */
enum ValueType {
  STRING,
  BOOLEAN,
  NUMBER,
  ANY;

  boolean canBe(ValueType other) {
    return this == other || this == ANY;
  }
}
