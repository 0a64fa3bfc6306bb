# shellcheck shell=sh
# Defines what reads all records of an attempt, and notes how often its job was queued again. Expects records.sh
# before it.
# What is read and not used is there so that the rest is read right.
# shellcheck disable=SC2034

recorded() {
  if away "$1"; then
    echo away
  elif ! [ -d "$1" ]; then
    echo gone
  else
    echo there
    note=$1/.jobs4j/$2
    # Of several it also says which is which, on lines that are no records.
    head -c 4000 "$note.run" "$note.end" "$note.restarts" "$note.id" 2>/dev/null
    echo
    [ ! -e "$1/.jobs4j/$2.cancel" ] || echo cancel
  fi
}
restarted() {
  note=$1/.jobs4j/$2.restarts
  { kept "$3" "$4" >"$note.$3"; } 2>/dev/null && mv -f "$note.$3" "$note" &&
    printf 'jobs4j noted %s %s\n' "$3" "$2"
}
# The note with a count, unless it has a higher one, and those of other jobs.
kept() {
  most=$2
  if [ -f "$note" ]; then
    while read -r word id count rest; do
      case $count in '' | *[!0-9]*) continue ;; esac
      if [ "$id" != "$1" ]; then
        printf 'restarts %s %s\n' "$id" "$count"
      elif [ "$count" -gt "$most" ]; then
        most=$count
      fi
    done <"$note"
  fi
  printf 'restarts %s %s\n' "$1" "$most"
}
