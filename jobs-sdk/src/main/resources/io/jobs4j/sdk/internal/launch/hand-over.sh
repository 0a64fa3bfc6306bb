# shellcheck shell=sh
# Hands the launch script over to its interpreter.

if [ -z "${JOBS4J_SHELL-}" ]; then export JOBS4J_SHELL=1; exec INTERPRETER "$0"; fi
unset JOBS4J_SHELL
