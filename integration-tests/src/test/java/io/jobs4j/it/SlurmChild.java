package io.jobs4j.it;

import static org.awaitility.Awaitility.await;

import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testkit.RunLedger;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A process with an engine that submits jobs to Slurm, and says which it has been promised, until
 * killed.
 *
 * @param directory where the engine's files are
 * @param shared a directory in which all may write
 * @param reach how it comes to the cluster
 */
record SlurmChild(Path directory, Path shared, ClusterReach reach) {
  /** Jobs that end at once, at a word, at a word whatever signals they get, and that wait. */
  private static final List<String> APPS = List.of("quick", "patient", "stubborn", "closed");

  /** What starts it; its progress is the number of jobs that it was promised. */
  CrashHarness harness() {
    return CrashHarness.of(SlurmChild.class)
        .arguments(directory.toString(), shared.toString(), reach.name())
        .jvmOptions(
            "-Xmx256m",
            "-Xshare:auto",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
        .progressInLines(promisedFile())
        .patience(ClusterFixture.PATIENCE)
        .build();
  }

  /** Lets processes submit no more than this many jobs, all together. */
  void limit(int jobs) throws IOException {
    Path next = Files.writeString(directory.resolve("limit.new"), Integer.toString(jobs));
    Files.move(
        next,
        directory.resolve("limit"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** The apps of the jobs that were promised, by id. */
  Map<String, String> promised() throws IOException {
    Map<String, String> jobs = new TreeMap<>();
    for (String line : EngineFixture.lines(promisedFile())) {
      String[] words = line.split(" ", -1);
      // A kill may have cut off the last.
      if (words.length == 3) {
        jobs.put(words[0], words[1]);
      }
    }
    return jobs;
  }

  /** Gives a job the word to end. */
  void release(String id) throws IOException {
    Files.writeString(shared.resolve("go-" + id), "");
  }

  /** Gives all jobs the word to end. */
  void releaseAll() throws IOException {
    Files.writeString(shared.resolve("go"), "");
  }

  RunLedger ledger() {
    return RunLedger.in(shared.resolve("ledger"));
  }

  /** What it runs; not started. */
  ClusterFixture fixture() throws IOException {
    String line = ledger().shellCommand() + "\n";
    String go = ShellWords.quote(shared + "/go");
    String wait =
        "until [ -e %s ] || [ -e %s-\"$AGAVE_JOB_ID\" ]; do sleep 0.5; done\n".formatted(go, go);
    return ClusterFixture.slurm(directory, reach)
        .app("quick", line)
        .app("patient", line + wait)
        .app("stubborn", "trap '' TERM\n" + line + wait)
        .app("closed", line);
  }

  public static void main(String[] arguments) throws IOException {
    new SlurmChild(Path.of(arguments[0]), Path.of(arguments[1]), ClusterReach.valueOf(arguments[2]))
        .run();
  }

  private void run() throws IOException {
    try (ClusterFixture fixture = fixture().start();
        OutputStream promised =
            Files.newOutputStream(
                promisedFile(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int i = promised().size(); ; i++) {
        if (!mayGoOn()) {
          await().forever().until(this::mayGoOn);
        }
        String app = APPS.get(i % APPS.size());
        String id =
            fixture.submit(
                ClusterFixture.request(app)
                    .batchQueue(app.equals("closed") ? "closed" : "normal")
                    .build());
        promised.write((id + " " + app + " .\n").getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private Path promisedFile() {
    return directory.resolve("promised.log");
  }

  private boolean mayGoOn() {
    try {
      return promised().size() < Integer.parseInt(Files.readString(directory.resolve("limit")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
