# shellcheck shell=sh
# Part of the batch script, in a function. For batch systems that send their signals to all processes of a job,
# so that the script only has to outlive them. A caught signal has its default effect again in what it starts.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154

if ! [ -e "$jobs4j_control/$jobs4j_key.cancel" ]; then
  jobs4j_cause=exited
  trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2
  (launch)
  jobs4j_code=$?
fi
