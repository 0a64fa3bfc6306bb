# shellcheck shell=sh
# Calls sbatch, once for each attempt. Expects account.sh, cluster-name.sh and internal/intend.sh before it.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

work=$1 key=$2 generation=$3 limit=$4 known=$5 base_path=BASE_PATH
shift 5
if away "$work"; then echo jobs4j away; echo 'jobs4j done'; exit 0; fi
CDPATH= cd -- "$work" 2>/dev/null || {
  echo jobs4j refused there is no such directory
  echo 'jobs4j done'
  exit 0
}
control=.jobs4j
[ -d $control ] || mkdir $control 2>/dev/null
# Nothing that may take long stands between the look for others and the claim.
cluster_here "$known"
printf 'jobs4j cluster %s\n' "$cluster"
if ! intend "${cluster:+ on $cluster}"; then echo 'jobs4j done'; exit 0; fi
commands=$(command -v sbatch)
commands=${commands%/*}
case $commands:$base_path: in
  /*":$commands:"*) ;;
  /*) base_path=$commands:$base_path ;;
esac
IFS= read -r variables || variables=
# What may be secret is no word of a command, since everybody on the host can read those.
# Another shell expands it.
# shellcheck disable=SC2016
[ -z "$variables${SLURM_JWT-}" ] ||
  set -- sh -c 'IFS= read -r SLURM_JWT <&4; IFS= read -r variables <&4
    if [ -n "$SLURM_JWT" ]; then export SLURM_JWT; else unset SLURM_JWT; fi
    eval "$(printf %b "$variables")"
    exec "$@" 4<&-' sh "$@"
set -- env -i WORDS "PATH=$base_path" ${SLURM_CONF:+"SLURM_CONF=$SLURM_CONF"} "$@"
# After its limit it must not submit any more.
command -v timeout >/dev/null && set -- timeout -s KILL "$limit" "$@"
if [ -z "$variables${SLURM_JWT-}" ]; then
  out=$("$@" 2>&1)
else
  out=$({ printf '%s\n' "${SLURM_JWT-}" "$variables" | "$@" 2>&1 4<&0 <&3 3<&-; } 3<&0)
fi
code=$?
printf 'jobs4j sbatch %s\n' "$code"
# The id is a line of its own, a number or NUMBER;CLUSTER. Two that could be it are none.
count=0 ids=0 id=
set -f
IFS='
'
for line in $out; do
  number=${line%%[!0-9]*}
  case ${#number}${line#"$number"} in
    [1-9] | 10 | [1-9]\;* | 10\;*) ids=$((ids + 1)) id=$number ;;
    *)
      count=$((count + 1))
      case $count:$line in
        ?:* | 1?:* | *'submission failed'*) printf 'jobs4j said %s\n' "$line" ;;
      esac
      ;;
  esac
done
[ $ids -eq 1 ] || id=
if [ "$code" -eq 0 ] && [ -n "$id" ]; then
  { printf 'id %s\n' "$id${cluster:+ on $cluster}" >"$control/$key.id"; } 2>/dev/null
  printf 'jobs4j id %s\n' "$id"
fi
echo 'jobs4j done'
