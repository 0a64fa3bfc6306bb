package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.sdk.Durability;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EnginesOnPostgresTest extends EnginesContract {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @Override
  DataSource newDatabase(Path directory) {
    return POSTGRES.newDatabase();
  }

  @Test
  void aListenerHearsOnAConnectionThatDoesNotCommitByItself() {
    DataSource real = source;
    source = new ManualSource(real);
    JobStore hearing = engine("");
    source = real;
    JobStore telling = engine("");
    CountDownLatch listening = new CountDownLatch(1);
    AtomicInteger heard = new AtomicInteger();
    hearing.listen(new Heard(listening, heard));
    await().until(() -> listening.getCount() == 0);
    String unused = insert(telling);
    await().until(() -> heard.get() > 0);
  }

  private record Heard(CountDownLatch listening, AtomicInteger times) implements Announced {
    @Override
    public void ready() {
      times.incrementAndGet();
    }

    @Override
    public void orphans() {}

    @Override
    public void requested(String uuid) {}

    @Override
    public void changed(String uuid) {}

    @Override
    public void manyChanged() {}

    @Override
    public void anything() {
      listening.countDown();
    }
  }

  @Test
  void anEngineThatStandsStillWithinATransactionIsDeclaredDeadToo() throws Exception {
    DataSource source = POSTGRES.newDatabase();
    CountDownLatch inTransaction = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (JobStore still = shortLived(source);
        JobStore other = shortLived(source)) {
      JobRecord job = Stored.job();
      still.insert(job, "{}");
      Lease lease = still.claim("", 1).get(0).lease();
      CompletableFuture<Applied> change =
          still.changeLater(
              lease,
              head -> {
                inTransaction.countDown();
                awaitUninterruptibly(goOn);
                return JobChange.to(JobStatus.PENDING, "late");
              });
      inTransaction.await();
      await().atMost(Duration.ofMinutes(1)).until(() -> other.tend() > 0);
      assertThat(other.claim("", 1))
          .extracting(taken -> taken.lease().uuid())
          .containsExactly(job.uuid());
      goOn.countDown();
      assertThatThrownBy(() -> JobStore.result(change)).isInstanceOf(LeaseLostException.class);
    } finally {
      goOn.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JobStore shortLived(DataSource source) {
    return new JobStore(
        Database.of(source, Durability.POWER),
        new StoreSettings("", Duration.ofSeconds(1), Duration.ofSeconds(30)),
        new MovedClock(Stored.START),
        uuid -> {},
        () -> {});
  }
}
