package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Tells what bears the names of our tables, indexes and sequences in a schema from what is ours.
 * Ours begins with the table of the scripts that have run, and each table has the columns with
 * which its script makes it; a script that takes one away has to do with that here.
 */
public final class Inventory {
  private static final Pattern MADE =
      Pattern.compile("(?:IF NOT EXISTS|CONSTRAINT) \\{(?:prefix})?(\\w+)");

  private static final Pattern TABLE =
      Pattern.compile("CREATE TABLE IF NOT EXISTS \\{(\\w+)} \\((.*?)\\n\\)", Pattern.DOTALL);

  private static final Pattern COLUMN = Pattern.compile("\\n {2}([a-z]\\w*) ");

  /** Without the prefix. */
  private static final String OWN_SCRIPTS = "schema";

  private final Dialect dialect;
  private final Names names;

  /** All that the statements make, without the prefix. */
  private final Set<String> made = new TreeSet<>();

  /** The columns of the tables among it. */
  private final Map<String, Set<String>> tables = new TreeMap<>();

  /**
   * An inventory.
   *
   * @param statements all that make something
   */
  public Inventory(Dialect dialect, Names names, Collection<String> statements) {
    this.dialect = dialect;
    this.names = names;
    for (String sql : statements) {
      made.addAll(found(MADE, sql));
      TABLE
          .matcher(sql)
          .results()
          .forEach(table -> tables.put(table.group(1), found(COLUMN, table.group(2))));
    }
  }

  private static Set<String> found(Pattern pattern, String sql) {
    return pattern
        .matcher(sql)
        .results()
        .map((MatchResult result) -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The columns with which each table is made, by the names without the prefix. */
  public Map<String, Set<String>> tables() {
    return tables;
  }

  /** All that is made, by the names without the prefix. */
  Set<String> made() {
    return made;
  }

  /**
   * Makes sure that the schema exists and has nothing of others under our names. Changes nothing.
   *
   * @throws StoreException if it is not so, with what is in the way
   */
  void requireOwn(Handle handle) {
    boolean upper = storesUpperCase(handle);
    String schema = schema(handle, upper);
    List<String> candidates =
        made.stream().map(name -> stored(names.prefix() + name, upper)).toList();
    Set<String> there = relations(handle, schema, candidates);
    // Read after the other, so that a table that another engine has just made has its columns.
    Map<String, Set<String>> columns = columns(handle, schema, candidates);
    List<String> foreign = new ArrayList<>();
    boolean ours = hasColumns(OWN_SCRIPTS, columns);
    for (String name : made) {
      boolean own = ours && (!tables.containsKey(name) || hasColumns(name, columns));
      if (there.contains(names.prefix() + name) && !own) {
        foreign.add(names.prefix() + name);
      }
    }
    if (!foreign.isEmpty()) {
      throw new StoreException(
          ("The schema %s has what bears names of this engine's tables and is not its own: %s."
                  + " Nothing was changed. Give the engine another tablePrefix or schema.")
              .formatted(schema.toLowerCase(Locale.ROOT), String.join(", ", foreign)));
    }
  }

  private boolean hasColumns(String table, Map<String, Set<String>> columns) {
    return columns
        .getOrDefault(names.prefix() + table, Set.of())
        .containsAll(tables.getOrDefault(table, Set.of()));
  }

  private String schema(Handle handle, boolean upper) {
    String given = names.schema();
    if (given == null) {
      return handle.createQuery("SELECT {current_schema}").mapTo(String.class).findOne().orElse("");
    }
    String schema = stored(given, upper);
    boolean exists =
        handle
            .createQuery(
                "SELECT schema_name FROM information_schema.schemata WHERE schema_name = :schema")
            .bind("schema", schema)
            .mapTo(String.class)
            .findOne()
            .isPresent();
    if (!exists) {
      throw new StoreException(
          "The database has no schema %s, or its user may not use it; engines make none."
              .formatted(given));
    }
    return schema;
  }

  private Set<String> relations(Handle handle, String schema, List<String> candidates) {
    return handle
        .createQuery(
            "SELECT name FROM (%s) AS relation (name) WHERE name IN (<names>)"
                .formatted(dialect.relations()))
        .bind("schema", schema)
        .bindList("names", candidates)
        .mapTo(String.class)
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }

  private Map<String, Set<String>> columns(Handle handle, String schema, List<String> candidates) {
    Map<String, Set<String>> columns = new HashMap<>();
    handle
        .createQuery(dialect.columns())
        .bind("schema", schema)
        .bindList("names", candidates)
        .map((row, context) -> Map.entry(row.getString(1), row.getString(2)))
        .forEach(
            column ->
                columns
                    .computeIfAbsent(
                        column.getKey().toLowerCase(Locale.ROOT), table -> new HashSet<>())
                    .add(column.getValue().toLowerCase(Locale.ROOT)));
    return columns;
  }

  private static boolean storesUpperCase(Handle handle) {
    try {
      return handle.getConnection().getMetaData().storesUpperCaseIdentifiers();
    } catch (SQLException e) {
      throw new StoreException("The database does not say what it is: " + e.getMessage(), e);
    }
  }

  /** How the database stores a name that is not quoted. */
  private static String stored(String name, boolean upper) {
    return upper ? name.toUpperCase(Locale.ROOT) : name;
  }
}
