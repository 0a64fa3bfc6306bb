package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hierynomus.sshj.userauth.certificate.Certificate;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.schmizz.sshj.common.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostKeysTest {
  private static final PublicKey KEY = key();
  private static final PublicKey OTHER = key();

  @TempDir private Path directory;

  @Test
  void aKnownKeyIsGood() throws Exception {
    known("# comment", "login.example.com " + line(KEY), "[login.example.com]:2222 " + line(OTHER));

    assertThat(refusal("login.example.com", 22, KEY)).isNull();
    assertThat(refusal("LOGIN.example.com", 2222, OTHER)).isNull();
  }

  @Test
  void aHashedNameIsAName() throws Exception {
    byte[] salt = new byte[20];
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(salt, "HmacSHA1"));
    String hash =
        "|1|%s|%s"
            .formatted(
                Base64.getEncoder().encodeToString(salt),
                Base64.getEncoder()
                    .encodeToString(mac.doFinal("[h]:2222".getBytes(StandardCharsets.US_ASCII))));
    known(hash + " " + line(KEY));

    assertThat(refusal("h", 2222, KEY)).isNull();
    assertThat(refusal("h", 2222, OTHER)).contains("line 1");
    assertThat(refusal("h", 22, KEY)).contains("is not known");
  }

  @Test
  void aChangedKeyIsRefusedWithWhatCameAndWhatWasExpectedWhere() throws Exception {
    known("", "other " + line(OTHER), "h,h2 " + line(KEY));

    assertThat(refusal("h", 22, OTHER))
        .isEqualTo(
            "The host key of h:22 is not the right one: it came with ssh-ed25519 %s, but %s says"
                    .formatted(HostKeys.fingerprint(OTHER), file())
                + " ssh-ed25519 %s in line 3. The host may have a new key, or somebody may be in"
                    .formatted(HostKeys.fingerprint(KEY))
                + " between: ask who runs it before you change what is expected.");
  }

  @Test
  void anUnknownHostIsRefusedWithTheLineToAdd() {
    assertThat(refusal("h", 2222, KEY))
        .contains("h:2222 is not known")
        .contains("ssh-ed25519 " + HostKeys.fingerprint(KEY))
        .contains(file() + " does not name it")
        .contains("add the line \"[h]:2222 " + line(KEY) + "\"");
  }

  @Test
  void aRevokedKeyIsNeverGood() throws Exception {
    known("h " + line(KEY), "@revoked * " + line(KEY));

    assertThat(refusal("h", 22, KEY)).contains("line 2 of " + file() + " revokes it");
    known("@revoked * " + line(OTHER), "h " + line(KEY));
    assertThat(refusal("h", 22, KEY)).isNull();
  }

  @Test
  void aRevokedKeyRevokesCertificates() throws Exception {
    PublicKey authority = key();
    PublicKey certificate = certificate(KEY, authority);
    known("@cert-authority * " + line(authority));
    assertThat(refusal("h", 22, certificate)).isNull();

    known("@cert-authority * " + line(authority), "@revoked * " + line(authority));
    assertThat(refusal("h", 22, certificate)).contains("line 2 of " + file() + " revokes it");
    known("@revoked h " + line(KEY), "@cert-authority * " + line(authority));
    assertThat(refusal("h", 22, certificate)).contains("line 1 of " + file() + " revokes it");
    known("@revoked * " + line(OTHER), "@cert-authority * " + line(authority));
    assertThat(refusal("h", 22, certificate)).isNull();
  }

  @Test
  void patternsStandForNames() throws Exception {
    known("Login*.Example.com,n?de,!login9.* " + line(KEY));

    for (String host : List.of("login1.example.com", "LOGIN.example.com", "node")) {
      assertThat(refusal(host, 22, KEY)).as(host).isNull();
      assertThat(refusal(host, 22, OTHER)).as(host).contains("not the right one");
    }
    for (String host :
        List.of(
            "login9.example.com", "login1.example.org", "xlogin1.example.com", "nde", "noode")) {
      assertThat(refusal(host, 22, KEY)).as(host).contains("is not known");
    }
    known("[*.example.com]:2222,!*,* " + line(KEY));
    assertThat(refusal("a.example.com", 2222, KEY)).contains("is not known");
    known("[*.example.com]:22?? " + line(KEY));
    assertThat(refusal("a.example.com", 2222, KEY)).isNull();
    assertThat(refusal("a.example.com", 22, KEY)).contains("is not known");
  }

  @Test
  void aLineWithANegatedPatternAloneIsAboutNoHost() throws Exception {
    PublicKey authority = key();
    known("@cert-authority !bad.example.com " + line(authority));
    assertThat(refusal("h", 22, certificate(KEY, authority))).contains("is not known");

    known("@cert-authority *.example.com,!bad.example.com " + line(authority));
    assertThat(refusal("bad.example.com", 22, certificate(KEY, authority)))
        .contains("is not known");
    assertThat(refusal("h", 22, certificate(KEY, authority))).contains("is not known");
    assertThat(refusal("good.example.com", 22, certificate(KEY, authority))).isNull();
  }

  @Test
  void aKeyMayBeKnownWithoutThePort() throws Exception {
    known("h " + line(KEY));
    assertThat(refusal("h", 2222, KEY)).isNull();
    assertThat(refusal("h", 2222, OTHER)).contains("is not known");

    known("h " + line(KEY), "[h]:2222 " + line(OTHER));
    assertThat(refusal("h", 2222, OTHER)).isNull();
    assertThat(refusal("h", 2222, KEY)).contains("not the right one").contains("in line 2");
    assertThat(refusal("h", 22, KEY)).isNull();
    known("@revoked [h]:2222 " + line(OTHER), "h " + line(KEY));
    assertThat(refusal("h", 2222, KEY)).isNull();
    known("@revoked h " + line(KEY), "[h]:2222 " + line(KEY));
    assertThat(refusal("h", 2222, KEY)).contains("revokes it");

    PublicKey authority = key();
    known("@cert-authority *.example.com " + line(authority));
    assertThat(refusal("a.example.com", 2222, certificate(KEY, authority))).isNull();
  }

  @Test
  void anyOfSeveralAuthoritiesIsEnough() throws Exception {
    PublicKey first = key();
    PublicKey second = key();
    known("@cert-authority h " + line(first), "@cert-authority * " + line(second));
    assertThat(refusal("h", 22, certificate(KEY, first))).isNull();
    assertThat(refusal("h", 22, certificate(KEY, second))).isNull();
    assertThat(refusal("h", 22, certificate(KEY, OTHER)))
        .contains("ssh-ed25519 authority " + HostKeys.fingerprint(first) + " in line 1")
        .contains("ssh-ed25519 authority " + HostKeys.fingerprint(second) + " in line 2");

    known(
        "@cert-authority * " + line(first),
        "@cert-authority * " + line(second),
        "@revoked * " + line(second));
    assertThat(refusal("h", 22, certificate(KEY, first))).isNull();
    assertThat(refusal("h", 22, certificate(KEY, second))).contains("line 3");
  }

  @Test
  void theKeyOfAnAuthorityIsNoHostKeyAndOtherKeysSignNothing() throws Exception {
    known("@cert-authority h " + line(KEY));
    assertThat(refusal("h", 22, KEY)).contains("not the right one");

    known("h " + line(OTHER));
    assertThat(refusal("h", 22, certificate(KEY, OTHER))).contains("not the right one");
    // A host whose key is known may have it certified by whom it likes.
    known("h " + line(KEY));
    assertThat(refusal("h", 22, certificate(KEY, OTHER))).isNull();
  }

  @Test
  void anAuthorityVouchesForCertificatesOfHostsAlone() throws Exception {
    PublicKey authority = key();
    known("@cert-authority * " + line(authority));
    assertThat(refusal("h", 22, certificate(KEY, authority, 1))).contains("not the right one");

    known("@cert-authority * " + line(authority), "@revoked * " + line(KEY));
    assertThat(refusal("h", 22, certificate(KEY, authority, 1))).contains("revokes it");
  }

  @Test
  void commentsMayBeInAnyEncoding() throws Exception {
    Files.write(
        file(),
        ("# caf\u00e9\nh " + line(KEY) + " of Ren\u00e9\n").getBytes(StandardCharsets.ISO_8859_1));

    assertThat(refusal("h", 22, KEY)).isNull();
  }

  @Test
  void hostsAreAskedForKeysOfTheTypesThatAreExpected() throws Exception {
    String rsa = rsaLine();
    known("h " + rsa);
    assertThat(algorithms(Map.of()))
        .containsExactlyInAnyOrder("ssh-rsa", "rsa-sha2-512", "rsa-sha2-256");

    known("* " + line(OTHER), "@revoked * " + rsa, "!h,* " + rsa);
    assertThat(algorithms(Map.of())).containsExactly("ssh-ed25519");
    known("@cert-authority * " + line(OTHER));
    assertThat(algorithms(Map.of()))
        .contains("ssh-ed25519-cert-v01@openssh.com")
        .doesNotContain("ssh-ed25519");
    known("[h]:2222 " + rsa);
    assertThat(algorithms(Map.of())).isEmpty();

    assertThat(algorithms(Map.of("h", Set.of(HostKeys.pin(line(KEY))))))
        .containsExactly("ssh-ed25519");
    assertThat(algorithms(Map.of("h", Set.of(HostKeys.pin(rsa)))))
        .containsExactlyInAnyOrder("ssh-rsa", "rsa-sha2-512", "rsa-sha2-256");
    assertThat(algorithms(Map.of("h", Set.of(HostKeys.pin(HostKeys.fingerprint(KEY)))))).isEmpty();
  }

  @Test
  void linesThatMakeNoSenseDoNotCount() throws Exception {
    known(
        "h",
        "h ssh-ed25519",
        "h ssh-ed25519 !!!",
        "h what AAAA",
        "@what h " + line(OTHER),
        "h " + line(KEY));

    assertThat(refusal("h", 22, KEY)).isNull();
  }

  @Test
  void pinnedKeysAloneCountForTheirHost() throws Exception {
    known("h " + line(OTHER));
    HostKeys pinned = new HostKeys(file(), Map.of("h", Set.of(HostKeys.pin(line(KEY)))), true);

    assertThat(refusal(pinned, "h", 22, KEY)).isNull();
    assertThat(refusal(pinned, "h", 22, OTHER))
        .contains("it came with ssh-ed25519 " + HostKeys.fingerprint(OTHER))
        .contains("the configuration says " + HostKeys.fingerprint(KEY));
  }

  @Test
  void keysInTheConfigurationAreLinesOrFingerprints() {
    String fingerprint = HostKeys.fingerprint(KEY);
    assertThat(HostKeys.pin(line(KEY) + " comment"))
        .isEqualTo(new HostKeys.Pin(fingerprint, "ssh-ed25519"));
    assertThat(HostKeys.pin(fingerprint)).isEqualTo(new HostKeys.Pin(fingerprint, null));
    assertThatThrownBy(() -> HostKeys.pin("MD5:00"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MD5:00")
        .hasMessageContaining("SHA256:");
  }

  @Test
  void newKeysAreAcceptedAndWrittenDownOnlyIfThatWasChosen() throws Exception {
    Files.writeString(file(), "other " + line(OTHER)); // without a last line break
    HostKeys accepting = new HostKeys(file(), Map.of(), true);

    assertThat(refusal(accepting, "h", 2222, KEY)).isNull();
    assertThat(Files.readAllLines(file()))
        .containsExactly("other " + line(OTHER), "[h]:2222 " + line(KEY));
    assertThat(refusal(accepting, "h", 2222, OTHER)).contains("not the right one");
    assertThat(refusal("h", 2222, KEY)).isNull();

    Path deep = directory.resolve("new/known_hosts");
    assertThat(refusal(new HostKeys(deep, Map.of(), true), "h", 22, KEY)).isNull();
    assertThat(deep).hasContent("h " + line(KEY));
  }

  private String refusal(String host, int port, PublicKey key) {
    return refusal(new HostKeys(file(), Map.of(), false), host, port, key);
  }

  private static String refusal(HostKeys keys, String host, int port, PublicKey key) {
    HostKeys.Check check = keys.check();
    boolean good = check.verify(host, port, key);
    assertThat(good).isEqualTo(check.refusal() == null);
    return check.refusal();
  }

  private List<String> algorithms(Map<String, Set<HostKeys.Pin>> pins) {
    return new HostKeys(file(), pins, false).check().findExistingAlgorithms("h", 22);
  }

  private static String rsaLine() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    PublicKey key = generator.generateKeyPair().getPublic();
    return "ssh-rsa " + Base64.getEncoder().encodeToString(blob(key));
  }

  private static PublicKey certificate(PublicKey key, PublicKey authority) {
    return certificate(key, authority, 2);
  }

  private static PublicKey certificate(PublicKey key, PublicKey authority, long type) {
    return Certificate.<PublicKey>getBuilder()
        .publicKey(key)
        .nonce(new byte[32])
        .serial(BigInteger.ONE)
        .type(type)
        .id("h")
        .validPrincipals(List.of("h"))
        .validAfter(Date.from(Instant.EPOCH))
        .validBefore(Date.from(Instant.EPOCH.plusSeconds(1)))
        .critOptions(Map.of())
        .extensions(Map.of())
        .signatureKey(blob(authority))
        .signature(new byte[64])
        .build();
  }

  private void known(String... lines) throws Exception {
    Files.writeString(file(), String.join("\n", lines) + "\n");
  }

  private Path file() {
    return directory.resolve("known_hosts");
  }

  private static String line(PublicKey key) {
    return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob(key));
  }

  private static byte[] blob(PublicKey key) {
    return new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
  }

  private static PublicKey key() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
