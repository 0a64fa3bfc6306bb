package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.Batches;
import io.jobs4j.adapters.slurm.internal.RunRecord;
import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.adapters.slurm.internal.Sight;
import io.jobs4j.adapters.slurm.internal.Sightings;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says where jobs are: one look at the queue for all of them, and more about those that are over.
 * Safe for use by several threads.
 */
final class Statuses {
  private static final Logger log = LoggerFactory.getLogger(Statuses.class);

  /**
   * Slurm sends all jobs of the user for each look at the queue, however many names are asked for.
   */
  private static final int JOBS_PER_LOOK = 2_000;

  /** Of the names in one look: less than Linux takes in one argument. */
  private static final int NAMES_LENGTH = 120_000;

  /** Of jobs that have ended much is said, a line for each of their steps. */
  private static final int SETTLED_PER_COMMAND = 50;

  private final SlurmHost host;
  private final Submissions submissions;
  private final Sightings sightings;
  private final Verdicts verdicts;
  private final Holds holds;
  private final QueueLook queue;

  Statuses(SlurmHost host, Submissions submissions, Sightings sightings) {
    this.host = host;
    this.submissions = submissions;
    this.sightings = sightings;
    this.verdicts = new Verdicts(sightings);
    this.holds = new Holds(host);
    this.queue = new QueueLook(host);
  }

  /**
   * The statuses of jobs, without those of which nothing is known at present.
   *
   * @throws TransientAdapterException if nothing is known of any for want of an answer
   */
  Map<RemoteJob, RemoteStatus> of(Collection<RemoteJob> jobs) throws InterruptedException {
    List<Asked> asked = new ArrayList<>();
    List<RemoteJob> nameless = new ArrayList<>();
    for (RemoteJob job : new LinkedHashSet<>(jobs)) {
      BatchSubmission.checked(job.attempt());
      if (Submissions.isNumbered(job)) {
        asked.add(new Asked(job, job.remoteJobId(), false));
      } else {
        nameless.add(job);
      }
    }
    Map<RemoteJob, RemoteStatus> statuses = new LinkedHashMap<>();
    TransientAdapterException failure = null;
    int answered = 0;
    for (RemoteJob job : nameless) {
      try {
        Sight sight = submissions.sight(job.attempt(), host.settings(), 0);
        if (sight.job() != null) {
          String id = sight.job().remoteJobId();
          sightings.found(job, id);
          asked.add(new Asked(job, id, false));
        } else if (sight.absent() && sightings.believed(job)) {
          statuses.put(job, RemoteStatus.lost(null, "Slurm has no job of this attempt."));
        }
        answered++;
      } catch (TransientAdapterException e) {
        String message = e.getMessage();
        if (e.condition() == RecoveryCondition.JOB_NOT_VISIBLE && message != null) {
          statuses.put(job, RemoteStatus.unseen(message));
          answered++;
        } else {
          failure = e;
        }
      }
    }
    for (List<Asked> some :
        Batches.of(asked, JOBS_PER_LOOK, one -> one.name().length() + 1, NAMES_LENGTH)) {
      try {
        statuses.putAll(look(some));
        answered++;
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    if (failure != null) {
      if (answered == 0) {
        throw failure;
      }
      log.warn("Some jobs could not be looked at: {}", failure.getMessage());
    }
    statuses.forEach(
        (job, status) -> {
          if (status.state() == State.ENDED || status.state() == State.LOST) {
            host.clusters().ended(job.attempt());
          }
        });
    return statuses;
  }

  private Map<RemoteJob, RemoteStatus> look(List<Asked> asked) throws InterruptedException {
    ClusterSettings settings = host.settings();
    Map<String, List<QueueRow>> rows = queue.of(asked, settings);
    Looked looked =
        new Looked(
            new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
    List<Asked> contested = new ArrayList<>();
    for (Asked one : asked) {
      List<QueueRow> copies = rows.getOrDefault(one.name(), List.of());
      if (!one.followed() && copies.stream().anyMatch(row -> !row.id().equals(one.id()))) {
        contested.add(one);
      } else {
        judge(one, copies, looked);
      }
    }
    TransientAdapterException failure = null;
    for (List<Asked> some : Batches.of(contested, SETTLED_PER_COMMAND)) {
      try {
        for (Asked one : owners(some, rows, settings)) {
          judge(one, rows.getOrDefault(one.name(), List.of()), looked);
        }
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    note(looked.requeued());
    Map<RemoteJob, RemoteStatus> statuses = looked.statuses();
    holds.tell(looked.standing(), statuses);
    for (List<Unsettled> some : Batches.of(looked.unsettled(), SETTLED_PER_COMMAND)) {
      try {
        settle(some, settings, statuses);
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    if (failure != null) {
      if (statuses.isEmpty()) {
        throw failure;
      }
      log.warn("How some jobs ended could not be found out: {}", failure.getMessage());
    }
    return statuses;
  }

  /** Says where a job is, or adds it to those about which more must be asked. */
  private void judge(Asked one, List<QueueRow> copies, Looked looked) {
    QueueRow row =
        copies.stream().filter(copy -> copy.id().equals(one.id())).findFirst().orElse(null);
    if (row == null) {
      looked.unsettled().add(new Unsettled(one, null));
      return;
    }
    SlurmState state = row.state().orElse(null);
    if (state != null && state.meaning.isEnd()) {
      looked.unsettled().add(new Unsettled(one, row));
      return;
    }
    Verdicts.Said said = verdicts.of(one.job(), Evidence.listed(one, row));
    if (said.toBeNoted()) {
      looked.requeued().put(one, row.restarts());
    }
    RemoteStatus status = said.verdict().status();
    if (status != null && state != null) {
      Holds.Sign sign = Holds.sign(row, state);
      looked.statuses().put(one.job(), sign == Holds.Sign.FREE ? status.withHeld(false) : status);
      if (sign == Holds.Sign.OURS_OR_NOT) {
        looked.standing().add(one.job());
      }
    }
  }

  /**
   * Finds out which of several Slurm jobs has an attempt, and cancels the others as long as they
   * wait.
   */
  private List<Asked> owners(
      List<Asked> contested, Map<String, List<QueueRow>> rows, ClusterSettings settings)
      throws InterruptedException {
    ScriptAnswer answer = host.ask(Details.ofRecords(contested), settings);
    List<Asked> followed = new ArrayList<>();
    for (int i = 0; i < contested.size(); i++) {
      Asked one = contested.get(i);
      RunRecord record = Details.record(answer, i, one.job());
      if (record == null) {
        continue;
      }
      List<QueueRow> copies = rows.getOrDefault(one.name(), List.of());
      String owner = record.owner().isEmpty() ? Copies.runner(one.id(), copies) : record.owner();
      if (owner != null) {
        Copies.drop(host, one.job().attempt(), copies, owner, settings);
        followed.add(new Asked(one.job(), owner, true));
      }
    }
    return followed;
  }

  /** Leaves word of how often jobs were queued again, for whoever looks after this process. */
  private void note(Map<Asked, Integer> requeued) throws InterruptedException {
    if (requeued.isEmpty()) {
      return;
    }
    ScriptAnswer answer = host.attempted(Details.noting(requeued));
    requeued.forEach(
        (one, restarts) -> {
          if (answer != null && Details.isNoted(answer, one)) {
            sightings.noted(one.job(), one.id(), restarts);
          } else {
            // It is tried again with each look.
            log.debug("That Slurm queued job {} again could not be noted", one.id());
          }
        });
  }

  /** Finds out how jobs ended that Slurm says are over, or does not list any more. */
  private void settle(
      List<Unsettled> unsettled, ClusterSettings settings, Map<RemoteJob, RemoteStatus> statuses)
      throws InterruptedException {
    CommandResult result = host.ran(Details.ofEnds(unsettled, settings, true), settings);
    if (result.truncated() && unsettled.size() > 1) {
      settleSingly(unsettled, settings, statuses);
      return;
    }
    if (result.truncated()) {
      result = host.ran(Details.ofEnds(unsettled, settings, false), settings);
    }
    ScriptAnswer answer = host.complete(result);
    ScriptAnswer.Frame accounts = answer.frame("sacct");
    Map<AccountingRecord.Job, AccountingRecord> accounted =
        accounts != null && accounts.code() == 0
            ? AccountingRecord.of(
                unsettled.stream().map(one -> accounted(one.asked())).collect(Collectors.toSet()),
                accounts.lines())
            : Map.of();
    String cluster = Details.cluster(answer);
    List<Asked> elsewhere = new ArrayList<>();
    Map<Asked, RemoteStatus> lost = new LinkedHashMap<>();
    for (int i = 0; i < unsettled.size(); i++) {
      Unsettled one = unsettled.get(i);
      Asked asked = one.asked();
      RunRecord record = Details.record(answer, i, asked.job());
      if (record == null) {
        continue;
      }
      Evidence evidence =
          new Evidence(
              asked.id(),
              asked.followed(),
              one.row(),
              record,
              Details.controller(answer, one, record),
              accounted.get(accounted(asked)),
              Evidence.Accounts.of(accounts, settings),
              sightings.restarts(asked.job(), asked.id()),
              submittedTo(one, Details.submittedTo(answer, i)),
              cluster,
              () -> sightings.believed(asked.job()));
      Verdict verdict = verdicts.of(asked.job(), evidence).verdict();
      RemoteStatus status = verdict.status();
      if (verdict.kind() == Verdict.Kind.FOLLOW) {
        log.warn(
            "Attempt {} runs as Slurm job {}, not as {}",
            asked.job().attempt().key(),
            record.owner(),
            asked.id());
        elsewhere.add(new Asked(asked.job(), record.owner(), true));
      } else if (status != null && status.state() == State.LOST && one.row() == null) {
        lost.put(asked, status);
      } else if (status != null) {
        if (status.state() == State.UNSEEN && cluster != null) {
          host.answers(answer, cluster);
        }
        statuses.put(asked.job(), status);
      }
    }
    if (!elsewhere.isEmpty()) {
      statuses.putAll(look(elsewhere));
    }
    if (!lost.isEmpty()) {
      statuses.putAll(confirmed(lost, settings));
    }
  }

  /** The cluster of a job, by the record in its work directory or by what was seen before. */
  private String submittedTo(Unsettled one, @Nullable String recorded) {
    return recorded == null ? host.clusters().of(one.asked().job().attempt()) : recorded;
  }

  private static AccountingRecord.Job accounted(Asked asked) {
    return new AccountingRecord.Job(asked.id(), asked.name());
  }

  /** Settles jobs of which together too much is said, as of very many steps. */
  private void settleSingly(
      List<Unsettled> unsettled, ClusterSettings settings, Map<RemoteJob, RemoteStatus> statuses)
      throws InterruptedException {
    TransientAdapterException failure = null;
    for (Unsettled one : unsettled) {
      try {
        settle(List.of(one), settings, statuses);
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Those that really are lost: others may have another name by now, or be another user's. Numbers
   * find them, and their name or comment says that they are ours.
   */
  private Map<RemoteJob, RemoteStatus> confirmed(
      Map<Asked, RemoteStatus> lost, ClusterSettings settings) throws InterruptedException {
    ScriptAnswer answer = host.ask(Details.ofNumbers(lost.keySet()), settings);
    Map<RemoteJob, RemoteStatus> confirmed = new LinkedHashMap<>();
    lost.forEach(
        (one, status) -> {
          ScriptAnswer.Frame shown = Details.controller(answer, one);
          if (shown == null
              || (shown.code() != 0 && !shown.error().contains("Invalid job id specified"))) {
            // No answer is no evidence.
            return;
          }
          ControllerRecord controller =
              ControllerRecord.ofAttempt(
                      one.id(), one.name(), one.job().attempt().key(), shown.lines())
                  .orElse(null);
          if (controller == null || controller.isOver()) {
            confirmed.put(one.job(), status);
            return;
          }
          if (sightings.warn(one.job(), controller.stateText())) {
            log.warn(
                "Slurm job {} of attempt {} is {} and not listed by its name",
                one.id(),
                one.job().attempt().key(),
                controller.stateText());
          }
          // It is not noted as queued again: the work directory is told once it is listed.
          boolean unused = sightings.alive(one.job(), one.id(), controller.restarts());
        });
    return confirmed;
  }

  /**
   * A job to look at.
   *
   * @param id of the Slurm job that runs it
   * @param followed whether that id has been found out to be the one that counts
   */
  record Asked(RemoteJob job, String id, boolean followed) {
    String name() {
      return BatchSubmission.name(job.attempt());
    }
  }

  /**
   * What a look at the queue has shown.
   *
   * @param unsettled jobs about which more must be asked
   * @param requeued how often jobs were queued again of which the work directory does not say so
   * @param standing jobs that may be held by the engine
   */
  private record Looked(
      Map<RemoteJob, RemoteStatus> statuses,
      List<Unsettled> unsettled,
      Map<Asked, Integer> requeued,
      List<RemoteJob> standing) {}

  /** A job that is over, or that the controller does not list: then {@code row} is null. */
  record Unsettled(Asked asked, @Nullable QueueRow row) {}
}
