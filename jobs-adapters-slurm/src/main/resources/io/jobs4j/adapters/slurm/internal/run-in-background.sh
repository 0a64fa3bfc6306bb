# shellcheck shell=sh
# Part of the batch script, in a function, for signals that only the batch script gets. The job then runs in the
# background of a shell, and ignores INT and QUIT as all such do.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

if ! [ -e "$jobs4j_control/$jobs4j_key.cancel" ]; then
  jobs4j_cause=exited
  jobs4j_child= jobs4j_early=
  hand() {
    if [ -n "$jobs4j_child" ]; then
      kill -s "$1" "$jobs4j_child" 2>/dev/null
    else
      jobs4j_early=$1
    fi
  }
  for jobs4j_signal in HUP INT QUIT ALRM TERM USR1 USR2; do
    # Each with its own signal.
    # shellcheck disable=SC2064
    trap "hand $jobs4j_signal" $jobs4j_signal
  done
  launch &
  jobs4j_child=$!
  [ -z "$jobs4j_early" ] || hand "$jobs4j_early"
  while :; do
    wait "$jobs4j_child"
    jobs4j_code=$?
    # Whichever of the two fails.
    # shellcheck disable=SC2015
    [ "$jobs4j_code" -gt 128 ] && kill -0 "$jobs4j_child" 2>/dev/null || break
  done
fi
