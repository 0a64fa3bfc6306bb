package io.jobs4j.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.tukaani.xz.XZInputStream;

/** The programs of PostgreSQL, unpacked, and how to run them. Immutable. */
final class PostgresBinaries {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
  private static final int TAIL_LINES = 40;

  private final Path programs;
  private final List<String> prefix;
  private final boolean ownedByNobody;

  private PostgresBinaries(Path programs, List<String> prefix, boolean ownedByNobody) {
    this.programs = programs;
    this.prefix = prefix;
    this.ownedByNobody = ownedByNobody;
  }

  /** Unpacks the programs below a directory, if they are not there. */
  static PostgresBinaries in(Path directory) throws IOException {
    Path programs = directory.resolve("programs");
    if (!Files.exists(programs)) {
      Path partial = Files.createDirectories(directory.resolve("programs.part"));
      unpack(partial, directory.resolve("server.log"));
      Files.move(partial, programs);
    }
    if (!isRoot(programs)) {
      return new PostgresBinaries(programs, List.of(), false);
    }
    // PostgreSQL refuses root. In a user namespace of its own root is somebody without a name, who
    // still owns root's files.
    PostgresBinaries namespace =
        new PostgresBinaries(programs, List.of("unshare", "--user"), false);
    if (namespace.works()) {
      return namespace;
    }
    // Containers often forbid namespaces. There the server becomes nobody, who may read and write
    // in
    // private directories all the same, but not run programs out of them.
    List<String> setpriv =
        List.of(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override");
    PostgresBinaries nobody = new PostgresBinaries(programs, setpriv, true);
    if (nobody.works()) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
      permissions.add(PosixFilePermission.OTHERS_EXECUTE);
      Files.setPosixFilePermissions(directory, permissions);
      return nobody;
    }
    throw new IllegalStateException(
        "PostgreSQL does not run as root, and neither \"unshare --user\" nor \"setpriv\" works"
            + " here: run the tests as another user");
  }

  /** The words of a command that runs a program as somebody whom it accepts. */
  List<String> command(String program, String... arguments) {
    List<String> words = new ArrayList<>(prefix);
    words.add(programs.resolve("bin").resolve(program).toString());
    words.addAll(Arrays.asList(arguments));
    return words;
  }

  /** Makes an empty directory that the server accepts as its own. */
  void makeDataDirectory(Path data) throws IOException {
    Files.createDirectories(data);
    if (ownedByNobody) {
      Files.setAttribute(data, "unix:uid", 65534);
    }
  }

  /**
   * Runs a program to its end.
   *
   * @throws IllegalStateException with what it wrote if it fails
   */
  static void run(ProcessBuilder builder, Path log) throws IOException {
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process.getOutputStream().close();
    awaitSuccess(process, builder.command(), log);
  }

  /** The end of a log, or why it cannot be read. */
  static String tail(Path log) {
    try {
      List<String> lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(not readable: " + e + ")";
    }
  }

  private static void unpack(Path directory, Path log) throws IOException {
    InputStream packed = PostgresBinaries.class.getResourceAsStream(ARCHIVE);
    if (packed == null) {
      throw new IllegalStateException(ARCHIVE + " is not on the class path");
    }
    try (InputStream archive = new XZInputStream(packed)) {
      List<String> command =
          List.of("tar", "-x", "-f", "-", "--no-same-owner", "-C", directory.toString());
      Process tar =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      try (OutputStream input = tar.getOutputStream()) {
        archive.transferTo(input);
      }
      awaitSuccess(tar, command, log);
    }
  }

  private static void awaitSuccess(Process process, List<String> command, Path log) {
    try {
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(
            "%s ended with exit code %s:%n%s".formatted(command, code, tail(log)));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + command, e);
    }
  }

  private boolean works() {
    try {
      run(new ProcessBuilder(command("postgres", "--version")), Path.of("/dev/null"));
      return true;
    } catch (IllegalStateException | IOException e) {
      return false;
    }
  }

  private static boolean isRoot(Path made) {
    try {
      return ((Integer) Files.getAttribute(made, "unix:uid")) == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
