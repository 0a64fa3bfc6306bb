# shellcheck shell=sh
# Runs one attempt in the session that this process leads.
# Other parts use what this sets.
# shellcheck disable=SC2034
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

self=$$ setsid= birth=
attempt "$@"
