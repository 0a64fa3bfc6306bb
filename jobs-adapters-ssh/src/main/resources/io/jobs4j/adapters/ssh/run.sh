# shellcheck shell=sh
# Runs what the variables say. As a server makes a session for each login shell, the script leads one already, unless
# something is in between; then it needs setsid. What the command does to its process group must not end the script.
# Only a command that could not be started returns 126 or 127 and is not there.
#
# One line is made of this, each line and a blank, within the single quotes of a word: so all commands end with a
# semicolon, and there is no single quote, exclamation mark, double backslash or sign beyond ASCII. A comment may only
# stand on a line of its own.
# Others set what this uses.
# shellcheck disable=SC2154
# What is not quoted is a number or a word, or is to be split.
# shellcheck disable=SC2086

j4_m() { printf "\n%s %s\n" "$j4_t" "$1"; };
if [ -n "$j4_d" ]; then
  cd -- "$j4_d" || { j4_m no-directory; exit 0; };
fi;
read -r j4_s </proc/$$/stat;
set -- ${j4_s##*) };
j4_m - >&2;
trap : HUP INT QUIT TERM ALRM USR1 USR2;
if [ "$4" = $$ ]; then
  j4_m $$;
  (eval "$j4_e");
else
  if command -v setsid >/dev/null; then j4_s=setsid; j4_a=; else j4_s=; j4_a=alone-; fi;
  $j4_s sh -c "printf \"\n%s %s\n\" $j4_t $j4_a\$\$; $j4_e";
fi;
j4_c=$?;
case $j4_c in 126|127)
  case $j4_p in
    */*) ;;
    *) j4_p=$(PATH=$j4_q; command -v -- "$j4_p") || j4_p=/ ;;
  esac;
  case $j4_p in */*)
    if [ -d "$j4_p" ]; then j4_c=no-program;
    elif [ -x "$j4_p" ]; then :;
    else j4_c=no-program;
    fi ;;
  esac ;;
esac;
j4_m $j4_c;
j4_m $j4_c >&2
