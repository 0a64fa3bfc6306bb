# shellcheck shell=sh
# Says how the cluster is configured.

frame config scontrol show config
