# shellcheck shell=sh
# Leaves word that an attempt shall not run, and cancels all its jobs. Expects cluster-compare.sh before it.

key=$2 name=$3
if away "$1"; then
  echo jobs4j away
elif ! [ -d "$1" ]; then
  echo jobs4j marked
else
  [ -d "$1/.jobs4j" ] || mkdir "$1/.jobs4j" 2>/dev/null
  { true >>"$1/.jobs4j/$key.cancel"; } 2>/dev/null && echo jobs4j marked
fi
found=
cancel() { found=yes; frame "scancel-$1" scancel "$1"; }
if jobs_of "$name" "$key" "$4"; then
  echo jobs4j seen
  for_each cancel
  [ -n "$found" ] || elsewhere "$1" "$key" "$5"
fi
echo 'jobs4j done'
