# shellcheck shell=sh
# Prints a marker with a value, and ends the script with one. Expects the token in $t.
# Another part sets what this uses.
# shellcheck disable=SC2154

mark() { printf '\n%s %s\n' "$t" "$1"; }
refuse() { mark "$1"; exit 0; }
