package io.jobs4j.core.internal.text;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A map that is read from its text when somebody looks into it first, so that whoever does not look
 * need not read it, and does not hear of it if it is no map. Immutable; safe for use by several
 * threads.
 *
 * @param <V> the type of its values
 */
public final class LazyMap<V> extends AbstractMap<String, V> {
  private final String text;
  private final Function<String, Map<String, V>> reader;

  /** Two threads may read it at once; they read the same. */
  private volatile @Nullable Map<String, V> entries;

  /**
   * A map.
   *
   * @param reader makes it of the text; its values must not change
   */
  public LazyMap(String text, Function<String, Map<String, V>> reader) {
    this.text = text;
    this.reader = reader;
  }

  /** What it is read from. */
  public String text() {
    return text;
  }

  private Map<String, V> entries() {
    Map<String, V> known = entries;
    if (known == null) {
      known = Collections.unmodifiableMap(reader.apply(text));
      entries = known;
    }
    return known;
  }

  @Override
  public Set<Entry<String, V>> entrySet() {
    return entries().entrySet();
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return entries().containsKey(key);
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    return entries().get(key);
  }
}
