# shellcheck shell=sh
# Defines elsewhere WORKDIRECTORY KEY CLUSTER, which asks the cluster for its name and compares it with that to which
# an attempt was submitted, by its records or else by CLUSTER. If that is known it says "jobs4j cluster NAME", and
# succeeds if they differ, saying "jobs4j elsewhere SUBMITTED NAME", without a name if there was no answer, and with
# "(none)" if the cluster has none. Expects cluster-ask.sh before it.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

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
  printf 'jobs4j cluster %s\n' "$cluster"
  [ "$submitted" != "$cluster" ] || return
  case $cluster:$config in :*' = '*) cluster='(none)' ;; esac
  printf 'jobs4j elsewhere %s %s\n' "$submitted" "$cluster"
}
