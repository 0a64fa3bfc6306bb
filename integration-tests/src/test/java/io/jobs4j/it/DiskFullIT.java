package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.testkit.HistoryChecker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A file system without room for a while, below the database, below the work directories, or below
 * the archives, while users submit jobs and ask for them.
 */
class DiskFullIT {
  private static final Duration DATABASE_WAIT = Duration.ofSeconds(2);

  /** What a call may take beyond its limit on a machine that has other things to do. */
  private static final Duration GRACE = Duration.ofSeconds(15);

  /** What closing an engine may take. */
  private static final Duration CLOSE = Duration.ofSeconds(30);

  private static final int ON_THEIR_WAY = 4;

  /** What users do between two calls. */
  private static final long PACE_NANOS = 5_000_000;

  /** What the file system is below. */
  enum Below {
    DATABASE("database"),
    WORK_DIRECTORIES("scratch"),
    ARCHIVES("storage/alice");

    private final String directory;

    Below(String directory) {
      this.directory = directory;
    }
  }

  @TempDir Path directory;

  private final Queue<String> promised = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();

  /** Lists that were answered. */
  private final AtomicInteger reads = new AtomicInteger();

  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicLong longestNanos = new AtomicLong();

  @ParameterizedTest
  @EnumSource
  void callsReturnAndJobsEndRightWhenThereIsRoomAgain(Below below) throws Exception {
    try (FullDisk disk = FullDisk.mount(directory.resolve(below.directory), 24);
        ClusterFixture fixture =
            ClusterFixture.fork(directory)
                .settings(builder -> builder.databaseWait(DATABASE_WAIT).workers(4))
                .app("short", "until echo ${AGAVE_JOB_ID} >made.txt; do sleep 0.2; done\n")) {
      fixture.start();
      AtomicBoolean stop = new AtomicBoolean();
      ExecutorService users = Executors.newFixedThreadPool(2);
      try {
        List<Future<?>> all =
            List.of(
                users.submit(() -> use(fixture.client(), stop)),
                users.submit(() -> use(fixture.client(), stop)));
        await().atMost(ClusterFixture.PATIENCE).until(() -> promised.size() >= 10);
        for (int round = 1; round <= Chaos.size(1, 5); round++) {
          fillForAWhile(disk);
          int then = promised.size();
          await().atMost(ClusterFixture.PATIENCE).until(() -> promised.size() >= then + 10);
        }
        stop.set(true);
        for (Future<?> user : all) {
          user.get();
        }
      } finally {
        users.shutdownNow();
      }
      JobsClient client = fixture.client();
      await()
          .atMost(ClusterFixture.PATIENCE)
          .until(() -> client.list(FilesEngine.active()).isEmpty());
      HistoryChecker.checkAllEnded(client, promised);
      for (String id : promised) {
        Job job = client.get(id);
        assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
        assertThat(EngineFixture.output(client, id, "made.txt")).isEqualTo(id + "\n");
      }
      System.out.printf(
          "%s: %d jobs, %d calls, %d of them refused, longest %d ms%n",
          below, promised.size(), calls.get(), refused.get(), longestNanos.get() / 1_000_000);
      assertThat(Duration.ofNanos(longestNanos.get())).isLessThan(DATABASE_WAIT.plus(GRACE));
    }
  }

  @Test
  void anEngineIsRefusedWhileItsDatabaseHasNoRoomAndClosesWhenItHasNoMore() throws Exception {
    try (FullDisk disk = FullDisk.mount(directory.resolve(Below.DATABASE.directory), 24);
        ClusterFixture fixture =
            ClusterFixture.fork(directory)
                .settings(builder -> builder.databaseWait(DATABASE_WAIT))
                .app("short", "echo made >made.txt\n")) {
      disk.fill();
      assertThatThrownBy(fixture::start)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("of the database cannot be written: ");
      disk.clear();
      fixture.start();
      String id = fixture.client().submit(ClusterFixture.request("short").build()).id();
      await()
          .atMost(ClusterFixture.PATIENCE)
          .until(
              () -> {
                disk.fill();
                return isRefused(fixture.client());
              });
      long begin = System.nanoTime();
      fixture.stop();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(CLOSE.plus(GRACE));
      disk.clear();
      await()
          .atMost(ClusterFixture.PATIENCE)
          .ignoreExceptionsMatching(StoreException.class::isInstance)
          .until(
              () -> {
                fixture.start();
                return true;
              });
      await()
          .atMost(ClusterFixture.PATIENCE)
          .until(() -> fixture.client().get(id).status() == JobStatus.FINISHED);
    }
  }

  private static boolean isRefused(JobsClient client) {
    try {
      client.submit(ClusterFixture.request("short").build());
      return false;
    } catch (StoreException e) {
      return true;
    }
  }

  private void fillForAWhile(FullDisk disk) throws IOException {
    int before = reads.get();
    long end = System.nanoTime() + Duration.ofSeconds(Chaos.size(4, 60)).toNanos();
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(
            () -> {
              disk.fill();
              return System.nanoTime() > end && reads.get() > before + 5;
            });
    disk.clear();
  }

  private void use(JobsClient client, AtomicBoolean stop) {
    while (!stop.get()) {
      call(
          () -> {
            if (client.list(FilesEngine.active()).size() < ON_THEIR_WAY) {
              promised.add(
                  client.submit(ClusterFixture.request("short").archive(true).build()).id());
            }
          });
      call(
          () -> {
            client.list(JobQuery.all().withPage(0, 5));
            reads.incrementAndGet();
          });
    }
  }

  private void call(Runnable call) {
    long begin = System.nanoTime();
    try {
      call.run();
    } catch (JobsException e) {
      // The database has no room.
      refused.incrementAndGet();
    } finally {
      long took = System.nanoTime() - begin;
      longestNanos.accumulateAndGet(took, Math::max);
      calls.incrementAndGet();
    }
    LockSupport.parkNanos(PACE_NANOS);
  }
}
