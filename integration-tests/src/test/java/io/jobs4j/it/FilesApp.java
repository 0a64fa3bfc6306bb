package io.jobs4j.it;

import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.testkit.RunLedger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * An app whose jobs have many files: assets, inputs, and output from the beginning, the middle and
 * the end of a run, in directories that were empty, with line ends in names. A job notes when it
 * begins and ends, and what it finds wrong with its files.
 *
 * @param shared a directory in which all may write
 */
record FilesApp(Path shared) {
  private static final String NAME = "files";
  private static final int STAGED = 60;
  private static final int MANY = 40;
  private static final int BIG = 3 << 20;

  /** Adds the app with its assets to what is defined, and its input to the storage. */
  ClusterFixture define(ClusterFixture fixture) throws IOException {
    fixture.app(NAME, template());
    Path assets = fixture.storage().resolve("apps").resolve(NAME);
    fill(assets.resolve("assets"), "asset-");
    Files.createDirectories(assets.resolve("results"));
    fill(fixture.storage().resolve("inputs/tree"), "input-");
    Files.createDirectories(fixture.storage().resolve("inputs/tree/empty"));
    return fixture;
  }

  /** Files that do not change when they are there: engines of other processes read them. */
  private static void fill(Path directory, String prefix) throws IOException {
    Files.createDirectories(directory);
    for (int i = 0; i < STAGED; i++) {
      Path file = directory.resolve(prefix + i);
      if (!Files.exists(file)) {
        Files.write(file, staged(prefix, i));
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
      }
    }
  }

  private static byte[] staged(String prefix, int number) {
    byte[] bytes = new byte[200 + 37 * number];
    Arrays.fill(bytes, (byte) ('a' + (prefix.length() + number) % 26));
    bytes[bytes.length - 1] = '\n';
    return bytes;
  }

  /**
   * Asks for a job.
   *
   * @param seconds how long it runs; {@code go} if until {@link #letGo}, or a quarter of a minute
   */
  static JobRequest request(String seconds) {
    return ClusterFixture.request(NAME)
        .input("files", "inputs/tree")
        .parameter("text", seconds)
        .archive(true)
        .build();
  }

  /** Lets all jobs end that wait for it. */
  void letGo() throws IOException {
    Files.writeString(shared.resolve("go"), "");
  }

  /** The jobs that have begun. */
  RunLedger begun() {
    return RunLedger.in(shared.resolve("begun"));
  }

  /** The jobs that have come to their end. */
  RunLedger ended() {
    return RunLedger.in(shared.resolve("ended"));
  }

  /** The jobs that found their files other than they were to be. */
  RunLedger broken() {
    return RunLedger.in(shared.resolve("broken"));
  }

  /** What the archive of a job holds: the bytes of each file by its path. */
  static Map<String, byte[]> archive(String job) {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(NAME + "-" + job + ".out", text("standard output", job));
    files.put(NAME + "-" + job + ".err", text("standard error", job));
    files.put("first.txt", text("beginning", job));
    files.put("results/out.txt", text("empty asset", job));
    files.put("tree/empty/out.txt", text("empty input", job));
    files.put("Icon\r", text("carriage return", job));
    files.put("two\nlines", text("line feed", job));
    files.put("back\\slash n\\n", text("backslash", job));
    for (int i = 0; i < MANY; i++) {
      files.put("deep/er/many-" + i, text("many " + i, job));
    }
    files.put("middle.txt", text("middle", job));
    byte[] big = Arrays.copyOf(new byte[0], BIG + text("big", job).length);
    System.arraycopy(text("big", job), 0, big, BIG, text("big", job).length);
    files.put("big.bin", big);
    files.put("last.txt", text("end", job));
    return files;
  }

  private static byte[] text(String what, String job) {
    return (what + " of " + job + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private String template() {
    return """
        say() { printf '%%s of %%s\\n' "$1" "${AGAVE_JOB_ID}"; }
        digest() { cat assets/asset-* tree/input-* | sha256sum; }
        broken() {
          %1$s
        }
        %2$s
        case $(digest) in %3$s*) ;; *) broken ;; esac
        say 'standard output'
        say 'standard error' >&2
        say beginning >first.txt
        say 'empty asset' >results/out.txt
        say 'empty input' >tree/empty/out.txt
        say 'carriage return' >"Icon$(printf '\\r')"
        say 'line feed' >'two
        lines'
        say backslash >'back\\slash n\\n'
        say changed >assets/asset-0
        mkdir -p deep/er
        i=0
        while [ $i -lt %4$d ]; do say "many $i" >deep/er/many-$i; i=$((i + 1)); done
        case ${text} in
          go) n=0; until [ -e %5$s/go ] || [ $n -ge 60 ]; do sleep 0.25; n=$((n + 1)); done ;;
          *) sleep "${text}" ;;
        esac
        say middle >middle.txt
        { head -c %6$d /dev/zero; say big; } >big.bin
        [ "$(cat assets/asset-0)" = "$(say changed)" ] || broken
        say end >last.txt
        %7$s
        """
        .formatted(
            broken().shellCommand(),
            begun().shellCommand(),
            digest(),
            MANY,
            ShellWords.quote(shared.toString()),
            BIG,
            ended().shellCommand());
  }

  private static String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String prefix : new String[] {"asset-", "input-"}) {
        // In the order in which the shell lists them.
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < STAGED; i++) {
          files.put(prefix + i, staged(prefix, i));
        }
        files.values().forEach(digest::update);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
