package io.jobs4j.sdk.internal.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Updates many rows at once, each by its key and with values of its own. Where a database unnests
 * arrays, one statement does for any number of rows; elsewhere they are sent together.
 */
public final class BulkUpdate {
  private final List<Column> values;
  private final boolean guarded;
  private final String fromArrays;
  private final String single;

  /**
   * An update of a table.
   *
   * @param key column by which a row is found
   * @param assignments what is set, with {@code %s} for the new value, of the given type
   */
  public BulkUpdate(String table, String key, List<Column> assignments) {
    this(table, key, assignments, null);
  }

  /**
   * An update of a table that leaves out rows that have changed.
   *
   * @param key column by which a row is found
   * @param assignments what is set, with {@code %s} for the new value, of the given type
   * @param guard a column that must have the given value; {@code null} if none must
   */
  public BulkUpdate(String table, String key, List<Column> assignments, @Nullable Column guard) {
    this.values = new ArrayList<>(assignments);
    this.guarded = guard != null;
    List<String> fromRow = new ArrayList<>();
    List<String> fromParameter = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Column assignment : assignments) {
      String name = "v" + names.size();
      names.add(name);
      fromRow.add(assignment.name().formatted("given." + name));
      fromParameter.add(assignment.name().formatted("CAST(? AS " + assignment.type().sql() + ")"));
    }
    if (guard != null) {
      values.add(guard);
      names.add("v_guard");
    }
    values.add(Column.number(key));
    names.add("v_key");
    this.fromArrays =
        // The keys once more by themselves, so that rows are found by them whatever the planner
        // believes of the table.
        ("UPDATE %1$s AS stored SET %2$s FROM %3$s AS given (%4$s)"
                + " WHERE stored.%5$s = given.v_key AND stored.%5$s = ANY(CAST(? AS BIGINT[]))%6$s")
            .formatted(
                table,
                String.join(", ", fromRow),
                BulkInsert.unnested(values),
                String.join(", ", names),
                key,
                guard == null
                    ? ""
                    : " AND stored.%s = given.v_guard RETURNING stored.%s"
                        .formatted(guard.name(), key));
    this.single =
        "UPDATE %s SET %s WHERE %s%s = ?"
            .formatted(
                table,
                String.join(", ", fromParameter),
                guard == null ? "" : guard.name() + " = ? AND ",
                key);
  }

  /** Is told the keys of rows that were left out because of the guard. */
  public interface Guard {
    void left(Set<Long> keys);
  }

  /**
   * Updates rows by their keys alone, none of them twice, perhaps {@link Session#later later}:
   * values in the order of the assignments, then the key.
   */
  public void update(Session session, List<@Nullable Object[]> rows) throws SQLException {
    update(session, rows, left -> {});
  }

  /**
   * Updates rows, none of them twice, perhaps {@link Session#later later}: values in the order of
   * the assignments, then that of the guard if there is one, and then the key.
   */
  public void update(Session session, List<@Nullable Object[]> rows, Guard guard)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    List<Long> keys = rows.stream().map(row -> (Long) row[values.size() - 1]).toList();
    if (session.unnests()) {
      List<@Nullable Object> parameters = session.arrays(values, rows);
      parameters.add(session.numbers(keys));
      session.later(
          fromArrays,
          parameters,
          (updated, count) -> {
            if (updated != null) {
              Set<Long> left = new HashSet<>(keys);
              while (updated.next()) {
                left.remove(updated.getLong(1));
              }
              guard.left(left);
            }
          });
      return;
    }
    PreparedStatement statement = session.statement(single);
    for (Object[] row : rows) {
      for (int column = 0; column < row.length; column++) {
        statement.setObject(column + 1, row[column]);
      }
      statement.addBatch();
    }
    int[] counts = statement.executeBatch();
    if (guarded) {
      Set<Long> left = new HashSet<>();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] == 0) {
          left.add(keys.get(i));
        }
      }
      guard.left(left);
    }
  }
}
