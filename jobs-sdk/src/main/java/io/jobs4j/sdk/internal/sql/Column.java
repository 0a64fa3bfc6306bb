package io.jobs4j.sdk.internal.sql;

/**
 * A column to which many rows give values at once.
 *
 * @param name as in the table
 * @param type of its values
 */
public record Column(String name, Type type) {
  /** Types as all databases know them, and by the name that PostgreSQL has for their arrays. */
  enum Type {
    NUMBER("BIGINT", "int8"),
    SMALL_NUMBER("INTEGER", "int4"),
    DECIMAL("DOUBLE PRECISION", "float8"),
    FLAG("BOOLEAN", "bool"),
    TEXT("VARCHAR", "varchar"),
    TIME("TIMESTAMP(3) WITH TIME ZONE", "timestamptz");

    private final String sql;
    private final String element;

    Type(String sql, String element) {
      this.sql = sql;
      this.element = element;
    }

    String sql() {
      return sql;
    }

    String element() {
      return element;
    }
  }

  public static Column number(String name) {
    return new Column(name, Type.NUMBER);
  }

  public static Column smallNumber(String name) {
    return new Column(name, Type.SMALL_NUMBER);
  }

  public static Column decimal(String name) {
    return new Column(name, Type.DECIMAL);
  }

  public static Column flag(String name) {
    return new Column(name, Type.FLAG);
  }

  public static Column text(String name) {
    return new Column(name, Type.TEXT);
  }

  public static Column time(String name) {
    return new Column(name, Type.TIME);
  }
}
