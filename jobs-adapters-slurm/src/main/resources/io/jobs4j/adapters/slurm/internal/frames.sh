# shellcheck shell=sh
# Defines frame NAME COMMAND..., which runs a command and says what it said and returned. Expects judge, which may
# set $code to what counts instead of it, by $error.

frame() {
  tag=$1
  shift
  printf 'jobs4j begin %s\n' "$tag"
  { error=$("$@" 2>&1 >&3 3>&- </dev/null); code=$?; } 3>&1
  judge
  printf '\njobs4j end %s %s\n' "$tag" "$code"
  if [ -n "$error" ]; then
    printf '%s\n' "$error" | sed -n "1,8s/^/jobs4j error $tag /p"
  fi
}
