# shellcheck shell=sh
# Defines cluster_here KNOWN, which sets $cluster, and asks the cluster only if KNOWN does not have this host.
# Expects cluster-here.sh and cluster-ask.sh before it.
# Other parts set what this uses.
# shellcheck disable=SC2154

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
