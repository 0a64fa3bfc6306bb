# shellcheck shell=sh
# Notes the id of a job that was found.

printf 'id %s\n' "$3${4:+ on $4}" >"$1/.jobs4j/$2.id"
echo 'jobs4j done'
