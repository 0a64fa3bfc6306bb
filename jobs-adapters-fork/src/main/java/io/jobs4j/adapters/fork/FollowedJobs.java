package io.jobs4j.adapters.fork;

import io.jobs4j.core.spi.RemoteJob;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of the ends of jobs. Safe for use by several threads. */
final class FollowedJobs {
  private static final Logger log = LoggerFactory.getLogger(FollowedJobs.class);

  private final List<Consumer<RemoteJob>> listeners = new CopyOnWriteArrayList<>();

  /** Jobs whose end will be told of. */
  private final Set<RemoteJob> followed = ConcurrentHashMap.newKeySet();

  void addListener(Consumer<RemoteJob> listener) {
    listeners.add(listener);
  }

  /** Whether the end of a job will be told of. */
  boolean contains(RemoteJob job) {
    return followed.contains(job);
  }

  /** Tells of a job when its process has ended. */
  void follow(RemoteJob job, CompletionStage<Void> exit) {
    followed.add(job);
    var unused =
        exit.whenComplete(
            (nothing, failure) -> {
              followed.remove(job);
              ended(job);
            });
  }

  private void ended(RemoteJob job) {
    for (Consumer<RemoteJob> listener : listeners) {
      try {
        listener.accept(job);
      } catch (RuntimeException e) {
        log.warn("A listener failed on the end of attempt {}", job.attempt().key(), e);
      }
    }
  }

  /** Tells nobody any more. */
  void forgetListeners() {
    listeners.clear();
  }
}
