package io.jobs4j.core.catalog;

/**
 * A definition and where it comes from, for messages.
 *
 * @param source file, or what it defines
 * @param value the definition
 */
record Defined<T>(String source, T value) {}
