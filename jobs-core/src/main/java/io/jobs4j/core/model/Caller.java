package io.jobs4j.core.model;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * On whose behalf a call is made.
 *
 * @param tenantId at most 24 letters, digits and {@code . _ -}
 * @param user at most 64 letters, digits and {@code . _ @ -}; becomes part of paths
 * @param roles what the authentication server says of the user; may be empty
 */
public record Caller(String tenantId, String user, Set<String> roles) {
  private static final int MAX_ROLES_LENGTH = 4096;

  /**
   * @throws IllegalArgumentException if a name is empty, too long, starts with a period or has
   *     other characters than those listed
   */
  public Caller {
    require("tenantId", tenantId, 24, "[A-Za-z0-9_-][A-Za-z0-9._-]*");
    require("user", user, 64, "[A-Za-z0-9_@-][A-Za-z0-9._@-]*");
    for (String role : roles) {
      require("role", role, 255, "[^,\\p{Cntrl}]+");
    }
    roles = Set.copyOf(roles);
    int length = roles.stream().mapToInt(role -> role.length() + 1).sum();
    if (length > MAX_ROLES_LENGTH) {
      throw new IllegalArgumentException(
          "roles of %s have %s characters together; at most %s are allowed"
              .formatted(user, length, MAX_ROLES_LENGTH));
    }
  }

  /** A caller without roles. */
  public static Caller of(String tenantId, String user) {
    return new Caller(tenantId, user, Set.of());
  }

  /** The same caller with these roles. */
  public Caller withRoles(String... names) {
    return new Caller(tenantId, user, Set.copyOf(List.of(names)));
  }

  /** The roles as the job model keeps them: in alphabetical order, separated by commas. */
  public String rolesAsText() {
    return String.join(",", new TreeSet<>(roles));
  }

  private static void require(String what, String value, int limit, String pattern) {
    if (value.length() > limit || !value.matches(pattern)) {
      throw new IllegalArgumentException(
          "%s \"%s\" must have 1 to %s characters and match %s"
              .formatted(what, value, limit, pattern));
    }
  }
}
