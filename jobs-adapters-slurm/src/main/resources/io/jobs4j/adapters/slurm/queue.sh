# shellcheck shell=sh
# Defines queue NAMES COLUMNS OPTION..., which lists jobs.

queue() {
  names=$1 columns=$2
  shift 2
  frame squeue squeue -h --all -t all -u "$(id -u)" "--name=$names" -O "$columns" "$@"
}
