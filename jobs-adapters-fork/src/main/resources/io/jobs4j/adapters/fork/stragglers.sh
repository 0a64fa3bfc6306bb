# shellcheck shell=sh
# Lets a wrapper finish what the job left behind. Few need it, and to read it takes a shell as long as all the rest
# of the wrapper.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154

remaining() {
  wrapper=$self session=
  if [ -z "$setsid" ]; then session=$self; elif [ -n "$job" ]; then begun "$self"; fi
  members
  [ -n "$pids" ]
}
job=
while read -r word second third rest; do
  case $word$third in jobjob) job=$second ;; esac
done 2>/dev/null <"$run"
numbers "$job" || job=
