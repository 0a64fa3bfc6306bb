# shellcheck shell=sh
# Cancels copies of an attempt as long as they wait.
# Other parts set what this uses.
# shellcheck disable=SC2154

name=$1
shift
held=' '
for id; do
  frame "hold-$id" scontrol hold "$id"
  [ "$code" -ne 0 ] || held="$held$id "
done
finish() {
  case $held in *" $1 "*) ;; *) return ;; esac
  case $2 in
    PENDING) frame "scancel-$1" scancel "$1" ;;
    # One that had started by then would be held when Slurm queues it again.
    RUNNING | CONFIGURING | SUSPENDED | STOPPED)
      scontrol release "$1" 2>/dev/null </dev/null
      ;;
  esac
}
if jobs_of "$name" '' ''; then for_each finish; fi
echo 'jobs4j done'
