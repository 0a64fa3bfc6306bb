package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerPoolsTest {
  private static final String SHARED = TenantQueues.SHARED;

  private final WorkerPools pools = new WorkerPools(2, WorkerPoolsTest::threads);

  @AfterEach
  void close() {
    assertThat(pools.stop()).allMatch(ExecutorService::isShutdown);
  }

  @Test
  void aWorkerIsKeptOnlyIfOneIsIdleAndNoJobWaits() {
    assertThat(pools.reserve(SHARED)).as("what the database has is not known yet").isFalse();
    pools.get(SHARED).backlog(false);
    assertThat(pools.reserve(SHARED)).isTrue();
    assertThat(pools.reserve(SHARED)).isTrue();
    assertThat(pools.reserve(SHARED)).as("both are busy").isFalse();
    pools.get(SHARED).end();
    assertThat(pools.reserve(SHARED)).isTrue();
    pools.get(SHARED).end();
    pools.expectBacklog();
    assertThat(pools.reserve(SHARED)).as("those that wait come first").isFalse();
  }

  @Test
  void aQueueThatIsServedHasWorkersOfItsOwn() {
    assertThat(pools.reserve("fast")).isFalse();
    assertThatThrownBy(() -> pools.get("fast")).isInstanceOf(IllegalArgumentException.class);
    assertThat(pools.serve("fast", 1)).isTrue();
    pools.get("fast").backlog(false);
    assertThat(pools.reserve("fast")).isTrue();
    assertThat(pools.reserve("fast")).isFalse();
    assertThat(pools.serve("fast", 2)).isTrue();
    assertThat(pools.reserve("fast")).as("it has one more").isTrue();
  }

  @Test
  void poolsWithRoomAreFilledIfThereMayBeJobs() {
    assertThat(pools.serve("full", 1)).isTrue();
    assertThat(pools.serve("quiet", 1)).isTrue();
    pools.get("full").begin();
    pools.get("quiet").backlog(false);
    assertThat(pools.toFill()).containsExactly(pools.get(SHARED));
  }

  @Test
  void nothingBeginsOnceItIsClosed() {
    pools.get(SHARED).backlog(false);
    assertThat(pools.isClosed()).isFalse();
    assertThat(pools.stop()).hasSize(1);
    assertThat(pools.isClosed()).isTrue();
    assertThat(pools.reserve(SHARED)).isFalse();
    assertThat(pools.serve("late", 1)).isFalse();
  }

  @Test
  void anEngineThatWorksOnNoJobsServesNoQueue() {
    WorkerPools none = new WorkerPools(0, WorkerPoolsTest::threads);
    assertThat(none.serve("queue", 1)).isFalse();
    assertThat(none.reserve(SHARED)).isFalse();
    assertThat(none.stop()).isEmpty();
  }

  private static ThreadPoolExecutor threads(int count) {
    return new ThreadPoolExecutor(count, count, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
  }
}
