package io.jobs4j.sdk.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.internal.sql.Database;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills processes that take jobs, and looks for what they had acknowledged. */
@Timeout(300)
class SubmitSurvivesKillIT {
  private static final long SEED = 1859;
  private static final int ROUNDS = 10;
  private static final int MOST_ACKNOWLEDGED = 400;

  @TempDir Path directory;

  @Test
  void whatWasAcknowledgedIsThereWholeAndOnce() throws Exception {
    Random random = new Random(SEED);
    Set<String> acknowledged = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      int lines = 1 + random.nextInt(MOST_ACKNOWLEDGED);
      acknowledged.addAll(runAndKill(lines));
      check("seed " + SEED + ", round " + round, acknowledged);
    }
  }

  /** Reads at least so many acknowledgements, kills the process, and reads what else it said. */
  private Set<String> runAndKill(int lines) throws Exception {
    Set<String> said = new HashSet<>();
    Process process = ChildProcess.start(Submitter.class, directory.toString());
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      String line = reader.readLine();
      while (line != null) {
        if (line.endsWith(".")) {
          assertThat(said.add(line.substring(0, line.length() - 1))).as(line).isTrue();
        }
        if (said.size() >= lines) {
          // Not on the process itself, which would also close what it has said already.
          process.toHandle().destroyForcibly();
        }
        line = reader.readLine();
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(said).hasSizeGreaterThanOrEqualTo(lines);
    return said;
  }

  private void check(String round, Set<String> acknowledged) {
    Database database = Database.inDirectory(directory, Durability.POWER);
    try (Store store = new Store(database, Clock.systemUTC())) {
      List<List<Map<String, Object>>> tables = Stored.tables(database);
      Map<Object, Map<String, Object>> payloads = byJob(tables.get(1), round);
      Map<Object, Map<String, Object>> queued = byJob(tables.get(2), round);
      Map<Object, Map<String, Object>> events = byJob(tables.get(3), round);
      Set<String> found = new HashSet<>();
      for (Map<String, Object> row : tables.get(0)) {
        String uuid = (String) row.get("uuid");
        Object id = row.get("id");
        assertThat(found.add(uuid)).as("%s: %s is there once", round, uuid).isTrue();
        assertThat(payloads.get(id))
            .as("%s: %s", round, uuid)
            .containsEntry("request", request(uuid));
        assertThat(queued).as("%s: %s", round, uuid).containsKey(id);
        assertThat(events.get(id))
            .as("%s: %s", round, uuid)
            .containsEntry("sequence", 1L)
            .containsEntry("event", JobEventName.ACCEPTED.name());
        Job job = store.jobs().load(uuid).orElseThrow().job();
        assertThat(job).as(round).isEqualTo(Submitter.job(uuid));
        assertThat(job.status()).isEqualTo(JobStatus.ACCEPTED);
      }
      assertThat(found).as(round).containsAll(acknowledged);
      assertThat(payloads).as(round).hasSameSizeAs(found);
      assertThat(queued).as(round).hasSameSizeAs(found);
      assertThat(events).as(round).hasSameSizeAs(found);
    }
  }

  private static Map<Object, Map<String, Object>> byJob(
      List<Map<String, Object>> rows, String round) {
    Map<Object, Map<String, Object>> all = new HashMap<>();
    for (Map<String, Object> row : rows) {
      assertThat(all.put(row.get("job_id"), row)).as("%s: %s", round, row).isNull();
    }
    return all;
  }

  private static String request(String uuid) {
    return "{\"request\":\"" + uuid.repeat(20) + "\"}";
  }

  /** Takes jobs until it is killed, and says which, one on a line, each ended by a full stop. */
  static final class Submitter {
    private static final int THREADS = 6;

    private Submitter() {}

    public static void main(String[] arguments) {
      PrintStream out = new PrintStream(System.out, true, UTF_8);
      Database database = Database.inDirectory(Path.of(arguments[0]), Durability.POWER);
      Store store = new Store(database, Clock.systemUTC());
      for (int i = 0; i < THREADS; i++) {
        new Thread(() -> submit(store, out)).start();
      }
    }

    private static void submit(Store store, PrintStream out) {
      while (!out.checkError()) {
        String uuid = UUID.randomUUID().toString();
        store.jobs().insert(job(uuid), request(uuid));
        out.println(uuid + ".");
      }
    }

    static Job job(String uuid) {
      return Stored.job(uuid).toBuilder()
          .set(Job.Field.INPUTS, Map.of("in", List.of(uuid.repeat(10))))
          .build();
    }
  }
}
