# shellcheck shell=sh
# Defines intend TEXT, which notes in the work directory that this is about to submit an attempt, for the $generation-th
# time: in $control, with $key in the name of the note and TEXT after its time. Unless it could it says "jobs4j taken",
# since somebody else has done so, or the attempt is known to have been submitted, or "jobs4j blocked", and fails.
# Expects records.sh before it.
# Other parts set what this uses.
# shellcheck disable=SC2154

intend() {
  intent=$control/$key.intent.$generation
  taken=
  # One that was taken back may leave others after it.
  for file in "$control/$key.intent."*; do
    other=${file##*.}
    case $other in
      '' | *[!0-9]*) ;;
      *) [ "$other" -lt "$generation" ] || taken=yes ;;
    esac
  done
  if [ -n "$taken" ] || [ -e "$control/$key.run" ] || holds "$control/$key.id" id; then
    echo jobs4j taken
    return 1
  fi
  set -C
  claimed=
  { claimed=yes; date "+intent %s$1"; } 2>/dev/null >"$intent" &&
    [ -s "$intent" ]
  written=$?
  set +C
  if [ -z "$claimed" ] || [ $written -ne 0 ]; then
    [ -z "$claimed" ] || rm -f "$intent"
    if [ -e "$intent" ]; then echo jobs4j taken; else echo jobs4j blocked; fi
    return 1
  fi
}
