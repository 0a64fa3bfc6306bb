# shellcheck shell=sh
# Ends a script.

echo 'jobs4j done'
