package io.jobs4j.sdk.internal.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Updates many rows at once, each by its key and with values of its own. Where a database unnests
 * arrays, one statement does for any number of rows; elsewhere they are sent together.
 */
final class BulkUpdate {
  private final List<Column> values;
  private final String fromArrays;
  private final String single;

  /**
   * An update of a table.
   *
   * @param key column by which a row is found
   * @param assignments what is set, with {@code %s} for the new value, of the given type
   */
  BulkUpdate(String table, String key, List<Column> assignments) {
    this.values = new ArrayList<>(assignments);
    values.add(Column.number(key));
    List<String> fromRow = new ArrayList<>();
    List<String> fromParameter = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Column assignment : assignments) {
      String name = "v" + names.size();
      names.add(name);
      fromRow.add(assignment.name().formatted("given." + name));
      fromParameter.add(assignment.name().formatted("CAST(? AS " + assignment.type().sql() + ")"));
    }
    names.add("v_key");
    this.fromArrays =
        // The keys once more by themselves, so that rows are found by them whatever the planner
        // believes of the table.
        ("UPDATE %s SET %s FROM %s AS given (%s)"
                + " WHERE %s.%s = given.v_key AND %5$s.%6$s = ANY(CAST(? AS BIGINT[]))")
            .formatted(
                table,
                String.join(", ", fromRow),
                BulkInsert.unnested(values),
                names.stream().collect(Collectors.joining(", ")),
                table,
                key);
    this.single =
        "UPDATE %s SET %s WHERE %s = ?".formatted(table, String.join(", ", fromParameter), key);
  }

  /** Updates rows, none of them twice: values in the order of the assignments, and then the key. */
  void update(Session session, List<@Nullable Object[]> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    if (session.unnests()) {
      PreparedStatement statement = session.statement(fromArrays);
      session.setArrays(statement, values, rows);
      List<Long> keys = rows.stream().map(row -> (Long) row[values.size() - 1]).toList();
      statement.setArray(values.size() + 1, session.numbers(keys));
      statement.executeUpdate();
      return;
    }
    PreparedStatement statement = session.statement(single);
    for (Object[] row : rows) {
      for (int column = 0; column < row.length; column++) {
        statement.setObject(column + 1, row[column]);
      }
      statement.addBatch();
    }
    statement.executeBatch();
  }
}
