# shellcheck shell=sh
# Defines leave_word WORKDIRECTORY KEY, which leaves word that an attempt shall not run. Says "jobs4j marked" if it could,
# or nobody can launch the attempt any more, and "jobs4j away" if the file system seems to be away. Expects records.sh
# before it.

leave_word() {
  if away "$1"; then
    echo jobs4j away
  elif ! [ -d "$1" ]; then
    echo jobs4j marked
  else
    [ -d "$1/.jobs4j" ] || mkdir "$1/.jobs4j" 2>/dev/null
    { true >>"$1/.jobs4j/$2.cancel"; } 2>/dev/null && echo jobs4j marked
  fi
}
