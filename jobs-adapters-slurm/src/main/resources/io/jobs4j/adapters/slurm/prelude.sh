# shellcheck shell=sh
# Begins all that runs where Slurm's commands are; internal/frames.sh and internal/records.sh come after it. What they take options from is taken away, whether the engine runs
# within a Slurm job, the session of a server sets it, or a site's profile; what says where the cluster is and lets the
# account in there stays.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# What is not quoted is a number or a word, or is to be split.
# shellcheck disable=SC2086

export LANG=C LC_ALL=C SLURM_TIME_FORMAT=%s
# Shells that are not for people often do not know where Slurm is.
if ! command -v squeue >/dev/null 2>&1 && [ -r /etc/profile ]; then
  # shellcheck source=/dev/null
  paths=$(. /etc/profile </dev/null >/dev/null 2>&1; printf %s "$PATH")
  # shellcheck source=/dev/null
  conf=$(. /etc/profile </dev/null >/dev/null 2>&1; printf %s "${SLURM_CONF-}")
  PATH=${paths:-$PATH}
  [ -z "$conf" ] || export SLURM_CONF="$conf"
fi
set -f
IFS='
'
for line in $(export -p); do
  line=${line#export }
  line=${line#declare -x }
  line=${line%%=*}
  case $line in
    *[!A-Za-z0-9_]* | SLURM_CONF | SLURM_JWT | SLURM_TIME_FORMAT) ;;
    SLURM_* | SBATCH_* | SALLOC_* | SRUN_* | SQUEUE_* | SACCT_* | SCANCEL_* | SCONTROL_* | \
      SINFO_* | SPRIO_* | SSHARE_* | SREPORT_* | SACCTMGR_* | SBCAST_* | SSTAT_*)
      unset "$line"
      ;;
  esac
done
unset IFS
set +f

# That a user cannot be looked up is no answer, whatever a command returns.
judge() {
  case $code$error in 0*'Invalid user'*) code=1 ;; esac
}

# Sets $rows to lines of number and state, among what else Slurm says, of the jobs of an
# attempt (NAME KEY NUMBER): those of the name, and that of the number if it is still that of
# the key though it has another name by now. Says why if that cannot be had.
jobs_of() {
  if listed "$@"; then return 0; fi
  printf '%s\n' "$rows" | sed -n '1,8s/^/jobs4j said /p'
  return 1
}
listed() {
  rows=$(squeue -h --all -t all -u "$(id -u)" "--name=$1" -O JobID:16,State:32 2>&1 \
    </dev/null) || return
  case $rows in *'Invalid user'*) return 1 ;; esac
  [ -n "$3" ] || return 0
  case "
$rows" in *"
$3 "*) return 0 ;; esac
  shown=$(scontrol -o show job "$3" 2>/dev/null </dev/null) || {
    # Once more for the reason, which must not stand before what is shown.
    why=$(scontrol -o show job "$3" 2>&1 </dev/null)
    case $why in *'Invalid job id'* | *'ermission denied'*) return 0 ;; esac
    rows=$why
    return 1
  }
  case $shown in
    "JobId=$3 JobName=$1 "* | "JobId=$3 "*" Comment=$2 "*)
      state=${shown#* JobState=}
      rows="$rows
$3 ${state%% *}"
      ;;
  esac
}

# Calls a command with number and state of each of those.
for_each() {
  set -f
  IFS='
'
  for row in $rows; do
    IFS=' '
    set -- "$1" $row
    case $2 in
      '' | *[!0-9]*) ;;
      *) "$1" "$2" "$3" ;;
    esac
  done
  unset IFS
  set +f
}
