package io.jobs4j.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogMarkTest {
  private static final Instant TIME = Instant.parse("2026-11-29T12:00:00Z");

  @TempDir Path directory;
  private Path target;
  private Path cluster;

  @BeforeEach
  void makeDirectories() throws IOException {
    target = Files.createDirectory(directory.resolve("target"));
    cluster = Files.createDirectories(directory.resolve("slurm/log"));
  }

  @Test
  void onlyWhatServersLoggedSinceIsCopied() throws IOException {
    Path sshd = Files.writeString(directory.resolve("sshd.log"), "before\n");
    Files.writeString(cluster.resolve("slurmctld.log"), "before\n");
    LogMark mark = LogMark.now(List.of(cluster, sshd, directory.resolve("none")), TIME);
    Files.writeString(cluster.resolve("slurmctld.log"), "since\n", StandardOpenOption.APPEND);
    Files.writeString(cluster.resolve("slurmd-n1.log"), "a new one\n");
    Files.writeString(cluster.resolve("slurmctld.out"), "no log\n");
    mark.copyServers(target);
    assertThat(target.resolve("slurm-slurmctld.log")).hasContent("since");
    assertThat(target.resolve("slurm-slurmd-n1.log")).hasContent("a new one");
    assertThat(target.toFile().list()).hasSize(2);
  }

  @Test
  void aLogThatBeganAnewIsCopiedAsItIs() throws IOException {
    Path log = Files.writeString(cluster.resolve("slurmctld.log"), "long before\n");
    LogMark mark = LogMark.now(List.of(cluster), TIME);
    Files.writeString(log, "anew\n");
    mark.copyServers(target);
    assertThat(target.resolve("slurm-slurmctld.log")).hasContent("anew");
  }

  @Test
  void ofALongLogTheEndIsCopied() throws IOException {
    LogMark mark = LogMark.now(List.of(cluster), TIME);
    String line = "0123456789abcdef\n";
    Files.writeString(cluster.resolve("slurmctld.log"), line.repeat(100_000) + "the end\n");
    mark.copyServers(target);
    Path copy = target.resolve("slurm-slurmctld.log");
    assertThat(Files.size(copy)).isEqualTo(LogMark.MOST_BYTES);
    assertThat(Files.readString(copy)).endsWith("\nthe end\n");
  }

  @Test
  void childrenThatWroteSinceAreCopiedTheLastOnesFirst() throws IOException {
    Path children = Files.createDirectory(directory.resolve("children"));
    child(children, "before", TIME.minusSeconds(60));
    for (int i = 1; i <= LogMark.MOST_CHILDREN + 1; i++) {
      child(children, "since-" + i, TIME.plusSeconds(i));
    }
    LogMark.now(List.of(), TIME).copyChildren(children, target);
    assertThat(target.toFile().list())
        .hasSize(LogMark.MOST_CHILDREN)
        .contains("since-2.log", "since-" + (LogMark.MOST_CHILDREN + 1) + ".log")
        .doesNotContain("before.log", "since-1.log");
    LogMark.now(List.of(), TIME).copyChildren(directory.resolve("none"), target);
  }

  @Test
  void servicesSayWhereTheyLog() {
    Map<String, String> environment =
        Map.of("JOBS4J_SLURM_ACCOUNTING_LOGS", "/s/log", "JOBS4J_SSHD_LOGS", "/s/sshd.log");
    assertThat(FailureLogs.logs(Service.SLURM_ACCOUNTING, environment))
        .containsExactly(Path.of("/s/log"));
    assertThat(FailureLogs.logs(Service.SSHD, environment)).containsExactly(Path.of("/s/sshd.log"));
    assertThat(FailureLogs.logs(Service.SLURM, environment)).isEmpty();
    assertThat(DevServices.find().environment())
        .containsKeys("JOBS4J_SLURM_LOGS", "JOBS4J_SLURM_ACCOUNTING_LOGS", "JOBS4J_SSHD_LOGS");
  }

  private static void child(Path directory, String name, Instant written) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".log"), name);
    Files.setLastModifiedTime(file, FileTime.from(written));
  }
}
