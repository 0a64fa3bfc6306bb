# shellcheck shell=sh
# Ends all that remaining finds. Expects remaining, which sets pids.
# Other parts set what this uses.
# shellcheck disable=SC2154

# TERM to each once, KILL to what is left after five seconds, until nothing is left. What
# not even KILL ends, because it hangs in the kernel, is given up after five minutes.
finish() {
  rounds=0 told=' '
  while remaining && [ $rounds -lt 3000 ]; do
    for p in $pids; do
      if [ $rounds -ge 50 ]; then
        kill -s KILL "$p"
      else
        case $told in
          *" $p "*) ;;
          *) told="$told$p "; kill -s TERM "$p"; kill -s CONT "$p" ;;
        esac
      fi
    done 2>/dev/null
    rounds=$((rounds + 1))
    sleep 0.1
  done
}
