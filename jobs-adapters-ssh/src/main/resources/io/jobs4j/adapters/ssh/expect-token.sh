# shellcheck shell=sh
# Ends the script unless the first line of its input is the token. What the startup files of the account read, and that
# is the beginning of the input, the command must not do without.
#
# One line is made of this: see run.sh.
# Another part sets what this uses.
# shellcheck disable=SC2154

IFS= read -r j4_i || j4_i=;
[ "$j4_i" = "$j4_t" ] || { printf "\n%s no-input\n" "$j4_t"; exit 0; };
