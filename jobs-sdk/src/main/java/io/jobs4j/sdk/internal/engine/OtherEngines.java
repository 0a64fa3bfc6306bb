package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.internal.cluster.AnnouncementListener;
import io.jobs4j.sdk.internal.store.Requests;

/** What this engine does when others on its database tell of something. */
final class OtherEngines implements AnnouncementListener {
  private final Requests requests;
  private final Dispatcher dispatcher;
  private final Recoverer recoverer;
  private final JobWorker worker;
  private final JobFeed feed;

  OtherEngines(
      Requests requests,
      Dispatcher dispatcher,
      Recoverer recoverer,
      JobWorker worker,
      JobFeed feed) {
    this.requests = requests;
    this.dispatcher = dispatcher;
    this.recoverer = recoverer;
    this.worker = worker;
    this.feed = feed;
  }

  @Override
  public void ready() {
    dispatcher.wake();
  }

  @Override
  public void orphans() {
    dispatcher.lookAtAll();
    recoverer.wake();
  }

  @Override
  public void requested(String uuid) {
    worker.cancelRequested(uuid);
    dispatcher.wake();
  }

  @Override
  public void changed(String uuid) {
    feed.changed(uuid, true);
  }

  @Override
  public void manyChanged() {
    feed.wakeAll();
  }

  @Override
  public void anything() {
    dispatcher.lookAtAll();
    feed.wakeAll();
    requests.ofInFlight().forEach(worker::cancelRequested);
  }
}
