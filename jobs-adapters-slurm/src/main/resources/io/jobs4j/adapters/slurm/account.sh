# shellcheck shell=sh
# Looks up the account, as io.jobs4j.core.shell.BaseEnvironment does.

ACCOUNT
