package io.jobs4j.sdk.internal.sql;

import java.util.Locale;

/** The statements that make the tables, as text for whoever runs them by other means. */
public final class SchemaText {
  private SchemaText() {}

  /**
   * All statements, with a note of each script so that engines know that it has run.
   *
   * @param dialect of which database: {@code h2} or {@code postgresql}
   */
  public static String of(String dialect, Names names) {
    Dialect known = Dialect.named(dialect.toLowerCase(Locale.ROOT));
    StringBuilder text = new StringBuilder();
    for (String statement : known.foundation()) {
      text.append(statement).append(";\n\n");
    }
    for (Script script : Script.of(known)) {
      text.append(script.sql())
          .append("\nINSERT INTO {schema} (script, checksum) VALUES ('")
          .append(script.name())
          .append("', '")
          .append(script.checksum())
          .append("');\n");
    }
    return names.resolve(text.toString());
  }
}
