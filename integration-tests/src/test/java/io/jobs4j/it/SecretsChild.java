package io.jobs4j.it;

import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A process with an engine that has secrets in its environment, in the definition of its system and
 * in its jobs' parameters, and logs all it can. It runs a job that is paused and goes on, one that
 * is cancelled, one that fails, and one whose modules cannot be loaded.
 *
 * @param directory where the engine's files are
 */
record SecretsChild(Path directory, Host host) {
  /** Where jobs run. */
  enum Host {
    FORK,
    FORK_OVER_SSH,
    SLURM,
    SLURM_OVER_SSH
  }

  /** The variables with the secrets; the first is the engine's own. */
  static final List<String> NAMES = List.of("SECRET_ENGINE", "SECRET_VARIABLE", "SECRET_PARAMETER");

  private static final String APP =
      """
      printf '%s %s\\n' "$SECRET_VARIABLE" ${text} | sha256sum >digest
      until [ -e go ] || ! [ -e "$PWD" ]; do sleep 0.1; done
      """;

  /** Starts it. It writes to a file what it logs, and what the jobs' messages and histories are. */
  Process start(List<String> secrets, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-Xshare:auto",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=debug",
            "-Dorg.slf4j.simpleLogger.log.io.jobs4j=trace",
            SecretsChild.class.getName(),
            directory.toString(),
            host.name());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    for (int i = 0; i < NAMES.size(); i++) {
      builder.environment().put(NAMES.get(i), secrets.get(i));
    }
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /** Waits until its jobs run, and says under which numbers. */
  List<String> awaitRunning(Process process) throws IOException {
    await("jobs run")
        .atMost(ClusterFixture.PATIENCE)
        .until(() -> Files.exists(running()) || !process.isAlive());
    return EngineFixture.lines(running());
  }

  /** Has it go on. */
  void goOn() throws IOException {
    Files.createFile(looked());
  }

  private Path running() {
    return directory.resolve("running");
  }

  private Path looked() {
    return directory.resolve("looked");
  }

  /** Where it is on these hosts that work directories are; not started. */
  ClusterFixture fixture() throws IOException {
    ClusterFixture fixture =
        switch (host) {
          case FORK -> ClusterFixture.fork(directory);
          case FORK_OVER_SSH -> ClusterFixture.forkOverSsh(directory);
          case SLURM -> ClusterFixture.slurm(directory, ClusterReach.LOCAL);
          case SLURM_OVER_SSH ->
              ClusterFixture.slurm(directory, ClusterReach.OVER_SSH_WITH_ACCOUNTING);
        };
    return fixture.app("waits", APP).app("fails", APP + "exit 3\n").app("loads", APP);
  }

  public static void main(String[] arguments) throws Exception {
    new SecretsChild(Path.of(arguments[0]), Host.valueOf(arguments[1])).run();
  }

  private void run() throws Exception {
    try (ClusterFixture fixture = fixture()) {
      String variable = System.getenv("SECRET_VARIABLE");
      fixture
          .app("loads", "modules", List.of("load samtools"))
          .system(
              "environment",
              List.of("SECRET_VARIABLE=" + variable, "SLURM_SECRET=" + variable + "'\\\"$"))
          .start();
      String kept = submit(fixture, "waits");
      String cancelled = submit(fixture, "waits");
      String failed = submit(fixture, "fails");
      String unloaded = submit(fixture, "loads");
      List<String> waiting = List.of(kept, cancelled, failed);
      List<String> numbers = new ArrayList<>();
      for (String id : waiting) {
        until(() -> fixture.status(id) == JobStatus.RUNNING && there(fixture, id, "digest"));
        numbers.add(fixture.client().get(id).remoteJobId());
      }
      Files.write(directory.resolve("running.new"), numbers);
      Files.move(directory.resolve("running.new"), running());
      until(() -> Files.exists(looked()));
      fixture.client().pause(kept);
      until(() -> fixture.status(kept) == JobStatus.PAUSED);
      fixture.client().resume(kept);
      fixture.client().cancel(cancelled);
      for (String id : List.of(kept, failed)) {
        Files.createFile(fixture.workDirectory(fixture.client().get(id)).resolve("go"));
      }
      for (String id : List.of(kept, cancelled, failed, unloaded)) {
        Job job = fixture.await(id);
        System.out.printf(
            "%nended %s %s %s%n", job.status(), job.conditionCode(), job.lastStatusMessage());
        System.out.println(fixture.client().history(id));
      }
    }
  }

  private static String submit(ClusterFixture fixture, String app) {
    return fixture.submit(
        ClusterFixture.request(app)
            .parameter("text", System.getenv("SECRET_PARAMETER"))
            .archive(true)
            .archivePath("archives/" + app)
            .build());
  }

  private static boolean there(ClusterFixture fixture, String id, String file) {
    File found = fixture.workDirectory(fixture.client().get(id)).resolve(file).toFile();
    return found.length() > 0;
  }

  private static void until(Supplier<Boolean> holds) {
    await().atMost(ClusterFixture.PATIENCE).until(holds::get);
  }
}
