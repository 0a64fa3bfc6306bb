# shellcheck shell=sh
# Ends a report: says when the records were last written, one line for each in their order.

[ $# -eq 0 ] || stat -c 'jobs4j time %.3Y' -- "$@"
echo 'jobs4j done'
