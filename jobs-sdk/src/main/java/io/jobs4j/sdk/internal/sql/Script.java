package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A numbered script that changes the schema. It never changes once it is released.
 *
 * <p>The first is {@code V001}, and each next one has the next number. It is one file for all
 * databases, {@code V002.sql}, or one for each, {@code V002.h2.sql} and {@code
 * V002.postgresql.sql}.
 *
 * @param name what it is called in the jar and in the database
 * @param sql its statements, before {@link Names names} are resolved
 */
public record Script(String name, String sql) {
  /** The scripts of this version, in order. */
  public static List<Script> of(Dialect dialect) {
    List<Script> scripts = new ArrayList<>();
    Script next = numbered(1, dialect);
    while (next != null) {
      scripts.add(next);
      next = numbered(scripts.size() + 1, dialect);
    }
    if (scripts.isEmpty()) {
      throw new IllegalStateException("the scripts of the schema are not in the jar");
    }
    return List.copyOf(scripts);
  }

  private static @Nullable Script numbered(int number, Dialect dialect) {
    String digits = Integer.toString(number);
    String prefix = "V" + "0".repeat(Math.max(0, 3 - digits.length())) + digits;
    Script ofAll = read(prefix + ".sql");
    Script ofOne = read(prefix + "." + dialect.name() + ".sql");
    if (ofAll != null && ofOne != null) {
      throw new IllegalStateException(ofAll.name + " and " + ofOne.name + " have one number");
    }
    return ofAll == null ? ofOne : ofAll;
  }

  private static @Nullable Script read(String name) {
    try (InputStream stream = Script.class.getResourceAsStream(name)) {
      return stream == null
          ? null
          : new Script(name, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new StoreException(name + " cannot be read.", e);
    }
  }

  /** Is the same in all databases, whatever their names are. */
  String checksum() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(sql.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
