# shellcheck shell=sh
# Says what the records of an attempt $key in the work directory $work say, after waiting for up to $wait tenths of a
# second for one of its job. Defines known, whether there is one. Expects records.sh before it.
# Other parts set what this uses.
# shellcheck disable=SC2154

control=$work/.jobs4j
known() { holds "$control/$key.id" id || holds "$control/$key.run" run; }
if away "$work"; then
  echo jobs4j away
elif ! [ -d "$work" ]; then
  echo jobs4j gone
else
  while [ "$wait" -gt 0 ] && ! known; do
    wait=$((wait - 1))
    sleep 0.1
  done
  if holds "$control/$key.id" id; then record "$control/$key.id"; fi
  if holds "$control/$key.run" run; then
    record "$control/$key.run"
  elif [ -e "$control/$key.run" ]; then
    echo jobs4j damaged
  fi
  last=0
  for file in "$control/$key.intent."*; do
    generation=${file##*.}
    case $generation in
      '' | *[!0-9]*) ;;
      *) [ "$generation" -le "$last" ] || last=$generation ;;
    esac
  done
  if [ "$last" -gt 0 ]; then
    printf 'jobs4j generation %s\n' "$last"
    record "$control/$key.intent.$last"
  fi
fi
printf 'jobs4j now %s\n' "$(date +%s)"
