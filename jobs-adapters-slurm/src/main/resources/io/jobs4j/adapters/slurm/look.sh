# shellcheck shell=sh
# Looks for the jobs of an attempt whose records tell of none. Expects cluster-compare.sh, look-at.sh and
# internal/look.sh before it.
# Other parts set what this uses.
# shellcheck disable=SC2154

if ! known; then
  frame squeue squeue -h --all -t all -u "$(id -u)" "--name=$name" -O "$format"
  if [ "$accounting" = yes ]; then
    frame sacct sacct -X -n -P -S now-30days -u "$(id -u)" "--name=$name" \
      -o JobIDRaw,State
  fi
  elsewhere "$work" "$key" ''
fi
echo 'jobs4j done'
