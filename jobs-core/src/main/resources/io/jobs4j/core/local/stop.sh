# shellcheck shell=sh
# Stops processes and waits until they have stopped: one in the midst of starting a child still finishes that.
# Bounded, as one that hangs in the kernel does not stop.

kill -s STOP "$@"
for p; do
  n=0
  while [ $n -lt 1000 ] && read -r stat <"/proc/$p/stat"; do
    case ${stat##*) } in [RSD]*) n=$((n + 1)) ;; *) break ;; esac
  done
done
