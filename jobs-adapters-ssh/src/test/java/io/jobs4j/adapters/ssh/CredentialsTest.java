package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.adapters.ssh.Credentials.Login;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.CredentialSource;
import io.jobs4j.core.spi.CredentialSource.Target;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  private static final AccessAuth PASSWORD = new AccessAuth("PASSWORD", "alice", "pw", null, null);

  @TempDir private Path keys;

  @Test
  void theSourceComesFirst() throws Exception {
    List<Target> asked = new ArrayList<>();
    CredentialSource source =
        target -> {
          asked.add(target);
          return Optional.of(new Credential.Password(null, "secret"));
        };

    Login login = credentials(source).find("h", 2222, PASSWORD);

    assertThat(asked).containsExactly(new Target("SSH", "h", 2222, "alice"));
    assertThat(login.username()).isEqualTo("alice");
    assertThat(login.credentials()).containsExactly(new Credential.Password(null, "secret"));
  }

  @Test
  void aSourceThatDoesNotAnswerIsNotWaitedForAndHoldsOneThread() throws Exception {
    CountDownLatch down = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    Credential password = new Credential.Password("bob", "secret");
    CredentialSource source =
        target -> {
          if (target.host().equals("h")) {
            asked.incrementAndGet();
            down.await();
          }
          return Optional.of(password);
        };
    Credentials credentials = new Credentials(source, keys, "process", Duration.ofMillis(200));

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> credentials.find("h", 22, PASSWORD))
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SSH_CONNECTION_TIMEOUT))
          .hasMessage(
              "The credential source did not say within PT0.2S what to log in with at h:22.");
    }
    assertThat(asked).hasValue(1);

    down.countDown();
    await()
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(credentials.find("h", 22, PASSWORD).credentials())
                    .containsExactly(password));
  }

  @Test
  void aBlockedSourceBlocksNoOtherHost() throws Exception {
    CountDownLatch down = new CountDownLatch(1);
    Credentials credentials =
        credentials(
            target -> {
              if (target.host().equals("h")) {
                down.await();
              }
              return Optional.of(new Credential.Password(null, "secret"));
            });
    Thread blocked =
        new Thread(
            () -> {
              try {
                credentials.find("h", 22, null);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    blocked.start();
    await().until(() -> blocked.getState() == Thread.State.TIMED_WAITING);

    assertThat(credentials.find("other", 22, null).credentials()).hasSize(1);

    blocked.interrupt();
    blocked.join();
    down.countDown();
  }

  @Test
  void theAccountOfTheCredentialComesFirst() throws Exception {
    CredentialSource source = target -> Optional.of(Credential.PrivateKey.ofText("k").as("bob"));

    assertThat(credentials(source).find("h", 22, PASSWORD).username()).isEqualTo("bob");
    assertThat(credentials(source).find("h", 22, null).username()).isEqualTo("bob");
  }

  @Test
  void thenTheDefinition() throws Exception {
    Files.writeString(keys.resolve("id_rsa"), "key");
    Credentials credentials = credentials(target -> Optional.empty());

    assertThat(credentials.find("h", 22, PASSWORD).credentials())
        .containsExactly(new Credential.Password("alice", "pw"));
    String certificate = "ssh-ed25519-cert-v01@openssh.com AAAA";
    assertThat(
            credentials
                .find("h", 22, new AccessAuth("SSHKEYS", "alice", "pass", certificate, "key"))
                .credentials())
        .containsExactly(new Credential.PrivateKey("alice", "key", null, "pass", certificate));
    assertThat(
            credentials
                .find("h", 22, new AccessAuth("SSHKEYS", "alice", null, "ssh-rsa AAAA", "key"))
                .credentials())
        .containsExactly(new Credential.PrivateKey("alice", "key", null, null, null));
  }

  @Test
  void thenTheKeyFilesOfTheProcess() throws Exception {
    Files.writeString(keys.resolve("id_rsa"), "key");
    Files.writeString(keys.resolve("id_ed25519"), "key");
    Credentials credentials = credentials(target -> Optional.empty());

    Login login = credentials.find("h", 22, null);

    assertThat(login.username()).isEqualTo("process");
    assertThat(login.credentials())
        .containsExactly(
            Credential.PrivateKey.ofFile(keys.resolve("id_ed25519")),
            Credential.PrivateKey.ofFile(keys.resolve("id_rsa")));
    assertThat(credentials.find("h", 22, AccessAuth.ofUser("carol")).username()).isEqualTo("carol");
  }

  @Test
  void withNothingItSaysWhereItLooked() {
    assertThatThrownBy(() -> credentials(target -> Optional.empty()).find("h", 22, null))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SSH_AUTHENTICATION_FAILED))
        .hasMessageContaining("h:22 as process")
        .hasMessageContaining(keys + " has none of id_ed25519, id_ecdsa, id_rsa");
  }

  @Test
  void whatAFailingSourceSaysDoesNotShow() {
    CredentialSource source =
        target -> {
          throw new IllegalStateException("hunter2");
        };

    assertThatThrownBy(() -> credentials(source).find("h", 22, null))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("IllegalStateException")
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }

  @Test
  void secretsDoNotShow() {
    assertThat(new Credential.Password("u", "hunter2")).asString().doesNotContain("hunter2");
    assertThat(new Credential.PrivateKey("u", "hunter2", null, "hunter2", "hunter2"))
        .asString()
        .doesNotContain("hunter2");
    Endpoint endpoint =
        Endpoint.of("h", 0, new AccessAuth("PASSWORD", "u", "hunter2", null, null), null);
    assertThat(endpoint).hasToString("u@h:22");
  }

  private Credentials credentials(CredentialSource source) {
    return new Credentials(source, keys, "process", Duration.ofMinutes(1));
  }
}
