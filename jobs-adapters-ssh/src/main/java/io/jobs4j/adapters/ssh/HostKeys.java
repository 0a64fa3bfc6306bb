package io.jobs4j.adapters.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which host keys are good. The file of known hosts is read at each connection, so that what an
 * administrator changes counts at once. Safe for use by several threads.
 */
final class HostKeys {
  private static final Logger log = LoggerFactory.getLogger(HostKeys.class);

  /** Types of keys with a certificate. */
  private static final List<String> CERTIFICATES =
      Arrays.stream(KeyType.values())
          .filter(type -> type.getParent() != null)
          .map(KeyType::toString)
          .toList();

  private static final List<String> RSA_ALGORITHMS = List.of("rsa-sha2-512", "rsa-sha2-256");

  private final Path file;
  private final Map<String, Set<Pin>> pins;
  private final boolean acceptNew;
  private final Object writing = new Object();

  /**
   * @param file in the format of OpenSSH; need not exist
   * @param pins keys by {@link #name}; a host that is there is not looked up in the file
   * @param acceptNew whether a host that is not in the file is accepted, and written there
   */
  HostKeys(Path file, Map<String, Set<Pin>> pins, boolean acceptNew) {
    this.file = file;
    this.pins = Map.copyOf(pins);
    this.acceptNew = acceptNew;
  }

  /**
   * A key given in the configuration.
   *
   * @param type as in OpenSSH, such as {@code ssh-rsa}; {@code null} if only the fingerprint is
   *     known
   */
  record Pin(String fingerprint, @Nullable String type) {}

  /** The name by which a host is known, as OpenSSH writes it. */
  static String name(String host, int port) {
    String lower = host.toLowerCase(Locale.ROOT);
    return port == 22 ? lower : "[" + lower + "]:" + port;
  }

  /** The SHA-256 fingerprint as OpenSSH writes it. */
  static String fingerprint(PublicKey key) {
    return fingerprint(KnownHost.bytes(key));
  }

  private static String fingerprint(byte[] key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads a key given in the configuration.
   *
   * @param key a fingerprint, or a line of OpenSSH: type, base64 and what follows
   * @throws IllegalArgumentException if it is neither
   */
  static Pin pin(String key) {
    List<String> words = words(key);
    try {
      if (words.size() == 1 && words.get(0).matches("SHA256:[A-Za-z0-9+/]{43}=?")) {
        return new Pin(words.get(0).replace("=", ""), null);
      }
      if (words.size() >= 2) {
        return new Pin(fingerprint(Base64.getDecoder().decode(words.get(1))), words.get(0));
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "host key \"%s\" must be a fingerprint such as SHA256:..., or a line such as \"ssh-ed25519 AAAA...\""
            .formatted(key));
  }

  /** A check for one connection. */
  Check check() {
    return new Check();
  }

  /**
   * Checks the keys of one connection and keeps why it refused one. Confined to that connection.
   */
  final class Check implements HostKeyVerifier {
    private volatile @Nullable String refusal;

    private Check() {}

    /** Why a key was refused, for people; {@code null} if none was. */
    @Nullable String refusal() {
      return refusal;
    }

    @Override
    public boolean verify(String host, int port, PublicKey key) {
      String why = HostKeys.this.refuse(host, port, key);
      refusal = why;
      return why == null;
    }

    @Override
    public List<String> findExistingAlgorithms(String host, int port) {
      Set<Pin> pinned = pins.get(name(host, port));
      if (pinned != null) {
        return algorithms(pinned.stream().map(Pin::type).filter(Objects::nonNull).toList());
      }
      try {
        return algorithms(expectedTypes(host, port));
      } catch (IOException e) {
        // The check itself says what is wrong.
        return List.of();
      }
    }
  }

  /** Of the lines with the port; of those without it if there are none. */
  private List<String> expectedTypes(String host, int port) throws IOException {
    List<KnownHost> known =
        lines().stream()
            .flatMap(line -> Stream.ofNullable(KnownHost.read(line)))
            .filter(line -> line.marker() != KnownHost.Marker.REVOKED)
            .toList();
    for (String name : List.of(name(host, port), name(host, Endpoint.orUsual(0)))) {
      List<String> types =
          known.stream()
              .filter(line -> line.isAbout(name))
              .flatMap(
                  line ->
                      line.marker() == KnownHost.Marker.AUTHORITY
                          ? CERTIFICATES.stream()
                          : Stream.of(line.type()))
              .toList();
      if (!types.isEmpty()) {
        return types;
      }
    }
    return List.of();
  }

  /**
   * The algorithms for keys of these types. They have the same names, but RSA has newer ones too
   * (RFC 8332), and servers no longer have the one with its name.
   */
  private static List<String> algorithms(List<String> types) {
    Set<String> algorithms = new LinkedHashSet<>(types);
    if (algorithms.contains(KeyType.RSA.toString())) {
      algorithms.addAll(RSA_ALGORITHMS);
    }
    return List.copyOf(algorithms);
  }

  private @Nullable String refuse(String host, int port, PublicKey key) {
    String address = Endpoint.address(host, port);
    String came = KeyType.fromKey(key) + " " + fingerprint(key);
    Set<Pin> pinned = pins.get(name(host, port));
    if (pinned != null) {
      List<String> expected = pinned.stream().map(Pin::fingerprint).distinct().toList();
      return expected.contains(fingerprint(key))
          ? null
          : wrong(address, came, "the configuration says " + String.join(" or ", expected));
    }
    try {
      return refuseByFile(host, port, address, key, came);
    } catch (IOException e) {
      return "The host key of %s cannot be checked: %s cannot be read or written (%s)."
          .formatted(address, file, e);
    }
  }

  private @Nullable String refuseByFile(
      String host, int port, String address, PublicKey key, String came) throws IOException {
    Set<String> expected = new LinkedHashSet<>();
    boolean goodWithPort = false;
    boolean goodWithout = false;
    int number = 0;
    for (String line : lines()) {
      number++;
      KnownHost known = KnownHost.read(line);
      if (known == null) {
        continue;
      }
      boolean withPort = known.isAbout(name(host, port));
      // As OpenSSH has it, a key may be known without the port of its host.
      if (!withPort && !known.isAbout(name(host, Endpoint.orUsual(0)))) {
        continue;
      }
      if (known.revokes(key)) {
        return wrong(address, came, "line %s of %s revokes it".formatted(number, file));
      }
      if (known.vouchesFor(key)) {
        goodWithPort |= withPort;
        goodWithout |= !withPort;
      }
      if (withPort && known.marker() != KnownHost.Marker.REVOKED) {
        expected.add(
            "%s %s%s in line %s"
                .formatted(
                    known.type(),
                    known.marker() == KnownHost.Marker.AUTHORITY ? "authority " : "",
                    fingerprint(known.key()),
                    number));
      }
    }
    // Where a line has the port, those without it are about another server of that host.
    if (goodWithPort || (expected.isEmpty() && goodWithout)) {
      return null;
    }
    if (!expected.isEmpty()) {
      return wrong(address, came, "%s says %s".formatted(file, String.join(", ", expected)));
    }
    String line = name(host, port) + " " + openSsh(key);
    if (acceptNew) {
      remember(line);
      log.warn("Accepted the new host key of {}: {}; wrote it to {}", address, came, file);
      return null;
    }
    return ("The host %s is not known: it came with the key %s, and %s does not name it. If that is"
            + " its key, add the line \"%s\".")
        .formatted(address, came, file, line);
  }

  private static String wrong(String address, String came, String expected) {
    return ("The host key of %s is not the right one: it came with %s, but %s. The host may have a"
            + " new key, or somebody may be in between: ask who runs it before you change what is"
            + " expected.")
        .formatted(address, came, expected);
  }

  private static List<String> words(String line) {
    return List.of(line.strip().split("\\s+", -1));
  }

  private static String openSsh(PublicKey key) {
    return KeyType.fromKey(key) + " " + Base64.getEncoder().encodeToString(KnownHost.bytes(key));
  }

  private List<String> lines() throws IOException {
    try {
      // Comments may be in any encoding.
      return new ArrayList<>(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private void remember(String line) throws IOException {
    synchronized (writing) {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null && !Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      List<String> before = lines();
      if (!before.contains(line)) {
        boolean broken = Files.exists(file) && Files.size(file) > 0 && !endsInLine();
        Files.writeString(
            file,
            (broken ? "\n" : "") + line + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      }
    }
  }

  private boolean endsInLine() throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1).endsWith("\n");
  }
}
