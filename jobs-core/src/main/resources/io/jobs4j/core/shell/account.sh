# shellcheck shell=sh
# Looks up the account: sets base_user, base_home and base_shell, and changes no other variable but base_entry.
# Other parts use what this sets.
# shellcheck disable=SC2034

base_entry=$(
  # For the commands here alone.
  # shellcheck disable=SC2123
  PATH=BASE_PATH
  export PATH
  id=$(id -u)
  if command -v getent >/dev/null; then
    getent passwd "$id" && exit
    # It says so of an account that there is not.
    [ $? -eq 2 ] || exit 1
  fi
  grep -m 1 "^[^:]*:[^:]*:$id:" /etc/passwd || echo "$id::::::"
) 2>/dev/null
if [ -z "$base_entry" ]; then
  echo "The account cannot be looked up" >&2
  exit 75
fi
base_user=${base_entry%%:*} base_shell=${base_entry##*:}
base_home=${base_entry%:*} base_home=${base_home##*:}
[ -n "$base_home" ] || base_home=${HOME:-/}
[ -n "$base_shell" ] || base_shell=/bin/sh
