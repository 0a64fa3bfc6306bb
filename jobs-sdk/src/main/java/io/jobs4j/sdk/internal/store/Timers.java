package io.jobs4j.sdk.internal.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When jobs that rest are due. Safe for use by several threads. Methods throw {@link
 * io.jobs4j.sdk.StoreException} when the database fails.
 */
public final class Timers {
  private static final OffsetDateTime LONG_AGO = OffsetDateTime.parse("1970-01-01T00:00:00Z");
  private static final int AT_ONCE = 1000;

  private final StoreWriter writer;
  private final StoreReader reader;
  private final StoreClock clock;

  Timers(StoreWriter writer, StoreReader reader, StoreClock clock) {
    this.writer = writer;
    this.reader = reader;
    this.clock = clock;
  }

  /** Makes jobs ready whose time has come; returns how many. */
  public int wakeDue() {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    return writer.write(
        session -> {
          List<Long> ids = new ArrayList<>();
          PreparedStatement select =
              session.lockFirst(
                  "{job_queue}", "job_id", "job_id", "due_at > ? AND due_at <= ?", "due_at");
          select.setObject(1, LONG_AGO);
          select.setObject(2, now);
          select.setInt(3, AT_ONCE);
          try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              ids.add(rows.getLong(1));
            }
          }
          if (!ids.isEmpty()) {
            PreparedStatement update =
                session.statement(
                    """
                    UPDATE {job_queue} SET state = 'R', engine = NULL, due_at = NULL
                    WHERE job_id = ANY(?) AND state <> 'L'""");
            update.setArray(1, session.numbers(ids));
            update.executeUpdate();
            session.announcements().ready();
          }
          return ids.size();
        });
  }

  /** When the time of the next job comes; empty if none has one. It may have come already. */
  public Optional<Instant> next() {
    return reader.read(
        handle ->
            handle
                .createQuery(
                    "SELECT due_at FROM {job_queue} WHERE due_at > :past ORDER BY due_at LIMIT 1")
                .bind("past", LONG_AGO)
                .mapTo(Instant.class)
                .findOne());
  }
}
