# shellcheck shell=sh
# Defines held NUMBER WORKDIRECTORY KEY, which says whether the engine has held an attempt.

held() {
  [ ! -e "$2/.jobs4j/$3.hold" ] || printf 'jobs4j held %s\n' "$1"
}
