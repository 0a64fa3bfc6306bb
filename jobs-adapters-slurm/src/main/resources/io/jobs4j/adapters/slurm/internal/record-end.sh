# shellcheck shell=sh
# Part of the batch script, in a function: records the end of the attempt.
# Other parts set what this uses, and use what it sets.
# shellcheck disable=SC2034,SC2154
# What is not quoted is a number or a word, or is to be split.
# shellcheck disable=SC2086

# The script did not come as far as the application, whatever it returned.
jobs4j_stage=
if [ $jobs4j_cause = exited ] && [ -r "$jobs4j_control/$jobs4j_key.stage" ]; then
  read -r jobs4j_stage jobs4j_rest <"$jobs4j_control/$jobs4j_key.stage"
fi
case $jobs4j_stage in
  startup | modules)
    jobs4j_cause=$jobs4j_stage
    [ "$jobs4j_code" -ne 0 ] || jobs4j_code=1
    ;;
esac
jobs4j_ended=$(date +%s)
printf 'end %s %s %s %s %s %s %s\n' "$jobs4j_key" "$jobs4j_job" "$jobs4j_restart" \
  "$jobs4j_code" "$jobs4j_cause" "$jobs4j_began" "$jobs4j_ended" \
  >"$jobs4j_end.$jobs4j_job" &&
  mv -f "$jobs4j_end.$jobs4j_job" "$jobs4j_end"
exit "$jobs4j_code"
