package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import io.jobs4j.testsupport.SshServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets of the engine's environment, of definitions and of parameters reach the jobs that they
 * are for, and nobody else finds them: among processes and files while jobs are staged, submitted,
 * run, are held, cancelled and archived, and in logs, messages and histories.
 */
class SecretsIT {
  private final List<String> secrets =
      Stream.generate(() -> UUID.randomUUID().toString()).limit(SecretsChild.NAMES.size()).toList();

  @TempDir Path directory;
  @TempDir Path scanners;

  @BeforeEach
  void let() throws Exception {
    // So that only what jobs4j does keeps others out. Definitions are their owner's.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(
        directory.resolve("definitions"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @Test
  void onThisHost() throws Exception {
    requireSecrecy(SecretsChild.Host.FORK, List.of(), null);
  }

  @Test
  @RequiresServices(value = Service.SSHD, shared = true)
  void onAHostOverSsh() throws Exception {
    requireSecrecy(SecretsChild.Host.FORK_OVER_SSH, keyLines(), null);
  }

  @Test
  @RequiresServices(value = Service.SLURM, shared = true)
  void onSlurm() throws Exception {
    requireSecrecy(SecretsChild.Host.SLURM, List.of(), SlurmCluster.withoutAccounting());
  }

  @Test
  @RequiresServices(
      value = {Service.SLURM_ACCOUNTING, Service.SSHD},
      shared = true)
  void onSlurmOverSsh() throws Exception {
    requireSecrecy(SecretsChild.Host.SLURM_OVER_SSH, keyLines(), SlurmCluster.withAccounting());
  }

  /** The definition of a system has the private key. */
  private static List<String> keyLines() throws Exception {
    return Files.readAllLines(SshServer.running().key()).stream()
        .filter(line -> line.length() == 70)
        .skip(1)
        .limit(2)
        .toList();
  }

  private void requireSecrecy(
      SecretsChild.Host host, List<String> more, @Nullable SlurmCluster cluster) throws Exception {
    SecretsChild child = new SecretsChild(directory, host);
    Path scratch = child.fixture().scratch();
    List<String> all = new ArrayList<>(secrets);
    all.addAll(more);
    Path output = scanners.resolve("output");
    Path own = Files.createDirectory(scanners.resolve("own"));
    Files.setPosixFilePermissions(scanners, PosixFilePermissions.fromString("rwx--x--x"));
    Process process = null;
    try (SecretScanner scanner = new SecretScanner(all, own, List.of(directory, scratch))) {
      process = child.start(secrets, output);
      List<String> numbers = child.awaitRunning(process);
      assertThat(numbers).as(Files.readString(output)).hasSize(3);
      assertThat(workDirectories(scratch)).hasSize(4).allMatch(SecretsIT::isPrivate);
      if (cluster != null) {
        requireUnseenInSlurm(scanner, cluster, numbers.get(0));
      }
      child.goOn();
      int code = process.waitFor();

      String said = Files.readString(output);
      assertThat(code).as(said).isZero();
      assertThat(said)
          .contains("ended FINISHED", "ended STOPPED", "ended FAILED JOB_MODULES_FAILED")
          .contains("ended FAILED JOB_REMOTE_OUTCOME_ERROR");
      scanner.requireNone(said);
      scanner.requireNothingExposed();
    } finally {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
    }
    assertThat(directory.resolve("storage/archives/waits/digest")).content().contains(digest());
  }

  private static void requireUnseenInSlurm(
      SecretScanner scanner, SlurmCluster cluster, String number) throws Exception {
    String conf = "SLURM_CONF=" + cluster.conf();
    assertThat(scanner.requireUnseenBy("env", conf, "scontrol", "show", "job", number))
        .contains("JobId=" + number);
    scanner.requireUnseenBy("env", conf, "scontrol", "write", "batch_script", number, "-");
    if (cluster.hasAccounting()) {
      assertThat(
              scanner.requireUnseenBy("env", conf, "sacct", "-a", "-P", "-o", "ALL", "-j", number))
          .contains("|" + number + "|");
    }
  }

  private static List<Path> workDirectories(Path scratch) throws Exception {
    try (Stream<Path> tree = Files.walk(scratch, 2)) {
      return tree.filter(path -> path.getFileName().toString().startsWith("job-")).toList();
    }
  }

  private static boolean isPrivate(Path path) {
    try {
      return Files.getPosixFilePermissions(path)
          .equals(PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String digest() throws Exception {
    String seen = secrets.get(1) + " " + secrets.get(2) + "\n";
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(seen.getBytes(StandardCharsets.UTF_8)));
  }
}
