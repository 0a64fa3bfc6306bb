package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A numbered script that changes the schema. It never changes once it is released.
 *
 * @param name what it is called in the jar and in the database
 * @param sql its statements, before {@link Names names} are resolved
 */
public record Script(String name, String sql) {
  /** In order; a new script goes at the end. */
  private static final List<String> ALL = List.of("V001__baseline.<dialect>.sql");

  /** The scripts of this version, in order. */
  public static List<Script> of(Dialect dialect) {
    return ALL.stream().map(name -> read(name.replace("<dialect>", dialect.suffix()))).toList();
  }

  private static Script read(String name) {
    try (InputStream stream = Script.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new Script(name, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
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
