# shellcheck shell=sh
# Leaves word that an attempt shall end. Expects records.sh before it.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

key=$2
run=$1/.jobs4j/$key.run cancel=$1/.jobs4j/$key.cancel
regain "$1"
measure "$run"
if look && [ "$end" = end ]; then
  echo jobs4j over
elif elsewhere; then
  echo "jobs4j unseen $(places)"
elif away "$1"; then
  echo jobs4j away
elif ! [ -d "$1" ]; then
  wrapper= session=
  members
  if [ "$3" = launched ] && [ -z "$pids" ]; then
    echo "jobs4j missing $name"
  else
    # Nobody can claim it any more.
    echo jobs4j marked
  fi
else
  [ -d "$1/.jobs4j" ] || mkdir "$1/.jobs4j" 2>/dev/null
  if [ -e "$cancel" ] || { echo cancel >"$cancel"; } 2>/dev/null || [ -e "$cancel" ]; then
    echo jobs4j marked
  else
    echo jobs4j blocked cannot write the cancel marker
  fi
fi
