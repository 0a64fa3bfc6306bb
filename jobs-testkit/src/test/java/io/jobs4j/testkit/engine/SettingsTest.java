package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobTimeoutException;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.SchemaScript;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Settings that cannot work, engines that cannot start, and engines that are closed. */
@Timeout(120)
class SettingsTest {
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();
  private static final Duration NEGATIVE = Duration.ofSeconds(-1);
  private static final Caller ALICE = Caller.of("acme", "alice");

  @TempDir Path directory;

  @Test
  void durationsThatCannotWorkAreRefusedWithTheRange() {
    Map<String, Consumer<Duration>> settings =
        Map.of(
            "lease",
            JobsEngine.builder()::lease,
            "databaseWait",
            JobsEngine.builder()::databaseWait,
            "retention",
            JobsEngine.builder()::retention,
            "pause",
            time -> new RecoveryPolicy.Step(0, time),
            "maxElapsed",
            time -> RecoveryPolicy.constant(Duration.ofMinutes(1), 0, time),
            "maxRunTime",
            time -> JobRequest.builder("hello", "hello-1.0").maxRunTime(time));
    settings.forEach(
        (name, setter) -> {
          for (Duration value : List.of(FOREVER, NEGATIVE)) {
            assertThatThrownBy(() -> setter.accept(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(name + " " + value + " must be from PT\\S+ to PT\\S+");
          }
        });
  }

  @Test
  void theLongestTimesWork() throws Exception {
    try (JobsEngine engine =
        builder()
            .lease(Duration.ofDays(7))
            .databaseWait(Duration.ofDays(7))
            .retention(Duration.ofDays(36_500))
            .start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(hello()).id();
      assertThat(client.await(id, FOREVER).id()).isEqualTo(id);
      assertThat(client.follow(id, FOREVER, event -> {}).id()).isEqualTo(id);
    }
  }

  @Test
  void aTimeoutThatIsOverIsNotWaitedFor() throws Exception {
    ScriptedScheduler running =
        new ScriptedScheduler().onSubmit(spec -> RemoteStatus.running(null));
    try (JobsEngine engine = builder(running).start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(hello()).id();
      for (Duration timeout : List.of(FOREVER.negated(), Duration.ZERO)) {
        assertThatThrownBy(() -> client.await(id, timeout)).isInstanceOf(JobTimeoutException.class);
      }
    }
  }

  @Test
  void tablesHaveTheNamesThatTheBuilderSaysOrAreNotMade() throws Exception {
    JdbcDataSource memory = new JdbcDataSource();
    memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    Supplier<JobsEngineBuilder> engine =
        () -> builder().dataSource(memory).durability(Durability.NONE);
    assertThatThrownBy(() -> engine.get().tablePrefix("No-"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tablePrefix \"No-\" must begin with a letter");
    assertThatThrownBy(() -> engine.get().schema("").start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("schema \"\" must begin with a letter");
    assertThatThrownBy(() -> engine.get().createTables(false).start())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("io.jobs4j.sdk.SchemaScript");
    try (Connection connection = memory.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA work");
      statement.execute(SchemaScript.H2.text("mine_", "work"));
      try (JobsEngine mine =
          engine.get().tablePrefix("mine_").schema("work").createTables(false).start()) {
        JobsClient client = mine.client(ALICE);
        client.await(client.submit(hello()).id(), Duration.ofSeconds(60));
      }
      try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM work.mine_job")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(1);
      }
    }
  }

  @Test
  void aMissingDriverIsNamed() {
    assertThatThrownBy(
            () -> builder().database("jdbc:nonesuch://host/db?password=secret", "u", "p").start())
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "The database cannot be opened: no JDBC driver for jdbc:nonesuch: is on the class"
                + " path.");
  }

  @Test
  void aClosedEngineSaysSoInEveryCall() throws Exception {
    JobsEngine engine = builder().start();
    JobsClient client = engine.client(ALICE);
    String id = client.submit(hello()).id();
    client.await(id, Duration.ofSeconds(60));
    engine.close();
    List<ThrowingCallable> calls =
        List.of(
            () -> client.submit(hello()),
            () -> client.get(id),
            () -> client.status(id),
            () -> client.list(JobQuery.all()),
            () -> client.count(JobQuery.all()),
            () -> client.history(id),
            () -> client.history(id, 0, 1),
            () -> client.await(id, FOREVER),
            () -> client.follow(id, FOREVER, event -> {}),
            () -> client.cancel(id),
            () -> client.pause(id),
            () -> client.resume(id),
            () -> client.hide(id),
            () -> client.unhide(id),
            () -> client.resubmit(id),
            () -> client.outputs(id, ""),
            () -> client.output(id, "out"),
            () -> engine.client(ALICE).get(id),
            () -> engine.importQueues("test", "{}"));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isInstanceOf(StoreException.class)
          .hasMessage("The engine is closed.");
    }
  }

  private JobsEngineBuilder builder() {
    return builder(new ScriptedScheduler());
  }

  private JobsEngineBuilder builder(ScriptedScheduler scheduler) {
    return JobsEngine.builder()
        .inMemory()
        .catalog(TestSystems.in(directory).app("hello", "echo hello").catalog())
        .adapter(scheduler)
        .adapter(new NoCommands());
  }

  private static JobRequest hello() {
    return JobRequest.builder("hello", "hello-1.0").build();
  }
}
