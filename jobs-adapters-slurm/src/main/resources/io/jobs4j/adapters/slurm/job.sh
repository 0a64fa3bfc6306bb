# shellcheck shell=sh
# Part of the batch script, in a function: says which job this is, for internal/claim.sh.
# Other parts use what this sets.
# shellcheck disable=SC2034

jobs4j_job=$SLURM_JOB_ID jobs4j_restart=${SLURM_RESTART_COUNT:-0}
jobs4j_node=${SLURMD_NODENAME-}
