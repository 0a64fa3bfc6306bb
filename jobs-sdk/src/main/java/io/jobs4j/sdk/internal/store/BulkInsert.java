package io.jobs4j.sdk.internal.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Inserts rows many at a time. Statements of a few fixed sizes cover any number of rows, so that
 * each is prepared once; one of many rows costs a database little more than one of one row.
 */
final class BulkInsert {
  private static final int[] SIZES = {128, 32, 8, 1};

  private final int columns;
  private final List<String> statements;

  /** Into {@code columns} of a table; rows give their values in the same order. */
  BulkInsert(String table, List<String> columns) {
    this.columns = columns.size();
    String row = "(" + String.join(", ", columns.stream().map(column -> "?").toList()) + ")";
    this.statements =
        IntStream.of(SIZES)
            .mapToObj(
                size ->
                    "INSERT INTO %s (%s) VALUES %s"
                        .formatted(
                            table,
                            String.join(", ", columns),
                            Stream.generate(() -> row)
                                .limit(size)
                                .collect(Collectors.joining(", "))))
            .toList();
  }

  void insert(Session session, List<@Nullable Object[]> rows) throws SQLException {
    int done = 0;
    for (int i = 0; i < SIZES.length; i++) {
      while (rows.size() - done >= SIZES[i]) {
        PreparedStatement statement = session.statement(statements.get(i));
        int parameter = 1;
        for (Object[] row : rows.subList(done, done + SIZES[i])) {
          for (int column = 0; column < columns; column++) {
            statement.setObject(parameter++, row[column]);
          }
        }
        statement.executeUpdate();
        done += SIZES[i];
      }
    }
  }
}
