package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.adapters.slurm.internal.ScriptHost;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.TransientAdapterException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the queue of a cluster. Where a cluster of a federation has given a job to a sibling,
 * that one's queue is looked at for it. Safe for use by several threads.
 */
final class QueueLook {
  private static final Logger log = LoggerFactory.getLogger(QueueLook.class);

  private final SlurmHost host;

  QueueLook(SlurmHost host) {
    this.host = host;
  }

  /**
   * The Slurm jobs of each name.
   *
   * @throws TransientAdapterException if the cluster does not say
   */
  Map<String, List<QueueRow>> of(List<Statuses.Asked> asked, ClusterSettings settings)
      throws InterruptedException {
    ScriptAnswer answer = queue(asked.stream().map(Statuses.Asked::name).toList(), "", settings);
    Map<String, List<QueueRow>> rows = rows(answer);
    asked.stream()
        .filter(one -> rows.containsKey(one.name()))
        .forEach(one -> host.clusters().has(answer, one.job().attempt()));
    List<String> revoked =
        rows.entrySet().stream()
            .filter(entry -> entry.getValue().stream().anyMatch(QueueLook::isRevoked))
            .map(Map.Entry::getKey)
            .toList();
    if (!revoked.isEmpty()) {
      try {
        Map<String, List<QueueRow>> siblings = rows(queue(revoked, "--federation", settings));
        for (String name : revoked) {
          rows.put(
              name,
              siblings.getOrDefault(name, List.of()).stream()
                  .filter(row -> !isRevoked(row))
                  .toList());
        }
      } catch (TransientAdapterException e) {
        log.warn("Jobs of sibling clusters could not be looked at: {}", e.getMessage());
      }
    }
    return rows;
  }

  private ScriptAnswer queue(List<String> names, String option, ClusterSettings settings)
      throws InterruptedException {
    StringBuilder script = new StringBuilder(SlurmScripts.QUEUE.text());
    script.append("learn ").append(ShellWords.quote(host.clusters().known())).append('\n');
    script.append("queue %s %s %s\n".formatted(String.join(",", names), QueueRow.FORMAT, option));
    return host.ask(ScriptHost.input(script), settings);
  }

  private static Map<String, List<QueueRow>> rows(ScriptAnswer answer) {
    return Copies.byName(ScriptHost.answered(answer, "squeue").lines());
  }

  private static boolean isRevoked(QueueRow row) {
    return row.state().filter(state -> state == SlurmState.REVOKED).isPresent();
  }
}
