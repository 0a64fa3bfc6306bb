# shellcheck shell=sh
# Says what is to be done to a job that was held so that it runs on, for steer.sh.
# Other parts use what this sets.
# shellcheck disable=SC2034

name=$1 key=$2 number=$3 work=$4 submitted=$5 note=$4/.jobs4j/$2.hold
deed() {
  case $2 in
    PENDING | REQUEUE_HOLD | SPECIAL_EXIT | RESV_DEL_HOLD | REQUEUED | REQUEUE_FED)
      frame steer scontrol release "$1"
      ;;
    SUSPENDED)
      frame steer scontrol resume "$1"
      ;;
    RUNNING | STOPPED | SIGNALING)
      frame steer scancel --full --signal=CONT "$1"
      ;;
  esac
}
