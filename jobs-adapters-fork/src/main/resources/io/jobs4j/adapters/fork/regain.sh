# shellcheck shell=sh
# Gives the owner the rights back that a job may have taken from the directory of its record, so that its end
# can be written and read. Expects $run.
# Other parts set what this uses.
# shellcheck disable=SC2154

regain() {
  {
    [ ! -d "$1" ] || [ -x "$1" ] || chmod u+rwx "$1"
    if [ -d "$1/.jobs4j" ] && ! { [ -w "$1/.jobs4j" ] && [ -x "$1/.jobs4j" ]; }; then
      chmod u+rwx "$1/.jobs4j"
    fi
    if [ -f "$run" ] && ! { [ -r "$run" ] && [ -w "$run" ]; }; then chmod u+rw "$run"; fi
  } 2>/dev/null
}
