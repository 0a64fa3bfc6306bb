# shellcheck shell=sh
# Takes back the intent of a submission.

rm -f "$1/.jobs4j/$2.intent.$3"
echo 'jobs4j done'
