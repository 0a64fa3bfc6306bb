package io.jobs4j.sdk.internal.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Inserts many rows at once. Where a database unnests arrays, one statement does for any number of
 * rows; elsewhere statements of a few fixed sizes cover it, so that each is prepared once.
 */
public final class BulkInsert {
  private static final int[] SIZES = {128, 32, 8, 1};

  private final List<Column> columns;
  private final String fromArrays;
  private final List<String> fromValues;

  /** Into {@code columns} of a table; rows give their values in the same order. */
  public BulkInsert(String table, List<Column> columns) {
    this.columns = columns;
    String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
    String row = "(" + columns.stream().map(column -> "?").collect(Collectors.joining(", ")) + ")";
    this.fromArrays =
        "INSERT INTO %s (%s) SELECT * FROM %s".formatted(table, names, unnested(columns));
    this.fromValues =
        IntStream.of(SIZES)
            .mapToObj(
                size ->
                    "INSERT INTO %s (%s) VALUES %s"
                        .formatted(
                            table,
                            names,
                            Stream.generate(() -> row)
                                .limit(size)
                                .collect(Collectors.joining(", "))))
            .toList();
  }

  /** Parameters that are arrays, a column each, as rows. */
  public static String unnested(List<Column> columns) {
    return columns.stream()
        .map(column -> "CAST(? AS " + column.type().sql() + "[])")
        .collect(Collectors.joining(", ", "unnest(", ")"));
  }

  /** Inserts rows, perhaps {@link Session#later later}. */
  public void insert(Session session, List<@Nullable Object[]> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    if (session.unnests()) {
      session.later(fromArrays, session.arrays(columns, rows));
    } else {
      insertValues(session, rows);
    }
  }

  private void insertValues(Session session, List<@Nullable Object[]> rows) throws SQLException {
    int done = 0;
    for (int i = 0; i < SIZES.length; i++) {
      while (rows.size() - done >= SIZES[i]) {
        PreparedStatement statement = session.statement(fromValues.get(i));
        int parameter = 1;
        for (Object[] row : rows.subList(done, done + SIZES[i])) {
          for (int column = 0; column < columns.size(); column++) {
            statement.setObject(parameter++, row[column]);
          }
        }
        statement.executeUpdate();
        done += SIZES[i];
      }
    }
  }
}
