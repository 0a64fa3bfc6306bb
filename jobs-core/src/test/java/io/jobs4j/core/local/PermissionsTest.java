package io.jobs4j.core.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.spi.StoragePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an account does that permissions bind, which is not root as it usually is. */
class PermissionsTest {
  @TempDir Path root;

  @Test
  void directoriesThatTheirOwnerMayNotChangeAreDeleted() throws Exception {
    Files.createDirectories(root.resolve("tree"));
    Path outside = Files.createDirectory(root.resolve("outside"));
    Files.createFile(outside.resolve("kept"));
    for (String mode : List.of("r-xr-xr-x", "---------", "-wx------", "rw-------", "r--r--r--")) {
      Path directory = Files.createDirectories(root.resolve("tree/" + mode + "/a"));
      Files.createFile(directory.resolve("f"));
      Files.createDirectory(directory.resolve("empty"));
      Files.createSymbolicLink(directory.resolve("out"), outside);
      for (Path each : List.of(directory.resolve("empty"), directory, directory.getParent())) {
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(mode));
      }
    }
    Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("r-xr-xr-x"));

    assertThat(run("delete", "tree")).isEqualTo("done");

    assertThat(root.resolve("tree")).doesNotExist();
    assertThat(outside.resolve("kept")).exists();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(outside)))
        .isEqualTo("r-xr-xr-x");
  }

  @Test
  void whatIsAboveTheTreeIsLeftAsItIs() throws Exception {
    Files.createDirectories(root.resolve("above/tree/a"));
    Files.setPosixFilePermissions(
        root.resolve("above"), PosixFilePermissions.fromString("r-xr-xr-x"));

    assertThat(run("delete", "above/tree"))
        .isEqualTo("Cannot delete \"/above/tree\": access is denied.");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("above"))))
        .isEqualTo("r-xr-xr-x");
  }

  @Test
  void aDirectoryThatMayBePassedButNotReadDoesNotKeepFilesFromBeingSynced() throws Exception {
    Path home = Files.createDirectories(root.resolve("home"));
    Files.createFile(Files.createDirectory(home.resolve("alice")).resolve("file"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("--x--x--x"));

    assertThat(run("sync", "home/alice/file")).endsWith("done");
  }

  @Test
  void aTreeBelowDirectoriesThatMayBePassedButNotReadIsDeleted() throws Exception {
    Files.createFile(
        Files.createDirectories(root.resolve("home/hidden/alice/tree/a")).resolve("file"));
    for (String directory : List.of("home/hidden", "home", "")) {
      Files.setPosixFilePermissions(
          root.resolve(directory), PosixFilePermissions.fromString("--x--x--x"));
    }
    try {
      assertThat(run("delete", "home/hidden/alice/tree")).isEqualTo("done");
      assertThat(root.resolve("home/hidden/alice/tree")).doesNotExist();
      assertThat(root.resolve("home/hidden/alice")).exists();
    } finally {
      for (String directory : List.of("", "home", "home/hidden")) {
        Files.setPosixFilePermissions(
            root.resolve(directory), PosixFilePermissions.fromString("rwx------"));
      }
    }
  }

  private String run(String action, String path) throws Exception {
    List<String> words = new ArrayList<>();
    if ("root".equals(Files.getOwner(root).getName())) {
      // Still the owner of the files, but bound by their permissions like others.
      words.addAll(List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search"));
    }
    words.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Nothing is logged here.
            "-Dslf4j.internal.verbosity=ERROR",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            root.toString(),
            action,
            path));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  /** Deletes or syncs something and says how that went. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws InterruptedException {
      try (LocalStorage storage = new LocalStorage(Path.of(args[0]))) {
        StoragePath path = StoragePath.parse(args[2]);
        if (args[1].equals("delete")) {
          storage.deleteTree(path);
        } else {
          storage.sync(List.of(path));
        }
        System.out.println("done");
      } catch (JobsException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
