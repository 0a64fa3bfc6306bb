package io.jobs4j.adapters.fork;

/**
 * The programs that run on the host, for any POSIX shell on Linux. Stateless.
 *
 * <p>The state of an attempt is its run record {@code .jobs4j/<key>.run} in the work directory,
 * made of lines that are each written at once; a line without its end does not count:
 *
 * <pre>
 * run PROCESS BOOT UPTIME                 who claimed the attempt, and when
 * ending CODE CAUSE UPTIME                the job is over, what it left behind is being ended
 * end CODE CAUSE UPTIME                   all is over
 * </pre>
 *
 * BOOT is the id of the boot, UPTIME in hundredths of a second, CAUSE one of exited, limit,
 * cancelled. Beside it, {@code .jobs4j/<key>.cancel} says that somebody wants the attempt ended.
 *
 * <p>Programs are started only where a shell can do no other, since they cost more than all the
 * rest.
 */
final class ForkScripts {
  private ForkScripts() {}

  /** Reads records and finds processes. Expects {@code $key} and {@code $run}. */
  private static final String RECORDS =
      """
      read -r here </proc/sys/kernel/random/boot_id

      big=
      nl='
      '

      # Notes which records are far longer than any that the wrapper writes: nobody reads those.
      measure() {
        big=$(find -L "$@" -prune -type f -size +8 2>/dev/null)
      }

      # Reads the run record. Returns 1 if there is none or its first line is not complete, and 2 if
      # it is not what a wrapper writes: the job may have written it. All that is set is short
      # numbers and known words, but for boot.
      look() {
        pid=0 boot= began=0 end= code= cause= at=0
        [ -e "$run" ] || [ -L "$run" ] || return 1
        [ -f "$run" ] || return 2
        case $nl$big$nl in *"$nl$run$nl"*) return 2 ;; esac
        {
          read -r head pid boot began || { pid=0 boot= began=0; return 1; }
          while read -r word second third fourth; do
            case $word in ending | end) end=$word code=$second cause=$third at=$fourth ;; esac
          done
          :
        } 2>/dev/null <"$run" || return 1
        case $head in
          ending | end)
            # Somebody deleted the record meanwhile, and the wrapper began it anew.
            end=${end:-$head} code=$pid cause=$boot at=0
            pid=0 boot= began=0
            ;;
        esac
        if ! numbers "$pid" "$began"; then
          pid=0 boot= began=0 end= code= cause= at=0
          return 2
        fi
        [ -n "$end" ] || return 0
        case $cause in
          exited | limit | cancelled) numbers "$code" "$at" && [ ${#code} -le 3 ] && return 0 ;;
        esac
        end= code= cause= at=0
        return 2
      }
      numbers() {
        for n; do
          case $n in '' | *[!0-9]*) return 1 ;; esac
          [ ${#n} -le 18 ] || return 1
        done
      }

      # Whether the wrapper of the record lives: the process says by its command line whose it is,
      # so that one that got its number later does not count. What has ended has none.
      alive() {
        [ "$boot" = "$here" ] || return 1
        { read -r words </proc/$pid/cmdline; } 2>/dev/null || return 1
        case $words in *"# jobs4j wrapper $key") ;; *) return 1 ;; esac
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

      # Looks at the attempt from outside: record, wrapper and members. A job is there as long as
      # its processes are, even if its work directory is not. Sets seen to what look returned.
      survey() {
        wrapper= session= seen=0
        look || seen=$?
        if alive; then
          wrapper=$pid
          # While it is ending things, the session holds the wrapper's own helpers.
          [ -n "$end" ] || session=$pid
        fi
        members
      }

      # Whether the file system of a work directory seems to be away: one that somebody deleted
      # leaves the directory above it.
      away() {
        up=${1%/}
        ! [ -d "$1" ] && ! [ -d "${up%/*}/" ]
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
   * Lets a wrapper {@code finish} what the job left behind. Few need it, and to read it takes a
   * shell as long as all the rest of the wrapper.
   */
  static final String STRAGGLERS =
      RECORDS
          + FINISH
          + """
          remaining() {
            wrapper=$$ session=$$
            members
            [ -n "$pids" ]
          }
          """;

  /**
   * Claims an attempt and runs it. Says in one line what came of the claim: {@code jobs4j run
   * PROCESS}, {@code jobs4j taken}, {@code jobs4j refused WHY} or {@code jobs4j blocked WHY}.
   *
   * <p>Arguments: work directory, key, file for output, file for errors, limit in hundredths of a
   * second or nothing, {@link #STRAGGLERS}, the number of variables for the job, these as {@code
   * NAME=value}, and the words to run. No shell may give a meaning of its own to the variables.
   *
   * <p>Signals are caught and not ignored, because a caught signal has its default effect again in
   * the programs that the shell starts.
   *
   * @param key of the attempt, which the first line tells those who look at the process
   */
  static String wrapper(String key) {
    return "# jobs4j wrapper " + key + "\n" + WRAPPER;
  }

  private static final String WRAPPER =
      """
      trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2
      say() {
        echo "jobs4j $*"
        exec >/dev/null
      }
      uptime() {
        read -r up idle </proc/uptime
        hundredths=${up#*.}
        now=$((${up%.*} * 100 + 1$hundredths - 100))
      }

      work=$1 key=$2 out=$3 err=$4 limit=$5 stragglers=$6 names=$7
      shift 7
      run=.jobs4j/$key.run cancel=.jobs4j/$key.cancel
      CDPATH= cd -- "$work" 2>/dev/null || { say refused no work directory; exit 1; }
      if [ -n "$limit" ]; then
        command -v timeout >/dev/null || { say refused no program timeout; exit 1; }
      fi
      [ -d .jobs4j ] || mkdir .jobs4j 2>/dev/null

      read -r here </proc/sys/kernel/random/boot_id
      uptime
      began=$now claimed=
      set -C
      { claimed=yes; echo "run $$ $here $began"; } 2>/dev/null >"$run"
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
          while [ $names -gt 0 ]; do
            export "$1"
            shift
            names=$((names - 1))
          done
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
        eval "$stragglers"
        finish
        uptime
      fi
      echo "end $code $cause $now" >>"$run"
      """;

  /**
   * Leaves word that an attempt shall end, which is heeded by whoever claims it later. Says {@code
   * jobs4j marked}, {@code jobs4j over} if it has ended, {@code jobs4j away} if the file system of
   * the work directory is, or {@code jobs4j blocked WHY}. Arguments: work directory, key.
   */
  static final String MARK =
      RECORDS
          + """
          key=$2
          run=$1/.jobs4j/$key.run cancel=$1/.jobs4j/$key.cancel
          measure "$run"
          if look && [ "$end" = end ]; then
            echo jobs4j over
          elif away "$1"; then
            echo jobs4j away
          elif ! [ -d "$1" ]; then
            # Nobody can claim it any more.
            echo jobs4j marked
          else
            [ -d "$1/.jobs4j" ] || mkdir "$1/.jobs4j" 2>/dev/null
            if [ -e "$cancel" ] || { echo cancel >"$cancel"; } 2>/dev/null || [ -e "$cancel" ]; then
              echo jobs4j marked
            else
              echo jobs4j blocked cannot write the cancel marker
            fi
          fi
          """;

  /** Ends the processes of an attempt. Arguments: work directory, key. */
  static final String KILL =
      RECORDS
          + FINISH
          + """
          remaining() {
            survey
            [ -z "$pids" ] || return 0
            [ "$end" != end ] || return 1
            [ -n "$wrapper" ] || { [ $seen -eq 1 ] && [ -e "$run" ]; } || return 1
            # Between claim and start, or between end and record: the wrapper goes on by itself.
            idle=$((idle + 1))
            [ $idle -lt 100 ] && return 0
            [ -z "$wrapper" ] || kill -s KILL "$wrapper"
            return 1
          }

          key=$2 idle=0
          run=$1/.jobs4j/$key.run
          measure "$run"
          if look && [ "$end" = end ]; then exit 0; fi
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
          run=$1/.jobs4j/$key.run
          measure "$run"
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
   * Defines {@code job NUMBER WORKDIRECTORY KEY [launched]}, which says in one line {@code jobs4j
   * job NUMBER PROCESS STATE CODE CAUSE BEGAN ENDED} how an attempt is, the last two being uptimes
   * in hundredths of a second, and leaves the place of the record in {@code $run}. It says nothing
   * if the attempt was certainly never launched, and fails if there is no record. {@code launched}
   * says that the attempt is known to have been.
   */
  static final String REPORT =
      RECORDS
          + """
          inhabited() {
            wrapper= session=
            members
            [ -n "$pids" ]
          }

          # Sets pid to the session of the lowest of the processes, which mostly is the wrapper.
          leader() {
            low=
            for p in $pids; do
              if [ -z "$low" ] || [ "$p" -lt "$low" ]; then low=$p; fi
            done
            pid=$low
            { read -r stat <"/proc/$low/stat"; } 2>/dev/null || return 0
            set -- ${stat##*) }
            [ "$4" -le 0 ] || pid=$4
          }

          # What came of an attempt whose processes are gone and left no exit code.
          vanished() {
            if [ -e "$cancel" ]; then state=cancelled; else state=lost; fi
          }

          job() {
            key=$3 run=$2/.jobs4j/$3.run cancel=$2/.jobs4j/$3.cancel state= seen=0
            look || seen=$?
            if [ $seen -eq 0 ] && [ "$end" = end ]; then
              state=ended
            elif alive; then
              state=running
            elif [ $seen -eq 1 ] && ! [ -e "$run" ]; then
              if inhabited; then
                state=adrift
                leader
              elif [ -e "$cancel" ]; then
                state=unborn
              elif away "$2"; then
                state=away
              elif [ -n "$4" ]; then
                state=gone
              else
                return 1
              fi
            elif [ $seen -eq 1 ] && [ -z "$(find "$run" -mmin +1)" ]; then
              # Its writer is between two calls of the system, or was killed there.
              state=torn
            else
              # It may have ended and recorded it between the two looks.
              look
              if [ -n "$end" ]; then
                state=ended
              elif { [ -z "$boot" ] || [ "$boot" = "$here" ]; } && inhabited; then
                state=running
              else
                vanished
              fi
            fi
            printf 'jobs4j job %s %s %s %s %s %s %s\\n' \\
              "$1" "${pid:-0}" "$state" "${code:-none}" "${cause:-none}" "${began:-0}" "${at:-0}"
            case $state in unborn | adrift | gone | away) return 1 ;; esac
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
        until look || [ $? -eq 2 ] || [ $tries -ge 100 ]; do
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
