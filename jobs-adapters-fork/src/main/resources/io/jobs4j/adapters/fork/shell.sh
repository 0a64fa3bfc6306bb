# shellcheck shell=sh
# Runs attempts, one after the other, in children of this shell. It waits for each, because a shell lets what it does
# not wait for ignore signals. Each gets a session of its own.
# Other parts use what this sets.
# shellcheck disable=SC2034
# What is not quoted is a number or a word, or is to be split.
# shellcheck disable=SC2086

setsid=$(command -v setsid)
born() {
  birth=${20}
}
job() {
  [ -n "$setsid" ] || setsid=$(command -v setsid)
  if [ -n "$setsid" ]; then
    (
      trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2
      read -r stat </proc/self/stat
      self=${stat%% *}
      born ${stat##*) }
      attempt "$@"
    ) </dev/null
  else
    echo jobs4j refused no program setsid
  fi
  echo jobs4j idle
}
