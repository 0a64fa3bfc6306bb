# shellcheck shell=sh
# Times without a zone, of versions that know no other, are in UTC.

export TZ=UTC0
