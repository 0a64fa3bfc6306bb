package io.jobs4j.core.model;

import org.jspecify.annotations.Nullable;

/**
 * What a definition says of the account that a system is used with (Agave, system definition,
 * {@code auth}). Its secrets show nowhere: {@link #toString} leaves them out.
 *
 * @param type PASSWORD, SSHKEYS ..., in capitals; {@code null} if it does not say
 * @param username the account; {@code null} if it does not say
 * @param password the password, or the passphrase of an encrypted {@code privateKey}; {@code null}
 *     if the definition has none
 * @param publicKey the public key, or an OpenSSH certificate of it, as a line of OpenSSH; {@code
 *     null} if the definition has none
 * @param privateKey the text of the private key's file; {@code null} if the definition has none
 */
public record AccessAuth(
    @Nullable String type,
    @Nullable String username,
    @Nullable String password,
    @Nullable String publicKey,
    @Nullable String privateKey) {
  /** An account, and nothing to log in with. */
  public static AccessAuth ofUser(String username) {
    return new AccessAuth(null, username, null, null, null);
  }

  /** An account with its password. */
  public static AccessAuth ofPassword(String username, String password) {
    return new AccessAuth("PASSWORD", username, password, null, null);
  }

  /**
   * An account with its key.
   *
   * @param privateKey the text of the private key's file, which must not be encrypted
   */
  public static AccessAuth ofPrivateKey(String username, String privateKey) {
    return new AccessAuth("SSHKEYS", username, null, null, privateKey);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "AccessAuth[type="
        + type
        + ", username="
        + username
        + (password == null ? "" : ", password")
        + (publicKey == null ? "" : ", publicKey")
        + (privateKey == null ? "" : ", privateKey")
        + "]";
  }
}
