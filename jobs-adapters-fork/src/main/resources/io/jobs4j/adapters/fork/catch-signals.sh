# shellcheck shell=sh
# Signals are caught and not ignored, because a caught signal has its default effect again in the programs that the
# shell starts.

trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2
