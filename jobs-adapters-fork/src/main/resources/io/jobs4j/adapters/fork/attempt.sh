# shellcheck shell=sh
# Defines attempt, which claims an attempt and runs it. Expects place.sh and regain.sh before it.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# What is not quoted is a number or a word, or is to be split.
# shellcheck disable=SC2086
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

# Is read only if it is needed.
stragglers=STRAGGLERS
mask=
{ read -r line; read -r line mask; } 2>/dev/null </proc/self/status
case $line in Umask:) ;; *) mask=$(umask) ;; esac
say() {
  echo "jobs4j $*"
  exec >/dev/null
}
uptime() {
  read -r up idle </proc/uptime
  hundredths=${up#*.}
  now=$((${up%.*} * 100 + 1$hundredths - 100))
}

# Says that the job is over, or will be soon. If there is no room, it waits until there is; what
# else hinders it, it waits for ten minutes.
record() {
  line=$* again= failed=0
  # A part of the line before it may be there, which the process of the job wrote.
  if [ -n "$setsid" ] && [ -s "$run" ]; then line=$nl$*; fi
  until { echo "$line"; } 2>/dev/null >>"$run"; do
    [ -d "$work" ] || break
    if [ -n "$again" ]; then
      case $({ { :; } >>"$run"; } 2>&1) in
        '' | *'No space'* | *quota*) ;;
        *) [ $failed -lt 600 ] || break; failed=$((failed + 1)) ;;
      esac
      sleep 1
    fi
    again=yes
    regain "$work"
    if [ ! -d .jobs4j ]; then
      # The job may have removed it, or the work directory is one that was made anew.
      # If that fails, so does what follows.
      # shellcheck disable=SC2164
      cd -- "$work"
      [ -d .jobs4j ] || mkdir .jobs4j || { chmod u+rwx "$work"; mkdir .jobs4j; }
    fi 2>/dev/null
    # A part of the line may be there.
    [ ! -s "$run" ] || line="$nl$*"
  done
}

# Expects its process in self and when that began in birth, and in setsid the program that gives
# the job a session of its own, if it is to have one.
attempt() {
  work=$1 key=$2 out=$3 err=$4 limit=$5 seconds=$6 script=$7
  run=.jobs4j/$key.run cancel=.jobs4j/$key.cancel
  nl='
'
  CDPATH= cd -- "$work" 2>/dev/null || { say refused no work directory; exit 1; }
  keeper= limited=
  if [ -n "$limit" ]; then
    limited=limited
    IFS=:
    for keeper in $PATH; do
      keeper=$keeper/timeout
      [ -x "$keeper" ] && break
    done
    unset IFS
    [ -x "$keeper" ] || { say refused no program timeout; exit 1; }
  fi
  if [ -n "$setsid" ]; then exports=$8; else exports=$(cat); fi
  case $exports in
    '# jobs4j environment'*'# jobs4j end') ;;
    *) say blocked its environment arrived in part; exit 1 ;;
  esac
  # What is kept here is nobody else's business. The job has the mask of its account.
  umask 077
  [ -d .jobs4j ] || mkdir .jobs4j 2>/dev/null

  uptime
  began=$now claimed=
  set -C
  set -- run $self $here $began $space $name $machine ${limited:-free} $birth
  { claimed=yes; echo "$*"; } 2>/dev/null >"$run"
  # Of the redirection too.
  # shellcheck disable=SC2320
  written=$?
  set +C
  if [ -z "$claimed" ]; then
    if [ -e "$run" ]; then say taken; else say blocked cannot create the run record; fi
    exit 1
  fi
  if [ $written -ne 0 ]; then
    # Nothing has been started: others may claim it when there is room again.
    rm -f "$run"
    say blocked cannot write the run record
    exit 1
  fi
  if [ -n "$setsid" ]; then
    say run $self
  else
    say run $self "$(stat -c %.3Y -- "$run")"
  fi

  code=0
  if [ ! -e "$cancel" ]; then
    (
      if [ -n "$setsid" ]; then
        for job in /proc/self/task/*; do :; done
        job=${job##*/}
        [ ! -e "$run" ] || echo "job $job job" >>"$run"
      fi 2>/dev/null
      umask "$mask"
      # The variables of the job may have any names, but do not change these.
      set -- "$key" "$out" "$err" "./$script" "$keeper" "$seconds" "$setsid"
      # Variables that mean something to a shell, and are not what it takes, are left out.
      eval "$exports" 2>/dev/null
      export JOBS4J_ATTEMPT="$1"
      exec </dev/null >"$2"
      if [ "$2" = "$3" ]; then exec 2>&1; else exec 2>"$3"; fi
      # To open these may have taken long, and nobody may have been able to find the process.
      [ ! -e ".jobs4j/$1.cancel" ] || exit 143
      # The short options are those that all implementations of it know.
      [ -z "$5" ] || exec ${7:+"$7"} "$5" -s TERM -k 5 "$6" /bin/sh "$4"
      exec ${7:+"$7"} /bin/sh "$4"
    )
    code=$?
  fi
  uptime
  cause=exited
  if [ -e "$cancel" ]; then
    cause=cancelled
  elif [ -n "$limit" ] && [ $((now - began + 2)) -ge "$limit" ]; then
    # Both times are rounded, hence the 2. An earlier 124 is the job's own. Under the timeout of
    # BusyBox, it is what its signal makes of the job.
    case $code in 124 | 137 | 143) cause=limit ;; esac
  fi
  if [ $cause != exited ]; then
    record "ending $code $cause $now"
    eval "$stragglers"
    finish
    uptime
  elif [ -r ".jobs4j/$key.stage" ]; then
    read -r stage rest <".jobs4j/$key.stage"
    case $stage in
      startup | modules)
        # The script did not come as far as the application, whatever it returned.
        cause=$stage
        [ "$code" -ne 0 ] || code=1
        ;;
    esac
  fi
  record "end $code $cause $now"
}
