# shellcheck shell=sh
# Asks for a job that there need not be, which shows that the controller answers.

frame squeue squeue -h -u "$(id -u)" -j 1,2 -o %i
