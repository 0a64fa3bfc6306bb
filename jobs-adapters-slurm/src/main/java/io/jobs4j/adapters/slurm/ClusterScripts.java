package io.jobs4j.adapters.slurm;

/**
 * Parts of {@link SlurmScripts} that say which cluster answers. An attempt's records in {@code
 * .jobs4j} of its work directory end with {@code on CLUSTER}, unless they are of earlier versions
 * or the cluster did not tell its name. Stateless.
 */
final class ClusterScripts {
  /** Stands for the name of a cluster that has none; no cluster can have it for a name. */
  static final String NAMELESS = "(none)";

  private ClusterScripts() {}

  /**
   * Sets {@code $here} to what decides which cluster Slurm's commands reach: the host, in its boot,
   * and where their configuration is. Says it as {@code jobs4j here}. It costs no process.
   */
  static final String HERE =
      """
      { IFS= read -r here </proc/sys/kernel/hostname; } 2>/dev/null || here=
      { IFS= read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || boot=
      here="$here $boot ${SLURM_CONF-}"
      printf 'jobs4j here %s\\n' "$here"
      """;

  /**
   * Defines {@code learn KNOWN}, which shows the configuration of the cluster in the frame {@code
   * config} unless {@code KNOWN} has this host: lines with {@code $here}, a bar, and the name of
   * the cluster.
   */
  static final String LEARN =
      HERE
          + """
          learn() {
            line="
          $here|"
            case $1 in *"$line"*) ;; *) frame config scontrol show config ;; esac
          }
          """;

  /**
   * Defines {@code ask_cluster}, which sets {@code $cluster} to a name, or to nothing, and {@code
   * $config} to what the cluster said, or to nothing if it did not answer. Where it can it does not
   * wait longer than the limit of {@code sbatch} leaves. It leaves standard input alone, which a
   * command that runs elsewhere would read to its end.
   */
  private static final String ASK =
      """
      ask_cluster() {
        set -- scontrol show config
        command -v timeout >/dev/null && set -- timeout -s KILL 10 "$@"
        config=$("$@" 2>/dev/null </dev/null) || config=
        cluster=$(printf '%s\\n' "$config" | sed -n 's/^ClusterName *= *//p')
        case $cluster in *[!A-Za-z0-9_.-]*) cluster= ;; esac
      }
      """;

  /**
   * Defines {@code cluster_here KNOWN}, which sets {@code $cluster}, and asks the cluster only if
   * {@code KNOWN} does not have this host.
   */
  static final String NAME =
      HERE
          + ASK
          + """
          cluster_here() {
            line="
          $here|"
            cluster=${1#*"$line"}
            if [ "$cluster" = "$1" ]; then
              ask_cluster
            else
              cluster=${cluster%%"
          "*}
            fi
          }
          """;

  /**
   * Defines {@code elsewhere WORKDIRECTORY KEY CLUSTER}, which asks the cluster for its name and
   * compares it with that to which an attempt was submitted, by its records or else by {@code
   * CLUSTER}. If that is known it says {@code jobs4j cluster NAME}, and succeeds if they differ,
   * saying {@code jobs4j elsewhere SUBMITTED NAME}, without a name if there was no answer, and with
   * {@link #NAMELESS} if the cluster has none.
   */
  static final String COMPARE =
      ASK
          + """
          elsewhere() {
            submitted=$3
            for note in "$1/.jobs4j/$2.intent."* "$1/.jobs4j/$2.id"; do
              word= on= name=
              { read -r word number on name <"$note"; } 2>/dev/null
              case $word:$on:$name in
                *[!A-Za-z0-9_.:-]*) ;;
                intent:on:?* | id:on:?*) submitted=$name ;;
              esac
            done
            [ -n "$submitted" ] || return
            ask_cluster
            printf 'jobs4j cluster %s\\n' "$cluster"
            [ "$submitted" != "$cluster" ] || return
            case $cluster:$config in :*' = '*) cluster='NAMELESS' ;; esac
            printf 'jobs4j elsewhere %s %s\\n' "$submitted" "$cluster"
          }
          """
              .replace("NAMELESS", NAMELESS);
}
