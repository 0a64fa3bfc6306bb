# shellcheck shell=sh
# Defines what asks about attempts that have ended. Expects internal/notes.sh before it.

records() {
  text=$(recorded "$2" "$3")
  printf 'jobs4j begin records-%s\n%s\njobs4j end records-%s 0\n' "$1" "$text" "$1"
  if [ $# -gt 3 ]; then
    case $text in
      *"
end $3 $4 $5 "[0-9]*' exited '*) ;;
      *) controller "$4" ;;
    esac
  fi
}
controller() {
  frame "controller-$1" scontrol -o show job "$1"
}
cluster() {
  frame cluster scontrol show config
}
accounts() {
  ids=$1 columns=$2
  shift 2
  frame sacct sacct -n -P --duplicates -j "$ids" -o "$columns" "$@"
}
