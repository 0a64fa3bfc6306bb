package io.jobs4j.core.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object, which are asked for by name and type. What is wrong is told in the
 * words of the subclass, which may throw or go on; a field of the wrong type then counts as
 * missing. Every name that is asked for is known from then on, so that in the end the unknown ones
 * can be told. Not safe for use by several threads.
 */
public abstract class JsonFields {
  private final String path;
  private final ObjectNode node;
  private final Set<String> known = new TreeSet<>();

  /**
   * Fields of an object.
   *
   * @param path of the object in its document; empty for the document itself
   */
  protected JsonFields(String path, ObjectNode node) {
    this.path = path;
    this.node = node;
  }

  /**
   * Tells that a field has a value of the wrong type.
   *
   * @param expected what would be right, with its article
   */
  protected abstract void wrongType(String name, JsonNode value, String expected);

  /** Tells a field that nobody asked for; {@code legal} are the names that it could have. */
  protected abstract void unknown(String name, Collection<String> legal);

  /** Of the object in its document; empty for the document itself. */
  public final String path() {
    return path;
  }

  /** Where a field is. */
  public final String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Whether there is a value that is not null. */
  public final boolean has(String name) {
    return node.hasNonNull(name);
  }

  /** Whether there is a value, null included. */
  public final boolean isGiven(String name) {
    return node.has(name);
  }

  /** The first of the names that has a value that is not null, or the first of all. */
  public final String present(String... names) {
    known.addAll(List.of(names));
    for (String name : names) {
      if (has(name)) {
        return name;
      }
    }
    return names[0];
  }

  /** The value as it is, null included; {@code null} if there is none. */
  public final @Nullable JsonNode raw(String name) {
    known.add(name);
    return node.get(name);
  }

  /**
   * The value; {@code null} if there is none or, unless a subclass says otherwise, if it is null.
   */
  public @Nullable JsonNode get(String name) {
    JsonNode value = raw(name);
    return value == null || value.isNull() ? null : value;
  }

  /** A value of one type; {@code null} if there is none, or after a problem. */
  protected final <T> @Nullable T get(
      String name, String expected, Predicate<JsonNode> right, Function<JsonNode, T> read) {
    JsonNode value = get(name);
    if (value == null) {
      return null;
    }
    if (!right.test(value)) {
      wrongType(name, value, expected);
      return null;
    }
    return read.apply(value);
  }

  /** A string. */
  public @Nullable String text(String name) {
    return get(name, "a string", JsonNode::isTextual, JsonNode::textValue);
  }

  /** Tells the fields that nobody asked for. Their values may be secret and are not told. */
  public final void refuseUnknown(Collection<String> documented) {
    Set<String> legal = new TreeSet<>(known);
    legal.addAll(documented);
    tellUnknown(legal);
  }

  /** Tells the fields with other names than these, which are told in this order. */
  public final void tellUnknown(Collection<String> legal) {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!legal.contains(name)) {
                unknown(name, legal);
              }
            });
  }
}
