# shellcheck shell=sh
# Defines what reads the records of attempts, one at a time.
# What is not quoted is to be split.
# shellcheck disable=SC2086

# Whether the file system of a work directory seems to be away: one that somebody deleted
# leaves the directory above it.
away() {
  up=${1%/}
  ! [ -d "$1" ] && ! [ -d "${up%/*}/" ]
}

# The first lines of a record, as notes.
record() {
  if [ -f "$1" ]; then
    head -c 4000 "$1" 2>/dev/null | sed -n '1,20s/^/jobs4j /p'
  fi
}

# Whether a record is one, and not what a full or broken disk left of it: that has no end of
# a line.
holds() {
  [ -s "$1" ] && { IFS= read -r line <"$1"; } 2>/dev/null || return
  set -f
  set -- "$2" $line
  set +f
  [ $# -ge 3 ] || return
  case $1 in
    id)
      [ "$2" = id ] && [ "$3" = "${3#0}" ] && digits 10 "$3" || return
      case $#$4 in 3 | 5on) ;; *) return 1 ;; esac
      ;;
    *)
      [ $# -eq 5 ] && [ "$2" = run ] && [ "$3" = "${3#0}" ] && digits 10 "$3" &&
        digits 9 "$4" && digits 11 "$5"
      ;;
  esac
}
digits() {
  case $2 in '' | *[!0-9]*) return 1 ;; esac
  [ ${#2} -le "$1" ]
}
