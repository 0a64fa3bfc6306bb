# shellcheck shell=sh
# Ends the processes of an attempt. Expects records.sh and finish.sh before it.
# Other parts set what this uses.
# shellcheck disable=SC2154
# What is not quoted is a number or a word, or is to be split.
# shellcheck disable=SC2086

remaining() {
  survey
  [ -z "$pids" ] || return 0
  [ "$end" != end ] || return 1
  [ -n "$wrapper" ] || { [ $seen -eq 1 ] && [ -e "$run" ]; } || return 1
  # Between claim and start, or between end and record: the wrapper goes on by itself.
  idle=$((idle + 1))
  [ $idle -lt 100 ] && return 0
  [ -z "$wrapper" ] || kill -s KILL "$wrapper"
  return 1
}

key=$2 idle=0
run=$1/.jobs4j/$key.run
measure "$run"
if look && [ "$end" = end ]; then exit 0; fi
if elsewhere; then exit 0; fi
# It may have been stopped.
! alive || kill -s CONT "$pid" 2>/dev/null
finish
