# shellcheck shell=sh
# Calls deed ID STATE for each job of an attempt, again if that fails, since a job may start or end between the look and
# the deed. Says "jobs4j seen" if Slurm answered, and "jobs4j failed" if a deed failed to the last, or whether it did is
# not known; sets $failed and $sight accordingly, the latter to nothing if there are no jobs since another cluster
# answered, which "jobs4j elsewhere" says. Expects $name, $key, $number, $work and $submitted.
# Other parts set what this uses.
# shellcheck disable=SC2154
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

steer() {
  found=yes
  if [ "$2" = COMPLETING ]; then
    early=yes
  elif [ -z "$failed" ]; then
    code=0
    deed "$1" "$2"
    [ "$code" -eq 0 ] || failed=yes
  fi
}
rounds=0 sight= failed= found=
while [ $rounds -lt 5 ]; do
  rounds=$((rounds + 1))
  jobs_of "$name" "$key" "$number" || { [ $rounds -eq 1 ] || failed=yes; break; }
  echo jobs4j seen
  sight=yes
  failed= early=
  for_each steer
  [ -n "$failed$early" ] || break
  [ -n "$failed" ] || sleep 1
done
if [ -n "$sight" ] && [ -z "$found" ] && elsewhere "$work" "$key" "$submitted"; then sight=; fi
[ -z "$failed" ] || echo jobs4j failed
