package io.jobs4j.sdk.internal.sql;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.statement.DefinedAttributeTemplateEngine;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.jspecify.annotations.Nullable;

/**
 * What the tables, indexes, sequences and the notification channel are called in a database. SQL
 * names them in braces: <code>{job}</code> is the table of jobs, with schema and prefix; <code>
 * {prefix}</code> is the prefix alone; <code>{current_schema}</code> is an expression that gives
 * the name of the schema. Statements are resolved when they are prepared, not each time that they
 * are executed.
 *
 * @param prefix with which each name begins
 * @param schema the schema; {@code null} for that which a connection has by itself
 */
public record Names(String prefix, @Nullable String schema) {
  private static final int LONGEST_NAME = 63;

  /** The channel is the prefix and 32 characters; no other name is longer. */
  private static final int LONGEST_PREFIX = 30;

  private static final Pattern IDENTIFIER = Pattern.compile("[a-z][a-z0-9_]*");
  private static final Pattern IN_BRACES = Pattern.compile("\\{([a-z_]+)}");

  /** What holds when nobody says otherwise. */
  public static final Names DEFAULT = new Names("jobs4j_", null);

  /**
   * Names with a prefix, in a schema.
   *
   * @throws IllegalArgumentException if either is not as it must be
   */
  public Names {
    requireIdentifier("tablePrefix", prefix, LONGEST_PREFIX);
    if (schema != null) {
      requireIdentifier("schema", schema, LONGEST_NAME);
    }
  }

  /** The same with another prefix. */
  public Names withPrefix(String other) {
    return new Names(other, schema);
  }

  /** The same in another schema. */
  public Names withSchema(String other) {
    return new Names(prefix, other);
  }

  private static void requireIdentifier(String what, String name, int longest) {
    if (name.length() > longest || !IDENTIFIER.matcher(name).matches()) {
      throw new IllegalArgumentException(
          ("%s \"%s\" must begin with a letter, have lower-case letters, digits and underscores"
                  + " only, and be no longer than %s characters")
              .formatted(what, name, longest));
    }
  }

  /** A statement with the names that it has in braces. */
  public String resolve(String sql) {
    return IN_BRACES.matcher(sql).replaceAll(found -> named(found.group(1)));
  }

  /** Has the statements of a database resolved. */
  public Jdbi on(Jdbi jdbi) {
    return jdbi.configure(SqlStatements.class, all -> all.setTemplateEngine(new Naming(this)));
  }

  private record Naming(Names names) implements TemplateEngine.Parsing {
    @Override
    public Optional<Function<StatementContext, String>> parse(String sql, ConfigRegistry config) {
      return new DefinedAttributeTemplateEngine().parse(names.resolve(sql), config);
    }
  }

  private String named(String word) {
    return switch (word) {
      case "prefix" -> prefix;
      case "current_schema" -> schema == null ? "CURRENT_SCHEMA" : "'" + schema + "'";
      default -> (schema == null ? "" : schema + ".") + prefix + word;
    };
  }
}
