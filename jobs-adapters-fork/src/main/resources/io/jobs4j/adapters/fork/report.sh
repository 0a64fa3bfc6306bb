# shellcheck shell=sh
# Defines job, which says how an attempt is. Expects records.sh before it.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# What is not quoted is a number or a word, or is to be split.
# shellcheck disable=SC2086
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

inhabited() {
  wrapper= session=
  members
  [ -n "$pids" ]
}

# Sets pid to the wrapper, which leads the session of the lowest of the processes or began it.
leader() {
  low=
  for p in $pids; do
    if [ -z "$low" ] || [ "$p" -lt "$low" ]; then low=$p; fi
  done
  pid=$low
  { read -r stat <"/proc/$low/stat"; } 2>/dev/null || return 0
  set -- ${stat##*) }
  [ "$4" -le 0 ] || pid=$4
  # One that ran other jobs before gave it a session of its own.
  { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 0
  set -- ${stat##*) }
  { read -r words <"/proc/$2/cmdline"; } 2>/dev/null || return 0
  case $words in *"# jobs4j shell") pid=$2 ;; esac
}

# What came of an attempt whose processes are gone and left no exit code.
vanished() {
  if [ -e "$cancel" ]; then state=cancelled; else state=lost; fi
}

# Nobody has reason to stop the wrapper or the keeper of the time limit: a job that lost one
# would never end.
revive() {
  kin= kept=
  # Its line has no end.
  { read -r kin <"/proc/$pid/task/$pid/children"; } 2>/dev/null
  for p in $pid $kin; do
    stat=
    { read -r stat <"/proc/$p/stat"; } 2>/dev/null
    case $p:$stat in
      "$pid:"*) ;;
      *"(timeout) "*) kept=yes ;;
      *) continue ;;
    esac
    case $stat in *") T "*) kill -s CONT "$p" 2>/dev/null ;; esac
  done
  if [ "$limited" != limited ] || [ -n "$kept" ]; then return; fi
  # It is none of its children. One look for all jobs has to do.
  [ -n "$stopped" ] ||
    stopped="$(grep -lsE "^[0-9]+ [(]timeout[)] T " /proc/[0-9]*/stat) "
  for p in $stopped; do
    p=${p#/proc/} p=${p%/stat}
    if keeps "$pid" "$p"; then kill -s CONT "$p" 2>/dev/null; fi
  done
}

job() {
  key=$3 run=$2/.jobs4j/$3.run cancel=$2/.jobs4j/$3.cancel state= seen=0 where=
  held=free
  [ -r "$run" ] || regain "$2"
  ! [ -e "$2/.jobs4j/$3.hold" ] || held=held
  look || seen=$?
  if [ $seen -eq 0 ] && [ "$end" = end ]; then
    state=ended
  elif alive; then
    state=running
    revive
  elif [ $seen -eq 1 ] && ! [ -e "$run" ]; then
    if inhabited; then
      state=adrift
      leader
    elif [ -e "$cancel" ]; then
      state=unborn
    elif away "$2"; then
      state=away
    elif [ -n "$4" ] && [ -d "$2" ]; then
      state=gone
    elif [ -n "$4" ]; then
      # It may be where the job runs.
      state=missing where=$name
    else
      return 1
    fi
  elif [ $seen -eq 1 ] && ! [ -r "$run" ] && ! inhabited; then
    state=away
  elif [ $seen -eq 1 ] && [ -z "$(find "$run" -mmin +1)" ]; then
    # Its writer is between two calls of the system, or was killed there.
    state=torn
  else
    # It may have ended and recorded it between the two looks.
    look
    if [ -n "$end" ]; then
      state=ended
    elif inhabited; then
      state=running
    elif ! visible; then
      state=unseen where=$(places)
    else
      vanished
    fi
  fi
  printf 'jobs4j job %s %s %s %s %s %s %s %s %s\n' \
    "$1" "${pid:-0}" "$state" "${code:-none}" "${cause:-none}" "${began:-0}" "${at:-0}" \
    "$held" "$where"
  case $state in unborn | adrift | gone | missing | away) return 1 ;; esac
}
stopped=
set --
