package io.jobs4j.core.spi;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What somebody logs in with. Secrets are left out by {@code toString}, and adapters put them
 * neither into logs nor into errors.
 */
public sealed interface Credential {
  /** The account; {@code null} for the one that the definition names. */
  @Nullable String username();

  /**
   * A password.
   *
   * @param username the account; {@code null} for the one that the definition names
   * @param password the secret
   */
  record Password(@Nullable String username, String password) implements Credential {
    @Override
    public String toString() {
      return "Password[username=" + username + "]";
    }
  }

  /**
   * A private key, as a text or as a file, and what belongs to it. Exactly one of {@code text} and
   * {@code file} is there.
   *
   * @param username the account; {@code null} for the one that the definition names
   * @param text what the file of the key holds, in any format of OpenSSH; {@code null} if {@code
   *     file} is there
   * @param file the file, which is read at each login; {@code null} if {@code text} is there. A
   *     certificate in {@code <file>-cert.pub} is used unless another one is given.
   * @param passphrase of an encrypted key; {@code null} if it is not
   * @param certificate an OpenSSH certificate of the key, the line of its file; {@code null} for
   *     none
   */
  record PrivateKey(
      @Nullable String username,
      @Nullable String text,
      @Nullable Path file,
      @Nullable String passphrase,
      @Nullable String certificate)
      implements Credential {
    /**
     * @throws IllegalArgumentException unless there is either a text or a file
     */
    public PrivateKey {
      if ((text == null) == (file == null)) {
        throw new IllegalArgumentException("a private key has either a text or a file");
      }
    }

    /** A key that is not encrypted, for the account that the definition names. */
    public static PrivateKey ofText(String text) {
      return new PrivateKey(null, text, null, null, null);
    }

    /** A key that is not encrypted, for the account that the definition names. */
    public static PrivateKey ofFile(Path file) {
      return new PrivateKey(null, null, file, null, null);
    }

    /** The same key for this account. */
    public PrivateKey as(String account) {
      return new PrivateKey(account, text, file, passphrase, certificate);
    }

    /** The same key, encrypted with this passphrase. */
    public PrivateKey encryptedWith(String secret) {
      return new PrivateKey(username, text, file, secret, certificate);
    }

    /** The same key with this OpenSSH certificate. */
    public PrivateKey certifiedBy(String line) {
      return new PrivateKey(username, text, file, passphrase, line);
    }

    @Override
    public String toString() {
      return "PrivateKey[username="
          + username
          + (file == null ? "" : ", file=" + file)
          + (certificate == null ? "" : ", certificate")
          + "]";
    }
  }
}
