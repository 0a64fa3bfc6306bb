# shellcheck shell=sh
# Holds an attempt or lets it go on. Expects records.sh before it.
# Other parts set what this uses.
# shellcheck disable=SC2154
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

# Takes the keeper of the time limit out of pids. Fails if it has not begun yet.
spare() {
  [ -n "$wrapper" ] && [ "$limited" = limited ] || return 0
  kept= others=
  for p in $pids; do
    if keeps "$wrapper" "$p"; then kept=$p; else others="$others $p"; fi
  done
  pids=$others
  [ -n "$kept" ]
}

# Sends a signal to all that there is and comes while this goes on.
send() {
  rounds=0 told=' '
  while [ $rounds -lt 100 ] && survey && [ -z "$end" ]; do
    fresh= early=
    if ! spare && [ "$1" = STOP ] && [ $rounds -lt 20 ]; then pids= early=yes; fi
    for p in $pids; do
      case $told in
        *" $p "*) ;;
        *) told="$told$p " fresh=yes; kill -s "$1" "$p" ;;
      esac
    done 2>/dev/null
    rounds=$((rounds + 1))
    if [ -z "$fresh" ]; then
      if [ -z "$early" ] && { [ "$told" != ' ' ] || [ -z "$wrapper" ]; }; then break; fi
      # Claimed and not yet started.
      sleep 0.05
    fi
  done
}

key=$2
run=$1/.jobs4j/$key.run hold=$1/.jobs4j/$key.hold signal=$3
measure "$run"
survey
[ "$end" != end ] || exit 0
if [ -z "$pids" ] && ! visible; then
  echo "jobs4j unseen $(places)"
  exit 0
fi
umask 077
stuck=
if [ "$signal" = STOP ]; then
  [ -n "$pids$wrapper" ] || exit 0
  { echo hold >"$hold"; } 2>/dev/null || { regain "$1"; echo hold >"$hold"; } 2>/dev/null ||
    echo jobs4j blocked cannot write the hold marker
elif ! rm -f -- "$hold" 2>/dev/null; then
  regain "$1"
  if ! rm -f -- "$hold" 2>/dev/null && [ -e "$hold" ]; then
    stuck=yes
    echo jobs4j blocked cannot remove the hold marker
  fi
fi
send "$signal"
# Somebody may have wanted the opposite meanwhile, and been done before this: what the marker
# says now holds.
turns=0
while [ -z "$stuck" ] && [ -d "$1/.jobs4j" ] && [ $turns -lt 10 ]; do
  if [ -e "$hold" ]; then wanted=STOP; else wanted=CONT; fi
  [ "$wanted" != "$signal" ] || break
  signal=$wanted turns=$((turns + 1))
  send "$signal"
done
exit 0
