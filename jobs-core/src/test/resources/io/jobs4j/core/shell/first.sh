# shellcheck shell=sh
# Says something.

say() {
  # A comment in between.
  echo "# $1" # stays
}
