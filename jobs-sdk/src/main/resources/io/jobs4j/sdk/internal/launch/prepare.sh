# shellcheck shell=sh
# Begins the launch script of a job that has a startup script or modules. How far the preparation
# came is noted in the control directory, so that whoever reads the note afterwards knows whether
# the application was reached, however the shell ended: the startup script may exit, or put another
# program in the place of the shell.
#
# Startup script and modules change the shell that runs the application, so they run in it.
jobs4j_stage=$PWD/.jobs4j/${JOBS4J_ATTEMPT-}.stage
jobs4j_log=$PWD/.agave.log

jobs4j_reach() {
  printf '%s\n' "$*" >"$jobs4j_stage" || exit 1
}

jobs4j_fail() {
  printf '%s\n' "$*" >>"$jobs4j_log"
  exit 1
}

jobs4j_startup() {
  jobs4j_script=$1
  jobs4j_reach startup "$jobs4j_script"
  if [ -d "$jobs4j_script" ] || ! [ -r "$jobs4j_script" ]; then
    jobs4j_fail "$jobs4j_script: no such file, or it cannot be read"
  fi
}

# A startup script may return what it likes. Most shells end at an error of its syntax; bash goes
# on, and its next line is read here.
jobs4j_started() {
  if [ "$1" -ne 0 ] && [ -n "${BASH_VERSION-}" ] &&
    ! "$BASH" -O extglob -n "$jobs4j_script" 2>/dev/null; then
    jobs4j_fail "$jobs4j_script: it is not written in the language of bash"
  fi
}

# Makes the function module known where no login did.
jobs4j_find_modules() {
  if command -v module >/dev/null 2>&1; then return 0; fi
  jobs4j_shell='sh'
  [ -z "${BASH_VERSION-}" ] || jobs4j_shell=bash
  for jobs4j_init in \
    ${MODULESHOME:+"$MODULESHOME/init/$jobs4j_shell"} \
    ${LMOD_PKG:+"$LMOD_PKG/init/$jobs4j_shell"} \
    /etc/profile.d/lmod.sh \
    /etc/profile.d/z00_lmod.sh \
    /etc/profile.d/modules.sh \
    "/usr/share/lmod/lmod/init/$jobs4j_shell" \
    "/usr/share/modules/init/$jobs4j_shell" \
    "/usr/share/Modules/init/$jobs4j_shell" \
    "/opt/ohpc/admin/lmod/lmod/init/$jobs4j_shell"; do
    if [ -r "$jobs4j_init" ]; then
      # shellcheck source=/dev/null
      . "$jobs4j_init" >>"$jobs4j_log" 2>&1 || :
      if command -v module >/dev/null 2>&1; then return 0; fi
    fi
  done
  jobs4j_fail 'there is no command "module" on this host'
}

# Calls module with these words. Old versions of it say that something failed, and return 0.
jobs4j_module() {
  jobs4j_reach modules "module $*"
  jobs4j_find_modules
  jobs4j_code=0
  module "$@" >"$jobs4j_stage.out" 2>&1 || jobs4j_code=$?
  while IFS= read -r jobs4j_line; do
    printf '%s\n' "$jobs4j_line"
    case $jobs4j_line in ERROR:* | *:ERROR:*) jobs4j_code=1 ;; esac
  done <"$jobs4j_stage.out" >>"$jobs4j_log"
  rm -f "$jobs4j_stage.out"
  [ "$jobs4j_code" -eq 0 ] || jobs4j_fail "\"module $*\" failed"
}

jobs4j_prepared() {
  jobs4j_reach application
  unset -f jobs4j_reach jobs4j_fail jobs4j_startup jobs4j_started jobs4j_find_modules \
    jobs4j_module jobs4j_prepared
}
