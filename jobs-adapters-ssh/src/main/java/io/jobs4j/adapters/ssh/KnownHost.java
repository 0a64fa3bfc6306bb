package io.jobs4j.adapters.ssh;

import com.hierynomus.sshj.userauth.certificate.Certificate;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.schmizz.sshj.common.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A line of a file of known hosts, as sshd(8) describes it under "SSH_KNOWN_HOSTS FILE FORMAT".
 * Immutable.
 */
final class KnownHost {
  /** What a line is about. */
  enum Marker {
    NONE,
    /** Its key signs the certificates of hosts. */
    AUTHORITY,
    /** Its key is never good. */
    REVOKED
  }

  /** The type of a certificate of a host; those of users have another one. */
  private static final long OF_HOST = 2;

  private static final String HASHED = "|1|";

  private final Marker marker;
  private final String hosts;
  private final String type;
  private final byte[] key;

  private KnownHost(Marker marker, String hosts, String type, byte[] key) {
    this.marker = marker;
    this.hosts = hosts;
    this.type = type;
    this.key = key;
  }

  /** Reads a line; {@code null} if it is a comment or makes no sense. */
  static @Nullable KnownHost read(String line) {
    List<String> words = new ArrayList<>(List.of(line.strip().split("[ \t]+", -1)));
    Marker marker =
        switch (words.get(0)) {
          case "@cert-authority" -> Marker.AUTHORITY;
          case "@revoked" -> Marker.REVOKED;
          default -> Marker.NONE;
        };
    if (marker != Marker.NONE) {
      words.remove(0);
    }
    if (words.size() < 3 || words.get(0).startsWith("#") || words.get(0).startsWith("@")) {
      return null;
    }
    try {
      byte[] key = Base64.getDecoder().decode(words.get(2));
      // The type is in the key, too.
      return new Buffer.PlainBuffer(key).readString().equals(words.get(1))
          ? new KnownHost(marker, words.get(0), words.get(1), key)
          : null;
    } catch (IllegalArgumentException | Buffer.BufferException e) {
      return null;
    }
  }

  Marker marker() {
    return marker;
  }

  /** Of its key, such as {@code ssh-ed25519}. */
  String type() {
    return type;
  }

  byte[] key() {
    return key.clone();
  }

  /**
   * Whether the line is about a host: one of its patterns matches, and none that is negated.
   *
   * @param name as {@link HostKeys#name} writes it
   */
  boolean isAbout(String name) {
    if (hosts.startsWith(HASHED)) {
      return isHashOf(name);
    }
    boolean matched = false;
    for (String pattern : hosts.toLowerCase(Locale.ROOT).split(",", -1)) {
      boolean negated = pattern.startsWith("!");
      if (matches(negated ? pattern.substring(1) : pattern, name)) {
        if (negated) {
          return false;
        }
        matched = true;
      }
    }
    return matched;
  }

  private boolean isHashOf(String name) {
    String[] parts = hosts.substring(HASHED.length()).split("\\|", -1);
    if (parts.length != 2) {
      return false;
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(parts[0]), "HmacSHA1"));
      return MessageDigest.isEqual(
          mac.doFinal(name.getBytes(StandardCharsets.UTF_8)), Base64.getDecoder().decode(parts[1]));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  /** An asterisk stands for any text, a question mark for one character. */
  private static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int asterisk = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        asterisk = p++;
        resume = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (asterisk >= 0) {
        p = asterisk + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /**
   * Whether the line speaks for a key, if it is not {@linkplain #revokes revoked}: as the key of a
   * host, with a certificate or without, or as the one that signed its certificate, which must be
   * that of a host.
   */
  boolean vouchesFor(PublicKey shown) {
    return switch (marker) {
      case NONE -> isKeyOf(shown);
      case AUTHORITY ->
          shown instanceof Certificate<?> certificate
              && certificate.getType() == OF_HOST
              && signed(shown);
      case REVOKED -> false;
    };
  }

  /** Whether the line takes back a key, the key in a certificate, or the one that signed that. */
  boolean revokes(PublicKey shown) {
    return marker == Marker.REVOKED && (isKeyOf(shown) || signed(shown));
  }

  private boolean isKeyOf(PublicKey shown) {
    return Arrays.equals(key, bytes(shown))
        || (shown instanceof Certificate<?> certificate
            && Arrays.equals(key, bytes(certificate.getKey())));
  }

  private boolean signed(PublicKey shown) {
    return shown instanceof Certificate<?> certificate
        && Arrays.equals(key, certificate.getSignatureKey());
  }

  /** A key as SSH sends it. */
  static byte[] bytes(PublicKey key) {
    return new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
  }
}
