package io.jobs4j.sdk;

import io.jobs4j.core.model.Caller;
import io.jobs4j.sdk.internal.engine.Engine;

/**
 * The engine: it accepts jobs, keeps them in its database and takes them to their end. Whatever was
 * accepted goes on after a restart on the same database, however the process ended. Safe for use by
 * several threads.
 */
public final class JobsEngine implements AutoCloseable {
  /**
   * Under this name the logging context (SLF4J's MDC) has the UUID of the job that a statement of
   * the engine, an adapter or a {@link JobListener} is about, where it is about one.
   */
  public static final String MDC_JOB_ID = "jobId";

  private final Engine engine;

  JobsEngine(Engine engine) {
    this.engine = engine;
  }

  /** A builder of an engine. */
  public static JobsEngineBuilder builder() {
    return new JobsEngineBuilder();
  }

  /** What {@code caller} can do with jobs. The client needs no closing and ends with the engine. */
  public JobsClient client(Caller caller) {
    return engine.client(caller);
  }

  /**
   * Adds tenant queues, or changes those of the same name; none is ever removed. All engines on the
   * database follow within a third of their lease, this one at once.
   *
   * @param source what the definitions come from, for messages
   * @param json the definitions of one tenant, as {@link
   *     io.jobs4j.core.catalog.QueueDefinitions#schema} describes them
   * @throws io.jobs4j.core.catalog.InvalidDefinitionException with all that is wrong; then nothing
   *     was changed
   * @throws StoreException if the database fails, within the time that holds for {@link JobsClient}
   */
  public void importQueues(String source, String json) {
    engine.importQueues(source, json);
  }

  /**
   * Looks at the clock and the database for work. Only tests that move the clock themselves need
   * it.
   */
  public void wake() {
    engine.wake();
  }

  /**
   * Stops within 30 seconds, all in all. What does not end by then, because an adapter does not
   * heed its interrupt, does not close, or the database does not answer, is left and named in the
   * log. A database that does not answer is waited for no longer than {@link
   * JobsEngineBuilder#databaseWait databaseWait} says, and a few seconds at least, in which this
   * engine tries to give its jobs to others. Jobs that schedulers have run on; each job is taken up
   * where it was by the next engine on the database. Afterwards every call throws {@link
   * StoreException}. Closing again does nothing.
   */
  @Override
  public void close() {
    engine.close();
  }
}
