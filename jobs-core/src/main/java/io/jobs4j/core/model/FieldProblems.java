package io.jobs4j.core.model;

import org.jspecify.annotations.Nullable;

/**
 * Is told what is wrong with the fields of a definition, by a builder that goes on and so finds all
 * of it. It is for programs that read definitions from a format of their own: they can tell their
 * users everything at once, in the words and places of that format.
 */
@FunctionalInterface
public interface FieldProblems {
  /**
   * Takes one problem.
   *
   * @param field by its name in Java, such as {@code maxUserJobs} or {@code queues[1].name}
   * @param value what it holds: a string, number or boolean; {@code null} if it holds nothing, or
   *     what nobody should see
   * @param expected what would be right, such as {@code must be different for each queue}
   */
  void add(String field, @Nullable Object value, String expected);
}
