# shellcheck shell=sh
# Says where this is: the boot in $here, and $space, $name, $machine.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# In "a= b=c", a is to be empty.
# shellcheck disable=SC1007

read -r here </proc/sys/kernel/random/boot_id
name= machine=
{ read -r name </proc/sys/kernel/hostname; } 2>/dev/null
{ read -r machine </etc/machine-id || read -r machine </var/lib/dbus/machine-id; } 2>/dev/null
space=$(readlink /proc/self/ns/pid) space=${space#*[} space=${space%]}
for w in name machine space; do
  eval "v=\$$w"
  case $v in '' | *[!A-Za-z0-9._-]*) eval "$w=-" ;; esac
done
