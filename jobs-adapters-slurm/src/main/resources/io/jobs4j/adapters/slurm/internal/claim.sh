# shellcheck shell=sh
# Part of the batch script, in a function: claims the attempt for this job of the batch system.
#
# The record of the run belongs to the job that creates it, so that of two jobs of one attempt the second does
# nothing, and says nothing, since its output files are those of the first. The same job runs again only if it has
# been queued again: a controller that was killed may start a job that it does not know to have run. A link is made to
# have the record appear complete; it may be there although ln failed, if the answer of a server of files was lost.
# Where there are no links the record is created empty first.
#
# Expects the number of the job in $jobs4j_job, how often it was queued again in $jobs4j_restart, and the name of its
# node in $jobs4j_node.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

CDPATH= cd -- "$jobs4j_work" || exit 72
jobs4j_control=.jobs4j
jobs4j_run=$jobs4j_control/$jobs4j_key.run jobs4j_end=$jobs4j_control/$jobs4j_key.end
jobs4j_mine=$jobs4j_run.$jobs4j_job.$jobs4j_node.$$
[ -d $jobs4j_control ] || mkdir $jobs4j_control
jobs4j_began=$(date +%s)
jobs4j_line="run $jobs4j_job $jobs4j_restart $jobs4j_began"
# That of a process of this number that was ended too soon to remove it.
[ ! -e "$jobs4j_mine" ] || rm -f "$jobs4j_mine"
printf '%s\n' "$jobs4j_line" >"$jobs4j_mine" || exit 73
# dash, bash and the shell of BusyBox know -ef.
# shellcheck disable=SC3013
if ! ln "$jobs4j_mine" "$jobs4j_run" 2>/dev/null &&
  ! [ "$jobs4j_mine" -ef "$jobs4j_run" ]; then
  jobs4j_claimed=
  if ! [ -e "$jobs4j_run" ]; then
    set -C
    { jobs4j_claimed=yes; printf '%s\n' "$jobs4j_line"; } 2>/dev/null >"$jobs4j_run"
    jobs4j_written=$?
    set +C
    if [ -n "$jobs4j_claimed" ] && [ $jobs4j_written -ne 0 ]; then
      rm -f "$jobs4j_run"
      exit 73
    fi
    [ -e "$jobs4j_run" ] || exit 73
  fi
  if [ -z "$jobs4j_claimed" ]; then
    jobs4j_owner= jobs4j_last=
    while read -r jobs4j_word jobs4j_id jobs4j_count jobs4j_rest; do
      jobs4j_owner=$jobs4j_id jobs4j_last=$jobs4j_count
    done <"$jobs4j_run"
    if [ "$jobs4j_owner" != "$jobs4j_job" ] ||
      ! [ "$jobs4j_restart" -gt "$jobs4j_last" ] 2>/dev/null; then
      rm -f "$jobs4j_mine"
      exit 75
    fi
    printf '%s\n' "$jobs4j_line" >>"$jobs4j_run" || exit 73
    rm -f "$jobs4j_end"
  fi
fi
rm -f "$jobs4j_mine"
jobs4j_code=143 jobs4j_cause=cancelled
