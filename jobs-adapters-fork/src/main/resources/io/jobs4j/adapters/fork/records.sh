# shellcheck shell=sh
# Reads records and finds processes. Expects $key and $run, and place.sh and regain.sh before it.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# What is not quoted is a number or a word, or is to be split.
# shellcheck disable=SC2046,SC2086
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

big=
nl='
'

# Notes which records are far longer than any that the wrapper writes: nobody reads those.
measure() {
  big=$(find -L "$@" -prune -type f -size +8 2>/dev/null)
}

# Reads the run record. Returns 1 if there is none or its first line is not complete, and 2 if
# it is not what a wrapper writes: the job may have written it. All that is set is short
# numbers and known words, but for boot.
look() {
  pid=0 boot= began=0 ns= host= id= limited= birth= job= end= code= cause= at=0
  [ -e "$run" ] || [ -L "$run" ] || return 1
  [ -f "$run" ] || return 2
  case $nl$big$nl in *"$nl$run$nl"*) return 2 ;; esac
  {
    read -r head pid boot began ns host id limited birth ||
      { pid=0 boot= began=0 ns= host= id= limited= birth=; return 1; }
    while read -r word second third fourth; do
      case $word in
        ending | end) end=$word code=$second cause=$third at=$fourth ;;
        job) [ "$third" != job ] || job=$second ;;
      esac
    done
    :
  } 2>/dev/null <"$run" || return 1
  case $head in
    ending | end)
      # Somebody deleted the record meanwhile, and the wrapper began it anew.
      end=${end:-$head} code=$pid cause=$boot at=0
      pid=0 boot= began=0 ns= host= id= limited= birth=
      ;;
    job)
      [ "$boot" != job ] || job=$pid
      pid=0 boot= began=0 ns= host= id= limited= birth=
      ;;
  esac
  numbers "$job" || job=
  if ! numbers "$pid" "$began"; then
    pid=0 boot= began=0 ns= host= id= limited= birth= job= end= code= cause= at=0
    return 2
  fi
  case $ns$host$id in *[!A-Za-z0-9._-]*) ns= host= id= ;; esac
  [ -n "$end" ] || return 0
  case $cause in
    exited | limit | cancelled | startup | modules) numbers "$code" "$at" && [ ${#code} -le 3 ] && return 0 ;;
  esac
  end= code= cause= at=0
  return 2
}
numbers() {
  for n; do
    case $n in '' | *[!0-9]*) return 1 ;; esac
    [ ${#n} -le 18 ] || return 1
  done
}

# Whether the processes of the record could be seen from here, or are gone with its boot.
visible() {
  [ -n "$boot" ] || return 0
  if [ "$boot" = "$here" ]; then
    case $space:$ns in -:* | *:- | *: | "$space:$space") return 0 ;; esac
    return 1
  else
    # The first namespace of any host; another number may have been given again.
    [ "$ns" = 4026531836 ] || return 1
    case " $ns $host $id " in *' - '* | *'  '*) return 1 ;; esac
    [ "$ns $host $id" = "$space $name $machine" ]
  fi
}
places() {
  echo "${host:-unknown} ${boot:-unknown} ${ns:-unknown} $name $here $space"
}

# Whether the wrapper of the record lives: the process says by its command line whose it is,
# or when it began, so that one that got its number later does not count. What has ended has
# no command line.
alive() {
  shell=
  [ "$boot" = "$here" ] || return 1
  { read -r words </proc/$pid/cmdline; } 2>/dev/null || return 1
  case $words in
    *"# jobs4j wrapper $key") ;;
    *"# jobs4j shell")
      shell=yes
      { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 1
      set -- ${stat##*) }
      [ "${20}" = "$birth" ] || return 1
      ;;
    *) return 1 ;;
  esac
  visible
}

# Whether process $2 is a child of process $1, even if it has ended and nobody was told yet.
child() {
  stat=
  { read -r stat <"/proc/$2/stat"; } 2>/dev/null || return 1
  set -- "$1" ${stat##*) }
  [ "$3" = "$1" ]
}

# Sets session to that which process $1 began for the job, if it is known. Whose number is that
# of another process by now is over, since numbers of sessions are not given again while
# anything is left in them.
begun() {
  session=
  if [ -z "$job" ]; then
    # Its line has no end.
    { read -r job rest </proc/$1/task/$1/children; } 2>/dev/null
    numbers "$job" || job=
  fi
  [ -n "$job" ] || return 0
  if child "$1" "$job" || ! [ -e "/proc/$job" ]; then session=$job; fi
}

# Sets pids: what the job started, even in sessions of their own, and what is in $session;
# without $wrapper.
members() {
  set -- $(
    grep -lzsxF "JOBS4J_ATTEMPT=$key" /proc/[0-9]*/environ
    [ -z "$session" ] ||
      grep -lsE "^[0-9]+ [(].*[)] [^)ZXx] [0-9]+ [0-9]+ $session [^)]*$" /proc/[0-9]*/stat
  )
  pids=
  for p; do
    p=${p#/proc/} p=${p%/*}
    # The grep that found itself is gone by now.
    if [ "$p" != "$wrapper" ] && [ -d "/proc/$p" ]; then pids="$pids $p"; fi
  done
}

# Looks at the attempt from outside: record, wrapper and members. A job is there as long as
# its processes are, even if its work directory is not. Sets seen to what look returned.
survey() {
  wrapper= session= seen=0
  look || seen=$?
  if alive; then
    wrapper=$pid
    # While it is ending things, the session holds the wrapper's own helpers.
    if [ -n "$end" ]; then
      :
    elif [ -n "$shell" ]; then
      begun "$pid"
    else
      session=$pid
    fi
  fi
  members
  # What is going to lead the session of the job is not in it yet.
  if [ -n "$shell" ] && [ -n "$session" ] && child "$pid" "$session"; then
    case "$pids :$stat" in
      *" $session "*" :"* | *") Z "* | *") X "*) ;;
      *) pids="$pids $session" ;;
    esac
  fi
}

# Whether a job that was looked at may run where nothing can be seen of it from here.
elsewhere() {
  visible && return 1
  wrapper= session=
  members
  [ -z "$pids" ]
}

# Whether nothing can be concluded from what is not found in a work directory. Its file system
# seems to be away: one that somebody deleted leaves the directory above it. Or the lowest
# directory that is found may not be searched, or is a link to what is not there.
away() {
  up=${1%/}
  if ! [ -d "$1" ] && ! [ -d "${up%/*}/" ]; then return 0; fi
  up=$up/.jobs4j
  until [ -z "$up" ] || [ -e "$up" ] || [ -L "$up" ]; do up=${up%/*}; done
  up=${up:-/}
  if [ -d "$up" ]; then ! [ -x "$up" ]; else ! [ -e "$up" ]; fi
}

# Whether process $2 keeps the time limit of the wrapper $1: a program timeout that no process
# of the job has started. That of BusyBox becomes the job itself and leaves an orphan in a
# session of its own to watch it.
keeps() {
  stat=
  { read -r stat <"/proc/$2/stat"; } 2>/dev/null
  case $stat in *"(timeout)"*) ;; *) return 1 ;; esac
  set -- "$1" "$2" ${stat##*) }
  [ "$4" != "$1" ] || return 0
  grep -qzsxF "JOBS4J_ATTEMPT=$key" "/proc/$2/environ" &&
    ! grep -qzsxF "JOBS4J_ATTEMPT=$key" "/proc/$4/environ"
}
