package io.jobs4j.sdk;

import io.jobs4j.core.model.Job;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/** All jobs that a query finds, read page by page as they are asked for. Used by one thread. */
final class JobPages implements Iterator<Job> {
  private final JobsClient client;
  private final JobQuery query;

  /** What is left of the page. */
  private Iterator<Job> page;

  /** The ids of the page, in its order. */
  private List<String> ids = List.of();

  private boolean last;

  /** Reads the first page. */
  JobPages(JobsClient client, JobQuery query) {
    this.client = client;
    this.query = query;
    this.page = read(query, Set.of()).iterator();
  }

  private List<Job> read(JobQuery part, Set<String> seen) {
    List<Job> read = client.list(part);
    last = read.size() < query.limit();
    List<Job> fresh = read.stream().filter(job -> !seen.contains(job.id())).toList();
    if (!fresh.isEmpty()) {
      ids = fresh.stream().map(Job::id).toList();
    }
    return fresh;
  }

  @Override
  public boolean hasNext() {
    while (!page.hasNext() && !last) {
      page = next(new ArrayList<>(ids), new HashSet<>(ids)).iterator();
    }
    return page.hasNext();
  }

  /** What comes after the last job of a page, or after one before it if that was deleted. */
  private List<Job> next(List<String> page, Set<String> seen) {
    while (true) {
      String after = page.remove(page.size() - 1);
      try {
        return read(query.withAfter(after), seen);
      } catch (JobNotFoundException e) {
        if (page.isEmpty()) {
          throw e;
        }
      }
    }
  }

  @Override
  public Job next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return page.next();
  }
}
