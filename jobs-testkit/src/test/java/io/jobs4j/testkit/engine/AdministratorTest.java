package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.JobNotFoundException;
import io.jobs4j.sdk.JobPermissionException;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Those who may do with all jobs of their tenant what owners may. */
@Timeout(60)
class AdministratorTest {
  @TempDir Path directory;

  @Test
  void anAdministratorActsOnJobsOfTheTenantAndOfNoOther() throws Exception {
    ScriptedScheduler scheduler =
        new ScriptedScheduler().onSubmit(spec -> RemoteStatus.running(null));
    try (JobsEngine engine =
        JobsEngine.builder()
            .inMemory()
            .catalog(TestSystems.in(directory).app("hello", "echo hello").catalog())
            .adapter(scheduler)
            .adapter(new NoCommands())
            .administrators(caller -> caller.roles().contains("admin"))
            .start()) {
      JobsClient alice = engine.client(Caller.of("acme", "alice"));
      String id = alice.submit(JobRequest.builder("hello", "hello-1.0").build()).id();
      await().until(() -> LifecycleTest.visibleStatus(alice, id), JobStatus.RUNNING::equals);
      JobsClient bob = engine.client(Caller.of("acme", "bob"));
      assertThatThrownBy(() -> bob.cancel(id)).isInstanceOf(JobPermissionException.class);
      JobsClient elsewhere = engine.client(new Caller("globex", "root", Set.of("admin")));
      assertThatThrownBy(() -> elsewhere.cancel(id)).isInstanceOf(JobNotFoundException.class);
      JobsClient root = engine.client(new Caller("acme", "root", Set.of("admin")));
      root.cancel(id);
      assertThat(root.await(id, Duration.ofSeconds(30)).lastStatusMessage())
          .isEqualTo("Job cancelled by root.");
      assertThat(root.history(id, 2, 3)).extracting("sequence").containsExactly(3L, 4L, 5L);
    }
  }

  @Test
  void anAdministratorListsTheJobsOfOthersAndNobodyElseDoes() throws Exception {
    try (JobsEngine engine =
        JobsEngine.builder()
            .inMemory()
            .catalog(TestSystems.in(directory).app("hello", "echo hello").catalog())
            .adapter(new ScriptedScheduler())
            .adapter(new NoCommands())
            .administrators(caller -> caller.roles().contains("admin"))
            .start()) {
      JobsClient alice = engine.client(Caller.of("acme", "alice"));
      JobsClient bob = engine.client(Caller.of("acme", "bob"));
      JobsClient root = engine.client(new Caller("acme", "root", Set.of("admin")));
      JobsClient elsewhere = engine.client(new Caller("globex", "root", Set.of("admin")));
      JobRequest request = JobRequest.builder("hello", "hello-1.0").build();
      for (JobsClient client : List.of(alice, bob, root, elsewhere, bob)) {
        client.await(client.submit(request).id(), Duration.ofSeconds(30));
      }

      assertThat(owners(root.list(JobQuery.all()))).containsExactly("root");
      assertThat(owners(root.list(JobQuery.all().withAllOwners())))
          .containsExactly("bob", "root", "bob", "alice");
      assertThat(owners(root.list(JobQuery.all().withAllOwners().withPage(1, 2))))
          .containsExactly("root", "bob");
      assertThat(owners(root.list(JobQuery.all().withOwner("bob")))).containsExactly("bob", "bob");
      assertThat(owners(root.list(JobQuery.all().withAllOwners().withOwner("alice"))))
          .containsExactly("alice");
      assertThat(root.list(JobQuery.all().withOwner("a\0"))).isEmpty();
      assertThat(root.count(JobQuery.all())).isEqualTo(1);
      assertThat(root.count(JobQuery.all().withAllOwners())).isEqualTo(4);
      assertThat(root.count(JobQuery.all().withAllOwners().withPage(1, 2))).isEqualTo(4);
      assertThat(root.count(JobQuery.all().withAllOwners().withAfter("unknown"))).isEqualTo(4);
      assertThat(root.count(JobQuery.all().withAllOwners().withStatus(JobStatus.RUNNING))).isZero();
      assertThat(root.count(JobQuery.all().withOwner("bob"))).isEqualTo(2);
      assertThat(root.count(JobQuery.all().withOwner("a\0"))).isZero();
      assertThat(elsewhere.count(JobQuery.all().withAllOwners())).isEqualTo(1);
      assertThat(bob.count(JobQuery.all())).isEqualTo(2);
      assertThat(owners(bob.list(JobQuery.all().withOwner("bob")))).containsExactly("bob", "bob");
      assertThatThrownBy(() -> bob.list(JobQuery.all().withOwner("alice")))
          .isInstanceOf(JobPermissionException.class)
          .hasMessageContaining("bob is not authorized to list the jobs of other users");
      assertThatThrownBy(() -> bob.list(JobQuery.all().withAllOwners()))
          .isInstanceOf(JobPermissionException.class);
      assertThatThrownBy(() -> bob.count(JobQuery.all().withOwner("alice")))
          .isInstanceOf(JobPermissionException.class);
      assertThatThrownBy(() -> bob.count(JobQuery.all().withAllOwners()))
          .isInstanceOf(JobPermissionException.class);
    }
  }

  private static List<String> owners(List<Job> jobs) {
    return jobs.stream().map(Job::owner).toList();
  }
}
