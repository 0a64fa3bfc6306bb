package io.jobs4j.core.internal.definition;

import java.util.List;
import java.util.Set;

/** The protocols of Agave by which systems are reached. A program may have others. Stateless. */
public final class Protocols {
  /** The protocol of this host. */
  public static final String LOCAL = "LOCAL";

  /** How commands can be run. */
  public static final List<String> LOGIN = List.of(LOCAL, "SSH", "GSISSH", "API");

  /** How files can be reached. */
  public static final List<String> STORAGE =
      List.of(
          LOCAL, "SFTP", "FTP", "IRODS", "IRODS4", "HTTP", "HTTPS", "GRIDFTP", "AZURE", "S3",
          "SWIFT");

  private static final Set<String> OVER_SSH = Set.of("SSH", "SFTP");

  private Protocols() {}

  /** Whether a protocol goes over SSH, with its accounts and hosts on the way. */
  public static boolean isOverSsh(String protocol) {
    return OVER_SSH.contains(protocol);
  }

  /** Whether a protocol needs a host. What a program's own ones need is not known. */
  public static boolean needsHost(String protocol) {
    return !protocol.equals(LOCAL) && (LOGIN.contains(protocol) || STORAGE.contains(protocol));
  }
}
