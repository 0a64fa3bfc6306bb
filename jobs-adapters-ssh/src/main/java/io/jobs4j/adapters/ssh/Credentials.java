package io.jobs4j.adapters.ssh;

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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what to log in with: what the source of the application gives, then what the definition
 * has, then the key files of the process's user. The first that has something is used alone, so
 * that no host is shown keys that are not meant for it. Safe for use by several threads.
 *
 * <p>The source is asked in a thread of its own, which is waited for only so long: it may ask
 * others, who may be down. While one that does not return is asked about a target it is not asked
 * about that again, so that it holds one thread for each target at most.
 */
final class Credentials {
  private static final List<String> KEY_FILES = List.of("id_ed25519", "id_ecdsa", "id_rsa");

  private final CredentialSource source;
  private final Path keyDirectory;
  private final String processUser;
  private final Duration limit;
  private final Map<Target, CompletableFuture<Optional<Credential>>> asked =
      new ConcurrentHashMap<>();

  /**
   * @param keyDirectory usually {@code ~/.ssh}
   * @param processUser the account where nobody names one
   * @param limit how long the source may take for one target
   */
  Credentials(CredentialSource source, Path keyDirectory, String processUser, Duration limit) {
    this.source = source;
    this.keyDirectory = keyDirectory;
    this.processUser = processUser;
    this.limit = limit;
  }

  Duration limit() {
    return limit;
  }

  /**
   * What to try, in this order, for one account.
   *
   * @param username the account
   * @param credentials at least one
   * @param origin where they come from, for people
   */
  record Login(String username, List<Credential> credentials, String origin) {}

  /**
   * The login for a host.
   *
   * @param auth of the definition; {@code null} if it has none
   * @throws TransientAdapterException if there is nothing to log in with
   */
  Login find(String host, int port, @Nullable AccessAuth auth) throws InterruptedException {
    String named = auth == null ? null : auth.username();
    Optional<Credential> given = ask(new Target("SSH", host, port, named));
    if (given.isPresent()) {
      Credential credential = given.get();
      return new Login(
          user(credential.username() == null ? named : credential.username()),
          List.of(credential),
          "what the credential source gives");
    }
    Credential defined = auth == null ? null : defined(auth);
    if (defined != null) {
      return new Login(user(named), List.of(defined), "what the system's definition says");
    }
    List<Credential> files = new ArrayList<>();
    for (String name : KEY_FILES) {
      Path file = keyDirectory.resolve(name);
      if (Files.isRegularFile(file)) {
        files.add(Credential.PrivateKey.ofFile(file));
      }
    }
    if (files.isEmpty()) {
      throw new TransientAdapterException(
          RecoveryCondition.SSH_AUTHENTICATION_FAILED,
          ("There is nothing to log in with at %s as %s: no credential source has anything, the"
                  + " system's definition has neither password nor privateKey in its auth, and %s"
                  + " has none of %s.")
              .formatted(
                  Endpoint.address(host, port),
                  user(named),
                  keyDirectory,
                  String.join(", ", KEY_FILES)),
          null);
    }
    return new Login(user(named), files, "the key files in " + keyDirectory);
  }

  private String user(@Nullable String named) {
    return named == null ? processUser : named;
  }

  private Optional<Credential> ask(Target target) throws InterruptedException {
    String address = Endpoint.address(target.host(), target.port());
    CompletableFuture<Optional<Credential>> answer =
        asked.computeIfAbsent(target, this::startAsking);
    try {
      return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new TransientAdapterException(
          RecoveryCondition.SSH_CONNECTION_TIMEOUT,
          "The credential source did not say within %s what to log in with at %s."
              .formatted(limit, address),
          null);
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      if (cause instanceof TransientAdapterException passes) {
        throw passes;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      // Not its message: nobody knows what is in it.
      throw new TransientAdapterException(
          RecoveryCondition.SSH_AUTHENTICATION_FAILED,
          "The credential source failed for %s with %s."
              .formatted(address, cause.getClass().getSimpleName()),
          null);
    }
  }

  private CompletableFuture<Optional<Credential>> startAsking(Target target) {
    CompletableFuture<Optional<Credential>> answer = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                answer.complete(source.find(target));
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              } finally {
                asked.remove(target, answer);
              }
            },
            "jobs4j-ssh-credentials");
    thread.setDaemon(true);
    thread.start();
    return answer;
  }

  private static @Nullable Credential defined(AccessAuth auth) {
    if (auth.privateKey() != null) {
      return new Credential.PrivateKey(
          auth.username(), auth.privateKey(), null, auth.password(), certificate(auth.publicKey()));
    }
    return auth.password() == null
        ? null
        : new Credential.Password(auth.username(), auth.password());
  }

  /** A plain public key says nothing that the private one does not. */
  private static @Nullable String certificate(@Nullable String publicKey) {
    return publicKey != null && publicKey.contains("-cert-v01@openssh.com") ? publicKey : null;
  }
}
