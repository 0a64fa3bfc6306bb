package io.jobs4j.sdk;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.OutputFile;
import io.jobs4j.core.model.SubmittedJob;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What one caller can do with jobs. A job of another tenant does not exist for the caller; one of
 * another user of the tenant is refused, unless the caller is an administrator. Safe for use by
 * several threads.
 *
 * <p>Each method that takes a job id throws {@link JobNotFoundException} if no such job exists,
 * whatever the id looks like, and {@link JobPermissionException} if it is another user's. A job
 * that has just been submitted is {@code ACCEPTED} and cannot be seen: methods wait for it, for up
 * to five seconds or until the thread is interrupted, and throw {@link JobNotFoundException} if it
 * is {@code ACCEPTED} still. Every method throws {@link StoreException} if the database fails:
 * {@link OutcomeUnknownException} if what was asked may have been done, {@link
 * EngineClosedException} after the engine was closed.
 *
 * <p>Each method returns or throws within the engine's {@link JobsEngineBuilder#databaseWait
 * databaseWait} and three seconds, if the database is all that it waits for. {@link #await} and
 * {@link #follow} wait for their timeout besides, and {@link #outputs} and {@link #output} for the
 * storage system, as long as its adapter does.
 */
public interface JobsClient {
  /**
   * Asks to have a job run. When this returns the request survives the death of the process and of
   * the machine. The job is {@code ACCEPTED}; it is in lists a moment later, when it is {@code
   * PENDING}.
   *
   * @throws io.jobs4j.core.request.InvalidRequestException with all that is wrong with the request
   */
  SubmittedJob submit(JobRequest request);

  /**
   * Asks to have a job run, in the JSON that Aloe documents ("Submission Request Parameters").
   *
   * @throws io.jobs4j.core.request.InvalidRequestException with all that is wrong with the request
   */
  SubmittedJob submit(String json);

  /** The job as it is now. */
  Job get(String jobId);

  /** The state of the job. */
  JobStatus status(String jobId);

  /**
   * The caller's jobs, or those of other users of the tenant if the query says so and the caller is
   * an administrator. Jobs that are {@code ACCEPTED} are left out.
   *
   * @throws JobPermissionException if the query is for jobs of others and the caller is no
   *     administrator
   * @throws JobNotFoundException if the job after which the list is to go on does not exist any
   *     more
   */
  List<Job> list(JobQuery query);

  /**
   * How many jobs the query finds, whatever its offset, limit and the job after which it goes on.
   *
   * @throws JobPermissionException as {@link #list} does
   */
  long count(JobQuery query);

  /**
   * All jobs that the query finds from its offset on, however many. They are read as they are asked
   * for, as many at a time as its limit says; none is missed or seen twice while others come and
   * go. The stream is ordered, is not to be used by several threads at once, and need not be
   * closed.
   *
   * @throws JobPermissionException as {@link #list} does
   * @throws JobNotFoundException from the stream, if all jobs that were read last were deleted
   *     before it went on
   */
  default Stream<Job> stream(JobQuery query) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new JobPages(this, query), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  /** All history entries of the job, oldest first. */
  List<HistoryEvent> history(String jobId);

  /**
   * A part of the history entries of the job, oldest first.
   *
   * @param afterSequence sequence number of the last entry of the part before; 0 to begin
   * @param limit how many at most
   */
  List<HistoryEvent> history(String jobId, long afterSequence, int limit);

  /**
   * Waits for the job to end, also while it is {@code ACCEPTED}.
   *
   * @param timeout of any length; without waiting if it is not positive
   * @return the job, which is {@code FINISHED}, {@code FAILED} or {@code STOPPED}
   * @throws JobTimeoutException if it has not ended in time
   * @throws InterruptedException if the thread was interrupted
   */
  Job await(String jobId, Duration timeout) throws InterruptedException;

  /**
   * A future of the job's end, for those who wait for many jobs or have something done then; it
   * takes no thread. It completes with the job, which is {@code FINISHED}, {@code FAILED} or {@code
   * STOPPED}; exceptionally with {@link EngineClosedException} when the engine is closed before, or
   * with {@link JobNotFoundException} when the job was deleted. To cancel or complete it changes
   * nothing of the job. What depends on it is run by a few threads of the engine, which all futures
   * share: what takes long is to be given another executor.
   */
  CompletableFuture<Job> completion(String jobId);

  /**
   * Waits for the job to end and tells of each history entry as it is made, from the first one on,
   * in order, none twice and none left out. The listener is called by the calling thread.
   *
   * @param timeout of any length; without waiting if it is not positive
   * @return the job, which is {@code FINISHED}, {@code FAILED} or {@code STOPPED}
   * @throws JobTimeoutException if it has not ended in time
   * @throws InterruptedException if the thread was interrupted
   */
  Job follow(String jobId, Duration timeout, Consumer<HistoryEvent> listener)
      throws InterruptedException;

  /**
   * Asks to cancel the job. The request is stored when this returns and is carried out soon after;
   * the job is {@code STOPPED} once nothing of it runs any more. Asking again changes nothing.
   *
   * @throws JobActionException if the job is over
   */
  void cancel(String jobId);

  /**
   * Asks to pause the job. The request is stored when this returns and is carried out at the next
   * safe point: a job that its scheduler has is held there (a process is stopped), another simply
   * does not go on. It keeps its place, and a cancel is still carried out. Asking again changes
   * nothing.
   *
   * @throws JobActionException if the job is over
   */
  void pause(String jobId);

  /**
   * Lets a paused job go on where it was, or takes back a request to pause it that has not been
   * carried out yet. Nothing happens if there was none.
   *
   * @throws JobActionException if the job is over
   */
  void resume(String jobId);

  /**
   * Takes the job out of lists.
   *
   * @throws JobActionException if the job is not over or is hidden already
   */
  void hide(String jobId);

  /**
   * Shows a hidden job in lists again.
   *
   * @throws JobActionException if the job is not over or is not hidden
   */
  void unhide(String jobId);

  /**
   * Submits the request of the job again, as a new job.
   *
   * @throws JobActionException if the job is still {@code PENDING}
   * @throws io.jobs4j.core.request.InvalidRequestException if the request is not valid any more
   */
  SubmittedJob resubmit(String jobId);

  /**
   * The output of the job: what is in one of its directories, by name. Output is where it was
   * archived, or else in the work directory.
   *
   * @param path relative to the job's output; empty for all of it
   * @throws OutputException if there is no such directory or the path leads outside
   */
  List<OutputFile> outputs(String jobId, String path) throws InterruptedException;

  /**
   * Reads an output file from its first byte on. The caller closes the stream.
   *
   * @throws OutputException if there is no such file or the path leads outside
   */
  default InputStream output(String jobId, String path) throws InterruptedException {
    return output(jobId, path, 0);
  }

  /**
   * Reads an output file from {@code offset} on, which may grow while the job runs. The caller
   * closes the stream.
   *
   * @throws OutputException if there is no such file or the path leads outside
   */
  InputStream output(String jobId, String path, long offset) throws InterruptedException;
}
