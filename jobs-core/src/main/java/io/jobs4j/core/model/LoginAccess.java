package io.jobs4j.core.model;

import org.jspecify.annotations.Nullable;

/**
 * How commands are run on a system (Agave, system definition, {@code login}).
 *
 * @param protocol LOCAL or SSH
 * @param host where; {@code null} for this machine
 * @param port 0 for the usual one
 * @param auth as whom; {@code null} if the definition does not say
 * @param proxy a host on the way; {@code null} for none
 */
public record LoginAccess(
    String protocol,
    @Nullable String host,
    int port,
    @Nullable AccessAuth auth,
    @Nullable ProxyAccess proxy) {
  /** Without an account and with no host on the way. */
  public LoginAccess(String protocol, @Nullable String host, int port) {
    this(protocol, host, port, null, null);
  }

  /**
   * A builder of how commands are run.
   *
   * @param protocol LOCAL, SSH, or the name of one that the program brings
   */
  public static Builder builder(String protocol) {
    return new Builder(protocol);
  }

  /** Builds logins. Not safe for use by several threads. */
  public static final class Builder {
    private final String protocol;
    private @Nullable String host;
    private int port;
    private @Nullable AccessAuth auth;
    private @Nullable ProxyAccess proxy;

    private Builder(String protocol) {
      this.protocol = protocol;
    }

    public Builder host(@Nullable String value) {
      this.host = value;
      return this;
    }

    public Builder port(int value) {
      this.port = value;
      return this;
    }

    public Builder auth(@Nullable AccessAuth value) {
      this.auth = value;
      return this;
    }

    public Builder proxy(@Nullable ProxyAccess value) {
      this.proxy = value;
      return this;
    }

    /**
     * Returns the login.
     *
     * @throws IllegalArgumentException if something is wrong with it as far as that shows without
     *     other definitions; tells the field, its value and what would be right
     */
    public LoginAccess build() {
      return build(DefinitionCheck.refusing("login " + protocol));
    }

    /** Returns the login, right or wrong, and tells all that is wrong with it. */
    public LoginAccess build(FieldProblems problems) {
      AccessRules.check(new DefinitionCheck(problems), protocol, host, port, auth, proxy);
      return new LoginAccess(protocol, host, port, auth, proxy);
    }
  }
}
