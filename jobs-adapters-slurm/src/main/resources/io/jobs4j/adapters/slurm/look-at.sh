# shellcheck shell=sh
# Begins a look at an attempt.
# Other parts use what this sets.
# shellcheck disable=SC2034

work=$1 key=$2 name=$3 wait=$4 accounting=$5 format=$6
