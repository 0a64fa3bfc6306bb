package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ShutdownDeadlineTest {
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final List<ExecutorService> pools = new ArrayList<>();

  @AfterEach
  void end() {
    goOn.countDown();
  }

  @Test
  @Timeout(20)
  void partsThatDoNotEndShareOneLimit() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(4);
    ShutdownDeadline deadline = ShutdownDeadline.within(Duration.ofMillis(1));
    for (int i = 0; i < 4; i++) {
      ExecutorService stuck = Executors.newSingleThreadExecutor();
      pools.add(stuck);
      CountDownLatch begun = new CountDownLatch(1);
      Future<?> unused = stuck.submit(() -> ignoreInterrupts(begun, interrupted));
      begun.await();
      deadline.await("part " + i, List.of(stuck), Thread.currentThread());
      assertThat(stuck.isTerminated()).isFalse();
    }
    interrupted.await();
    assertThat(deadline.left()).isZero();
  }

  private void ignoreInterrupts(CountDownLatch begun, CountDownLatch interrupted) {
    begun.countDown();
    while (true) {
      try {
        goOn.await();
        return;
      } catch (InterruptedException e) {
        interrupted.countDown();
      }
    }
  }
}
