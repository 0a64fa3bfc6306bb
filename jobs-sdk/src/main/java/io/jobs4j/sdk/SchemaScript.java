package io.jobs4j.sdk;

import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.SchemaText;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The statements that make an engine's tables, for a database whose user may make none. They are to
 * be run once, in one transaction where the database has that, by a user of the database who then
 * lets the engine's read and write the tables and use the sequence.
 *
 * <p>It can be run too: {@code java -cp ... io.jobs4j.sdk.SchemaScript postgresql [prefix
 * [schema]]}.
 */
public enum SchemaScript {
  /** For H2. */
  H2,
  /** For PostgreSQL. */
  POSTGRESQL;

  /** The statements for tables with the prefix that engines have by default. */
  public String text() {
    return SchemaText.of(name(), Names.DEFAULT);
  }

  /**
   * The statements for tables with a prefix.
   *
   * @throws IllegalArgumentException as {@link JobsEngineBuilder#tablePrefix}
   */
  public String text(String tablePrefix) {
    return SchemaText.of(name(), Names.DEFAULT.withPrefix(tablePrefix));
  }

  /**
   * The statements for tables with a prefix in a schema.
   *
   * @throws IllegalArgumentException as {@link JobsEngineBuilder#tablePrefix} and {@link
   *     JobsEngineBuilder#schema}
   */
  public String text(String tablePrefix, String schema) {
    return SchemaText.of(name(), new Names(tablePrefix, schema));
  }

  /** Prints the statements to the standard output: database, prefix and schema. */
  public static void main(String[] arguments) {
    List<String> words = List.of(arguments);
    if (words.isEmpty() || words.size() > 3) {
      throw new IllegalArgumentException("expected: h2|postgresql [tablePrefix [schema]]");
    }
    SchemaScript script = valueOf(words.get(0).toUpperCase(Locale.ROOT));
    String text =
        switch (words.size()) {
          case 1 -> script.text();
          case 2 -> script.text(words.get(1));
          default -> script.text(words.get(1), words.get(2));
        };
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    out.print(text);
    out.flush();
  }
}
