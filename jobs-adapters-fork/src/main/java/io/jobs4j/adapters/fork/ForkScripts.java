package io.jobs4j.adapters.fork;

/**
 * The programs that run on the host, for any POSIX shell on Linux. Stateless.
 *
 * <p>The state of an attempt is its run record {@code .jobs4j/<key>.run} in the work directory,
 * made of lines that are each written at once; a line without its end does not count:
 *
 * <pre>
 * run PROCESS START BOOT UPTIME           who claimed the attempt, and when
 * ending CODE CAUSE UPTIME                the job is over, what it left behind is being ended
 * end CODE CAUSE UPTIME                   all is over
 * </pre>
 *
 * START is field 22 of the process's {@code stat}, BOOT the id of the boot, UPTIME in hundredths of
 * a second, CAUSE one of exited, limit, cancelled. Beside it, {@code .jobs4j/<key>.cancel} says
 * that somebody wants the attempt ended.
 *
 * <p>Programs are started only where a shell can do no other, since they cost more than all the
 * rest.
 */
final class ForkScripts {
  private ForkScripts() {}

  /** Reads records and finds processes. Expects {@code $key}, {@code $run} and {@code $here}. */
  private static final String RECORDS =
      """
      read -r here </proc/sys/kernel/random/boot_id

      # Reads the run record; fails if there is none or its first line is not complete.
      look() {
        pid=0 born= boot= began=0 end= code= cause= at=0
        {
          read -r head pid born boot began || { pid=0; return 1; }
          while read -r word second third fourth; do
            end=$word code=$second cause=$third at=$fourth
          done
          :
        } 2>/dev/null <"$run"
      }

      # Whether the process of the record lives; one that got its number later does not count.
      alive() {
        [ "$boot" = "$here" ] || return 1
        { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 1
        set -- ${stat##*) }
        case $1 in Z | X | x) return 1 ;; esac
        [ "${20}" = "$born" ]
      }

      # Sets pids: what the job started, even in sessions of their own, and what is in $session;
      # without $wrapper.
      members() {
        set -- $(
          grep -lzsxF "JOBS4J_ATTEMPT=$key" /proc/[0-9]*/environ
          [ -z "$session" ] ||
            grep -lsE "^[0-9]+ [(].*[)] [^)ZXx] [0-9]+ [0-9]+ $session [^)]*$" /proc/[0-9]*/stat
        )
        pids=
        for p; do
          p=${p#/proc/} p=${p%/*}
          # The grep that found itself is gone by now.
          if [ "$p" != "$wrapper" ] && [ -d "/proc/$p" ]; then pids="$pids $p"; fi
        done
      }

      # Looks at the attempt from outside: record, wrapper and members.
      survey() {
        wrapper= session= pids=
        look || return 1
        if alive; then
          wrapper=$pid
          # While it is ending things, the session holds the wrapper's own helpers.
          [ -n "$end" ] || session=$pid
        fi
        members
      }
      """;

  /** Ends all that {@code remaining} finds. Expects {@code remaining}, which sets pids. */
  private static final String FINISH =
      """
      # TERM to each once, KILL to what is left after five seconds, until nothing is left. What
      # not even KILL ends, because it hangs in the kernel, is given up after five minutes.
      finish() {
        rounds=0 told=' '
        while remaining && [ $rounds -lt 3000 ]; do
          for p in $pids; do
            if [ $rounds -ge 50 ]; then
              kill -s KILL "$p"
            else
              case $told in
                *" $p "*) ;;
                *) told="$told$p "; kill -s TERM "$p"; kill -s CONT "$p" ;;
              esac
            fi
          done 2>/dev/null
          rounds=$((rounds + 1))
          sleep 0.1
        done
      }
      """;

  /**
   * Claims an attempt and runs it. Says in one line what came of the claim: {@code jobs4j run
   * PROCESS}, {@code jobs4j taken}, {@code jobs4j refused WHY} or {@code jobs4j blocked WHY}.
   *
   * <p>Arguments: work directory, key, file for output, file for errors, limit in hundredths of a
   * second or nothing, and the words to run.
   *
   * <p>Signals are caught and not ignored, because a caught signal has its default effect again in
   * the programs that the shell starts.
   */
  static final String WRAPPER =
      "trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2\n"
          + RECORDS
          + FINISH
          + """
          say() {
            echo "jobs4j $*"
            exec >/dev/null
          }
          uptime() {
            read -r up idle </proc/uptime
            hundredths=${up#*.}
            now=$((${up%.*} * 100 + 1$hundredths - 100))
          }
          remaining() {
            wrapper=$$ session=$$
            members
            [ -n "$pids" ]
          }

          work=$1 key=$2 out=$3 err=$4 limit=$5
          shift 5
          run=.jobs4j/$key.run cancel=.jobs4j/$key.cancel
          CDPATH= cd -- "$work" 2>/dev/null || { say refused no work directory; exit 1; }
          if [ -n "$limit" ]; then
            command -v timeout >/dev/null || { say refused no program timeout; exit 1; }
          fi
          [ -d .jobs4j ] || mkdir .jobs4j 2>/dev/null

          read -r stat </proc/$$/stat
          fields() { born=${20}; }
          fields ${stat##*) }
          uptime
          began=$now claimed=
          set -C
          { claimed=yes; echo "run $$ $born $here $began"; } 2>/dev/null >"$run"
          written=$?
          set +C
          if [ -z "$claimed" ]; then
            if [ -e "$run" ]; then say taken; else say blocked cannot create the run record; fi
            exit 1
          fi
          if [ $written -ne 0 ]; then
            # Nothing has been started: others may claim it when there is room again.
            rm -f "$run"
            say blocked cannot write the run record
            exit 1
          fi
          say run $$

          code=0
          if [ ! -e "$cancel" ]; then
            (
              export JOBS4J_ATTEMPT="$key"
              exec </dev/null >"$out"
              if [ "$out" = "$err" ]; then exec 2>&1; else exec 2>"$err"; fi
              exec "$@"
            )
            code=$?
          fi
          uptime
          cause=exited
          if [ -e "$cancel" ]; then
            cause=cancelled
          elif [ -n "$limit" ] && [ $((now - began + 2)) -ge "$limit" ]; then
            # Both times are rounded, hence the 2. An earlier 124 is the job's own.
            case $code in 124 | 137) cause=limit ;; esac
          fi
          if [ $cause != exited ]; then
            echo "ending $code $cause $now" >>"$run"
            finish
            uptime
          fi
          echo "end $code $cause $now" >>"$run"
          """;

  /** Ends an attempt, now or as soon as somebody claims it. Arguments: work directory, key. */
  static final String CANCEL =
      RECORDS
          + FINISH
          + """
          remaining() {
            if survey; then
              [ -z "$pids" ] || return 0
              [ -n "$wrapper" ] && [ "$end" != end ] || return 1
            else
              [ -e "$run" ] || return 1
            fi
            # Between claim and start, or between end and record: the wrapper goes on by itself.
            idle=$((idle + 1))
            [ $idle -lt 100 ] && return 0
            [ -z "$wrapper" ] || kill -s KILL "$wrapper"
            return 1
          }

          key=$2 idle=0
          run=.jobs4j/$key.run cancel=.jobs4j/$key.cancel
          CDPATH= cd -- "$1" || exit 1
          if look && [ "$end" = end ]; then exit 0; fi
          [ -d .jobs4j ] || mkdir .jobs4j
          [ -e "$cancel" ] || echo cancel >"$cancel"
          finish
          """;

  /**
   * Sends a signal to all processes of an attempt, and to those that they start meanwhile, if it is
   * not over. Arguments: work directory, key, signal.
   */
  static final String SIGNAL =
      RECORDS
          + """
          key=$2
          run=.jobs4j/$key.run
          CDPATH= cd -- "$1" || exit 0
          rounds=0 told=' '
          while [ $rounds -lt 100 ] && survey && [ -z "$end" ]; do
            fresh=
            for p in $pids; do
              case $told in
                *" $p "*) ;;
                *) told="$told$p " fresh=yes; kill -s "$3" "$p" ;;
              esac
            done 2>/dev/null
            rounds=$((rounds + 1))
            if [ -z "$fresh" ]; then
              if [ "$told" != ' ' ] || [ -z "$wrapper" ]; then break; fi
              # Claimed and not yet started.
              sleep 0.05
            fi
          done
          exit 0
          """;

  /**
   * Defines {@code job NUMBER WORKDIRECTORY KEY}, which says in one line {@code jobs4j job NUMBER
   * PROCESS STATE CODE CAUSE BEGAN ENDED} how an attempt is, the last two being uptimes in
   * hundredths of a second, and leaves the place of the record in {@code $run}. It says nothing if
   * there is neither record nor cancel marker, and fails if there is no record.
   */
  static final String REPORT =
      RECORDS
          + """
          job() {
            key=$3 run=$2/.jobs4j/$3.run cancel=$2/.jobs4j/$3.cancel state=
            if ! look; then
              if [ -e "$run" ]; then
                # Its writer is between two calls of the system, or was killed there.
                state=torn
                [ -z "$(find "$run" -mmin +1)" ] || state=lost
              elif [ -e "$cancel" ]; then
                state=unborn
              else
                return 1
              fi
            elif [ "$end" = end ]; then
              state=ended
            elif alive; then
              state=running
            else
              # It may have ended and recorded it between the two looks.
              look
              wrapper= session=
              if [ -n "$end" ]; then
                state=ended
              elif [ "$boot" = "$here" ] && members && [ -n "$pids" ]; then
                state=running
              elif [ -e "$cancel" ]; then
                state=cancelled
              else
                state=lost
              fi
            fi
            # No echo and no arithmetic: the job itself may have written into the record.
            printf 'jobs4j job %s %s %s %s %s %s %s\\n' \\
              "$1" "${pid:-0}" "$state" "${code:-none}" "${cause:-none}" "${began:-0}" "${at:-0}"
            [ "$state" != unborn ]
          }
          set --
          """;

  /**
   * Defines {@code await NUMBER WORKDIRECTORY KEY}, which waits a little for a record to be
   * complete.
   */
  static final String AWAIT =
      """
      await() {
        run=$2/.jobs4j/$3.run tries=0
        [ -d "$2" ] || { echo jobs4j refused no work directory; return; }
        until look || [ $tries -ge 100 ]; do
          tries=$((tries + 1))
          # Most need but a moment.
          if [ $tries -le 20 ]; then sleep 0.01; else sleep 0.1; fi
        done
        [ -e "$run" ] || [ -w "$2" ] || echo jobs4j blocked cannot write to the work directory
      }
      """;

  /** Says when the records were last written, one line for each in their order, and then ends. */
  static final String CLOSING =
      """
      [ $# -eq 0 ] || stat -c 'jobs4j time %.3Y' -- "$@"
      echo jobs4j done
      """;
}
