# shellcheck shell=sh
# Ends the script unless the first line of its input is the token. Expects marks.sh before it.
# Another part sets what this uses.
# shellcheck disable=SC2154

IFS= read -r i || i=
[ "$i" = "$t" ] || refuse no-input
