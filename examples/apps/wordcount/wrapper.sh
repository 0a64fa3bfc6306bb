#!/bin/sh
# Counts words. ${text} stands for the staged files, ${limit} for the parameter.
set -e
echo "counting words in" ${text} >&2
cat ${text} | tr -cs '[:alpha:]' '\n' | tr '[:upper:]' '[:lower:]' | grep . | sort | uniq -c |
  sort -k1,1nr -k2 | sed -n "1,${limit}p" > counts.txt
