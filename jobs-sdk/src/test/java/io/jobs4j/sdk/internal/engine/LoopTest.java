package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final AtomicInteger rounds = new AtomicInteger();
  private Loop loop = new Loop("test", "It failed", this::count);

  @AfterEach
  void close() {
    loop.close(ShutdownDeadline.within(Duration.ofSeconds(10)));
  }

  private Duration count() {
    rounds.incrementAndGet();
    return LONG;
  }

  private void awaitRounds(int count) {
    await().until(() -> rounds.get() == count);
  }

  @Test
  void doesItAtOnceAndWhenWoken() {
    loop.start();
    awaitRounds(1);
    loop.wake();
    awaitRounds(2);
  }

  @Test
  void restsAsLongAsTheLastRoundSays() {
    loop = new Loop("test", "It failed", () -> rounds.incrementAndGet() < 3 ? Duration.ZERO : LONG);
    loop.start();
    awaitRounds(3);
  }

  @Test
  void oneThatIsWokenWithinItsRoundHasAnother() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    loop =
        new Loop(
            "test",
            "It failed",
            () -> {
              begun.countDown();
              awaitUninterrupted(go);
              return count();
            });
    loop.start();
    begun.await();
    loop.wake();
    go.countDown();
    awaitRounds(2);
  }

  @Test
  void aRestIsMadeShorterAndNotLonger() {
    loop.start();
    awaitRounds(1);
    loop.wakeWithin(Duration.ofMillis(1));
    loop.wakeWithin(LONG);
    awaitRounds(2);
  }

  @Test
  void aShorterRestThatIsAskedForWithinARoundCounts() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    loop =
        new Loop(
            "test",
            "It failed",
            () -> {
              begun.countDown();
              awaitUninterrupted(go);
              return count();
            });
    loop.start();
    begun.await();
    loop.wakeWithin(Duration.ZERO);
    go.countDown();
    awaitRounds(2);
  }

  @Test
  void goesOnAfterAFailure() {
    loop =
        new Loop(
            "test",
            "It failed",
            Duration.ofMillis(1),
            () -> {
              if (rounds.incrementAndGet() == 1) {
                throw new StackOverflowError();
              }
              return LONG;
            });
    loop.start();
    awaitRounds(2);
  }

  @Test
  void aFailureIsFollowedByItsRestWhateverWasAskedForMeanwhile() {
    AtomicReference<Loop> self = new AtomicReference<>();
    loop =
        new Loop(
            "test",
            "It failed",
            LONG,
            () -> {
              rounds.incrementAndGet();
              self.get().wake();
              self.get().wakeWithin(Duration.ZERO);
              throw new IllegalStateException("no");
            });
    self.set(loop);
    loop.start();
    awaitRounds(1);
    await().during(Duration.ofMillis(200)).until(() -> rounds.get() == 1);
    loop.wake();
    awaitRounds(2);
  }

  @Test
  void anInterruptDoesNotEndIt() {
    AtomicReference<Thread> thread = new AtomicReference<>();
    loop =
        new Loop(
            "test",
            "It failed",
            () -> {
              thread.set(Thread.currentThread());
              return count();
            });
    loop.start();
    awaitRounds(1);
    thread.get().interrupt();
    loop.wake();
    awaitRounds(2);
  }

  @Test
  void oneThatIsStoppedRestsNoLonger() {
    AtomicBoolean goesOn = new AtomicBoolean(true);
    CountDownLatch begun = new CountDownLatch(1);
    loop =
        new Loop(
            "test",
            "It failed",
            () -> {
              begun.countDown();
              goesOn.set(loop.rest(LONG));
              return count();
            });
    loop.start();
    awaitUninterrupted(begun);
    loop.close(ShutdownDeadline.within(Duration.ofSeconds(30)));
    assertThat(goesOn).isFalse();
    assertThat(rounds).hasValue(1);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // The test's own time limit ends it.
      }
    }
  }
}
