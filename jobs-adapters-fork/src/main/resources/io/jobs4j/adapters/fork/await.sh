# shellcheck shell=sh
# Defines await, which waits for a record to be complete. Expects records.sh before it.

await() {
  run=$2/.jobs4j/$3.run tries=0
  [ -d "$2" ] || { echo jobs4j refused no work directory; return; }
  until look || [ $? -eq 2 ] || [ $tries -ge 100 ]; do
    tries=$((tries + 1))
    # Most need but a moment.
    if [ $tries -le 20 ]; then sleep 0.01; else sleep 0.1; fi
  done
  [ -e "$run" ] || [ -w "$2" ] || echo jobs4j blocked cannot write to the work directory
}
