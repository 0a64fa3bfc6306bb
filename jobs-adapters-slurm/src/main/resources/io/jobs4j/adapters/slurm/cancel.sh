# shellcheck shell=sh
# Leaves word that an attempt shall not run, and cancels all its jobs. Expects cluster-compare.sh and
# internal/leave-word.sh before it.

key=$2 name=$3
leave_word "$1" "$key"
found=
cancel() { found=yes; frame "scancel-$1" scancel "$1"; }
if jobs_of "$name" "$key" "$4"; then
  echo jobs4j seen
  for_each cancel
  [ -n "$found" ] || elsewhere "$1" "$key" "$5"
fi
echo 'jobs4j done'
