package io.jobs4j.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Through the client of OpenSSH. */
@RequiresServices(Service.SSHD)
@Timeout(120)
class SshServerIT {
  @TempDir private Path directory;

  private final SshServer server = SshServer.running();

  @AfterEach
  void restore() {
    server.restore();
  }

  @Test
  void letsItsAccountInWithAKey() throws Exception {
    Outcome outcome = ssh(server.port(), server.key(), "id -un; echo $SLURM_CONF; exit 3");

    assertThat(outcome.output.lines()).containsExactly(server.account(), conf(Service.SLURM));
    assertThat(outcome.code).isEqualTo(3);
    assertThat(ssh(server.accountingPort(), server.key(), "echo $SLURM_CONF").output.strip())
        .isEqualTo(conf(Service.SLURM_ACCOUNTING));
  }

  @Test
  void letsItsAccountInWithACertificateOnly() throws Exception {
    Path bare = Files.copy(server.certifiedKey(), directory.resolve("bare"));

    assertThat(ssh(server.port(), bare, "true").code).isEqualTo(255);
    assertThat(
            ssh(server.port(), bare, "true", "-o", "CertificateFile=" + server.certificate()).code)
        .isZero();
  }

  @Test
  void theLockedKeyNeedsItsPassphrase() throws Exception {
    assertThat(readKey(server.lockedKey(), "wrong").code).isNotZero();
    Outcome opened = readKey(server.lockedKey(), server.passphrase());
    assertThat(opened.code).isZero();
    assertThat(opened.output).startsWith("ssh-ed25519 ");
  }

  @Test
  void letsAnotherAccountInWithAPasswordAlone() throws Exception {
    Path answer = directory.resolve("answer");
    Files.writeString(answer, "#!/bin/sh\ncat '" + directory + "/password'\n");
    Files.writeString(directory.resolve("password"), server.password() + "\n");
    run("chmod", "700", answer.toString());
    List<String> words = new ArrayList<>(client(server.port(), server.key()));
    // Of several the first counts.
    words.addAll(1, List.of("-o", "BatchMode=no", "-o", "NumberOfPasswordPrompts=1"));
    words.addAll(
        0, List.of("env", "DISPLAY=none", "SSH_ASKPASS_REQUIRE=force", "SSH_ASKPASS=" + answer));
    words.addAll(List.of(server.passwordAccount() + "@" + server.host(), "id -un"));

    assertThat(run(words.toArray(String[]::new)))
        .isEqualTo(new Outcome(0, server.passwordAccount() + "\n", ""));
  }

  @Test
  void forwardsOnOnePortOnly() throws Exception {
    for (int port : new int[] {server.forwardingPort(), server.port()}) {
      List<String> proxy = new ArrayList<>(client(port, server.key()));
      proxy.addAll(List.of("-W", "%h:%p", server.account() + "@" + server.host()));

      Outcome outcome =
          ssh(
              server.port(),
              server.key(),
              "echo through",
              "-o",
              "ProxyCommand=" + String.join(" ", proxy));

      assertThat(outcome.output.contains("through")).isEqualTo(port == server.forwardingPort());
    }
  }

  @Test
  void greetsAndChattersWhenTold() throws Exception {
    assertThat(ssh(server.port(), server.key(), "echo out")).isEqualTo(new Outcome(0, "out\n", ""));

    server.banner(true);
    server.chatty(true);
    Outcome outcome = ssh(server.port(), server.key(), "echo out");

    assertThat(outcome.error.lines().filter(line -> line.startsWith("Notice"))).hasSize(200);
    assertThat(outcome.output).contains("Welcome!").endsWith("out\n");
    assertThat(outcome.error).contains("a warning of the startup file");
  }

  @Test
  void diesWithItsConnectionsAndComesBack() throws Exception {
    List<String> words = new ArrayList<>(client(server.port(), server.key()));
    words.addAll(
        List.of(
            server.account() + "@" + server.host(),
            "setsid sleep 61 >/dev/null 2>&1 </dev/null & echo $!; sleep 600"));
    Process client = new ProcessBuilder(words).start();
    long launched;
    try (var reader = client.inputReader(StandardCharsets.UTF_8)) {
      launched = Long.parseLong(reader.readLine());

      server.kill();

      assertThat(client.waitFor()).isEqualTo(255);
    }
    // Of a process that has ended there are no words.
    assertThat(Path.of("/proc", Long.toString(launched), "cmdline")).content().contains("sleep");
    ProcessHandle.of(launched).orElseThrow().destroyForcibly();
    assertThat(ssh(server.port(), server.key(), "true").code).isEqualTo(255);
    server.start();
    assertThat(ssh(server.port(), server.key(), "true").code).isZero();
  }

  @Test
  void othersDoNotSeeTheFilesOfTheAccount() throws Exception {
    assertThat(run("setpriv", "--reuid", "nobody", "--clear-groups", "ls", server.home()).code)
        .isNotZero();
    assertThat(ssh(server.port(), server.key(), "ls -d ~").output.strip()).isEqualTo(server.home());
  }

  private Outcome ssh(int port, Path key, String command, String... options) throws Exception {
    List<String> words = new ArrayList<>(client(port, key));
    words.addAll(List.of(options));
    words.addAll(List.of(server.account() + "@" + server.host(), command));
    return run(words.toArray(String[]::new));
  }

  private List<String> client(int port, Path key) {
    return List.of(
        "ssh",
        "-F",
        "none",
        "-i",
        key.toString(),
        "-p",
        Integer.toString(port),
        "-o",
        "BatchMode=yes",
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "IdentityAgent=none",
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "UserKnownHostsFile=" + server.knownHosts());
  }

  private Outcome readKey(Path key, String passphrase) throws Exception {
    return run("ssh-keygen", "-y", "-P", passphrase, "-f", key.toString());
  }

  private Outcome run(String... words) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "out", "");
    Path error = Files.createTempFile(directory, "err", "");
    Process process =
        new ProcessBuilder(words)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .redirectError(error.toFile())
            .start();
    int code = process.waitFor();
    return new Outcome(code, Files.readString(output), Files.readString(error));
  }

  private record Outcome(int code, String output, String error) {}

  private static String conf(Service service) {
    return DevServices.find().environment().get("JOBS4J_" + service.name() + "_CONF");
  }
}
