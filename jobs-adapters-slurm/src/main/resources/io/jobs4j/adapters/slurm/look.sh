# shellcheck shell=sh
# Says all that is known of an attempt. Expects cluster-compare.sh before it.

work=$1 key=$2 name=$3 wait=$4 accounting=$5 format=$6
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
if ! known; then
  frame squeue squeue -h --all -t all -u "$(id -u)" "--name=$name" -O "$format"
  if [ "$accounting" = yes ]; then
    frame sacct sacct -X -n -P -S now-30days -u "$(id -u)" "--name=$name" \
      -o JobIDRaw,State
  fi
  elsewhere "$work" "$key" ''
fi
echo 'jobs4j done'
