package io.jobs4j.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.jobs4j.core.model.Job;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobPagesTest {
  private static final JobQuery BY_THREE = JobQuery.all().withPage(0, 3);

  /** What there is at the moment. */
  private final List<String> ids = new ArrayList<>();

  private final JobsClient client = mock(JobsClient.class, CALLS_REAL_METHODS);

  @BeforeEach
  void answer() {
    IntStream.range(0, 8).forEach(i -> ids.add("job " + i));
    when(client.list(any())).thenAnswer(call -> list(call.getArgument(0)));
  }

  private List<Job> list(JobQuery query) {
    int from = query.offset();
    if (query.after() != null) {
      from = ids.indexOf(query.after()) + 1;
      if (from == 0) {
        throw new JobNotFoundException(query.after());
      }
    }
    return ids.stream().skip(from).limit(query.limit()).map(JobPagesTest::job).toList();
  }

  private static Job job(String id) {
    Job job = mock(Job.class);
    when(job.id()).thenReturn(id);
    return job;
  }

  private static List<String> rest(Iterator<Job> jobs) {
    List<String> all = new ArrayList<>();
    jobs.forEachRemaining(job -> all.add(job.id()));
    return all;
  }

  @Test
  void readsAllPages() {
    assertThat(client.stream(BY_THREE).map(Job::id)).containsExactlyElementsOf(ids);
    verify(client, times(3)).list(any());
  }

  @Test
  void readsNoMoreThanIsAskedFor() {
    assertThat(client.stream(BY_THREE).limit(3).map(Job::id)).hasSize(3);
    verify(client, times(1)).list(any());
    verify(client, never()).list(BY_THREE.withAfter("job 2"));
  }

  @Test
  void endsAfterAFullPageToo() {
    ids.subList(6, 8).clear();
    assertThat(client.stream(BY_THREE).map(Job::id)).containsExactlyElementsOf(ids);
  }

  @Test
  void beginsAtTheOffset() {
    assertThat(client.stream(BY_THREE.withPage(6, 3)).map(Job::id))
        .containsExactly("job 6", "job 7");
  }

  @Test
  void goesOnBehindAnEarlierJobIfTheLastWasDeleted() {
    Iterator<Job> jobs = client.stream(BY_THREE).iterator();
    IntStream.range(0, 3).forEach(i -> jobs.next());
    ids.remove("job 2");
    ids.remove("job 1");
    assertThat(rest(jobs)).containsExactly("job 3", "job 4", "job 5", "job 6", "job 7");
  }

  @Test
  void saysSoIfAllOfThePageWereDeleted() {
    Iterator<Job> jobs = client.stream(BY_THREE).iterator();
    IntStream.range(0, 3).forEach(i -> jobs.next());
    ids.removeIf(id -> id.compareTo("job 3") < 0);
    assertThatThrownBy(jobs::hasNext).isInstanceOf(JobNotFoundException.class);
  }

  @Test
  void hasNothingAfterTheEnd() {
    Iterator<Job> jobs = new JobPages(client, BY_THREE);
    assertThat(rest(jobs)).hasSize(8);
    assertThatThrownBy(jobs::next).isInstanceOf(NoSuchElementException.class);
  }
}
