# shellcheck shell=sh
# Takes the word of a hold away once no job is held any more. Expects steer.sh before it.
# Other parts set what this uses.
# shellcheck disable=SC2154

if [ -n "$sight" ] && [ -z "$failed" ]; then rm -f "$note" 2>/dev/null; fi
