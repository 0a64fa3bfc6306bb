# shellcheck shell=sh
# Defines l, which starts the shell commands in $e in a session of their own, with file descriptor 3 for their input,
# and does not wait. What starts in the background has no input, unless it is said where from. What a shell without job
# control starts in the background ignores interrupts, and with it all that it starts in turn; so setsid is to fork
# where it can. Expects marks.sh before it.
# Another part sets what this uses.
# shellcheck disable=SC2154

mark -
l() {
  if setsid -f true </dev/null; then setsid -f sh -c "$e" <&3
  elif command -v setsid >/dev/null; then setsid sh -c "$e" <&3 &
  else (trap '' HUP; exec sh -c "$e") <&3 &
  fi
}
