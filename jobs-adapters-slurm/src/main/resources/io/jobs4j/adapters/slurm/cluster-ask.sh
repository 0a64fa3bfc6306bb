# shellcheck shell=sh
# Defines ask_cluster, which sets $cluster to a name, or to nothing, and $config to what the cluster said, or to
# nothing if it did not answer. Where it can it does not wait longer than the limit of sbatch leaves. It leaves
# standard input alone, which a command that runs elsewhere would read to its end.

ask_cluster() {
  set -- scontrol show config
  command -v timeout >/dev/null && set -- timeout -s KILL 10 "$@"
  config=$("$@" 2>/dev/null </dev/null) || config=
  cluster=$(printf '%s\n' "$config" | sed -n 's/^ClusterName *= *//p')
  case $cluster in *[!A-Za-z0-9_.-]*) cluster= ;; esac
}
