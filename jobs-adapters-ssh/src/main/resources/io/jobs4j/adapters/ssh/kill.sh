# shellcheck shell=sh
# Kills a command that has not said which process it is. The token is in the words of the shell that runs the command,
# though no longer in those of the command once that has started. What takes the place of TOKEN is a pattern that does
# not find the words of this script.
# What is not quoted are numbers.
# shellcheck disable=SC2046,SC2086

f=$(pgrep -f 'TOKEN') || exit
for p in $f; do set -- "$@" $p $(pgrep -P $p); done
for p; do kill -s KILL -- -$p; pkill -KILL -s $p; kill -s KILL $p; done
exit 0
