# shellcheck shell=sh
# Says what is to be done to a job so that it does not run on, for steer.sh.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154

name=$1 key=$2 number=$3 work=$4 submitted=$5 note=$4/.jobs4j/$2.hold
mark() { { true >>"$note"; } 2>/dev/null; }
deed() {
  case $2 in
    PENDING | REQUEUED | REQUEUE_FED | EXPEDITING)
      mark
      frame steer scontrol hold "$1"
      mark
      ;;
    RUNNING | CONFIGURING | RESIZING | SIGNALING | STAGE_OUT)
      mark
      frame steer scontrol suspend "$1"
      [ "$code" -eq 0 ] || frame steer scancel --full --signal=STOP "$1"
      mark
      ;;
  esac
}
