package io.jobs4j.adapters.fork;

import io.jobs4j.core.shell.ShellWords;

/**
 * The programs that run on the host, for any POSIX shell on Linux. Stateless.
 *
 * <p>The state of an attempt is its run record {@code .jobs4j/<key>.run} in the work directory,
 * made of lines that are each written at once; a line without its end does not count:
 *
 * <pre>
 * run PROCESS BOOT UPTIME NAMESPACE HOST MACHINE LIMITED BEGAN   who claimed it, when and where
 * job SESSION job                  the session of the job, if it is not that of the process
 * ending CODE CAUSE UPTIME         the job is over, what it left behind is being ended
 * end CODE CAUSE UPTIME            all is over
 * </pre>
 *
 * BOOT is the id of the boot, UPTIME in hundredths of a second, NAMESPACE the inode of the PID
 * namespace, MACHINE the machine-id, LIMITED whether there is a time limit, BEGAN when the process
 * began as the kernel counts it, if its command line does not have the key, CAUSE one of exited,
 * limit, cancelled, startup, modules. Beside it, {@code .jobs4j/<key>.cancel} says that somebody
 * wants the attempt ended, and {@code .jobs4j/<key>.hold} that somebody wants it held.
 *
 * <p>Processes can be seen where boot and namespace are those of the record. Where the boot is
 * another one, the job is gone if it ran in the first namespace of a host with the same host name
 * and machine-id: a host has one boot at a time, and its first namespace has the same number in
 * each, while the numbers of others are given again. Hosts that were cloned have one machine-id,
 * and containers of one image too; containers on one host have one boot; hence all three. Anywhere
 * else nothing can be said of a job that has not recorded its end.
 *
 * <p>Programs are started only where a shell can do no other, since they cost more than all the
 * rest.
 */
final class ForkScripts {
  private ForkScripts() {}

  /**
   * Says where this is: the boot in {@code $here}, and {@code $space}, {@code $name}, {@code
   * $machine}.
   */
  private static final String PLACE =
      """
      read -r here </proc/sys/kernel/random/boot_id
      name= machine=
      { read -r name </proc/sys/kernel/hostname; } 2>/dev/null
      { read -r machine </etc/machine-id || read -r machine </var/lib/dbus/machine-id; } 2>/dev/null
      space=$(readlink /proc/self/ns/pid) space=${space#*[} space=${space%]}
      for w in name machine space; do
        eval "v=\\$$w"
        case $v in '' | *[!A-Za-z0-9._-]*) eval "$w=-" ;; esac
      done
      """;

  /**
   * Gives the owner the rights back that a job may have taken from the directory of its record, so
   * that its end can be written and read. Expects {@code $run}.
   */
  private static final String REGAIN =
      """
      regain() {
        {
          [ ! -d "$1" ] || [ -x "$1" ] || chmod u+rwx "$1"
          if [ -d "$1/.jobs4j" ] && ! { [ -w "$1/.jobs4j" ] && [ -x "$1/.jobs4j" ]; }; then
            chmod u+rwx "$1/.jobs4j"
          fi
          if [ -f "$run" ] && ! { [ -r "$run" ] && [ -w "$run" ]; }; then chmod u+rw "$run"; fi
        } 2>/dev/null
      }
      """;

  /** Reads records and finds processes. Expects {@code $key} and {@code $run}. */
  private static final String RECORDS =
      PLACE
          + REGAIN
          + """
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
        pid=0 boot= began=0 ns= host= id= limited= birth= job= end= code= cause= at=0
        [ -e "$run" ] || [ -L "$run" ] || return 1
        [ -f "$run" ] || return 2
        case $nl$big$nl in *"$nl$run$nl"*) return 2 ;; esac
        {
          read -r head pid boot began ns host id limited birth ||
            { pid=0 boot= began=0 ns= host= id= limited= birth=; return 1; }
          while read -r word second third fourth; do
            case $word in
              ending | end) end=$word code=$second cause=$third at=$fourth ;;
              job) [ "$third" != job ] || job=$second ;;
            esac
          done
          :
        } 2>/dev/null <"$run" || return 1
        case $head in
          ending | end)
            # Somebody deleted the record meanwhile, and the wrapper began it anew.
            end=${end:-$head} code=$pid cause=$boot at=0
            pid=0 boot= began=0 ns= host= id= limited= birth=
            ;;
          job)
            [ "$boot" != job ] || job=$pid
            pid=0 boot= began=0 ns= host= id= limited= birth=
            ;;
        esac
        numbers "$job" || job=
        if ! numbers "$pid" "$began"; then
          pid=0 boot= began=0 ns= host= id= limited= birth= job= end= code= cause= at=0
          return 2
        fi
        case $ns$host$id in *[!A-Za-z0-9._-]*) ns= host= id= ;; esac
        [ -n "$end" ] || return 0
        case $cause in
          exited | limit | cancelled | startup | modules) numbers "$code" "$at" && [ ${#code} -le 3 ] && return 0 ;;
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

      # Whether the processes of the record could be seen from here, or are gone with its boot.
      visible() {
        [ -n "$boot" ] || return 0
        if [ "$boot" = "$here" ]; then
          case $space:$ns in -:* | *:- | *: | "$space:$space") return 0 ;; esac
          return 1
        else
          # The first namespace of any host; another number may have been given again.
          [ "$ns" = 4026531836 ] || return 1
          case " $ns $host $id " in *' - '* | *'  '*) return 1 ;; esac
          [ "$ns $host $id" = "$space $name $machine" ]
        fi
      }
      places() {
        echo "${host:-unknown} ${boot:-unknown} ${ns:-unknown} $name $here $space"
      }

      # Whether the wrapper of the record lives: the process says by its command line whose it is,
      # or when it began, so that one that got its number later does not count. What has ended has
      # no command line.
      alive() {
        shell=
        [ "$boot" = "$here" ] || return 1
        { read -r words </proc/$pid/cmdline; } 2>/dev/null || return 1
        case $words in
          *"# jobs4j wrapper $key") ;;
          *"# jobs4j shell")
            shell=yes
            { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 1
            set -- ${stat##*) }
            [ "${20}" = "$birth" ] || return 1
            ;;
          *) return 1 ;;
        esac
        visible
      }

      # Whether process $2 is a child of process $1, even if it has ended and nobody was told yet.
      child() {
        stat=
        { read -r stat <"/proc/$2/stat"; } 2>/dev/null || return 1
        set -- "$1" ${stat##*) }
        [ "$3" = "$1" ]
      }

      # Sets session to that which process $1 began for the job, if it is known. Whose number is that
      # of another process by now is over, since numbers of sessions are not given again while
      # anything is left in them.
      begun() {
        session=
        if [ -z "$job" ]; then
          # Its line has no end.
          { read -r job rest </proc/$1/task/$1/children; } 2>/dev/null
          numbers "$job" || job=
        fi
        [ -n "$job" ] || return 0
        if child "$1" "$job" || ! [ -e "/proc/$job" ]; then session=$job; fi
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
          if [ -n "$end" ]; then
            :
          elif [ -n "$shell" ]; then
            begun "$pid"
          else
            session=$pid
          fi
        fi
        members
        # What is going to lead the session of the job is not in it yet.
        if [ -n "$shell" ] && [ -n "$session" ] && child "$pid" "$session"; then
          case "$pids :$stat" in
            *" $session "*" :"* | *") Z "* | *") X "*) ;;
            *) pids="$pids $session" ;;
          esac
        fi
      }

      # Whether a job that was looked at may run where nothing can be seen of it from here.
      elsewhere() {
        visible && return 1
        wrapper= session=
        members
        [ -z "$pids" ]
      }

      # Whether nothing can be concluded from what is not found in a work directory. Its file system
      # seems to be away: one that somebody deleted leaves the directory above it. Or the lowest
      # directory that is found may not be searched, or is a link to what is not there.
      away() {
        up=${1%/}
        if ! [ -d "$1" ] && ! [ -d "${up%/*}/" ]; then return 0; fi
        up=$up/.jobs4j
        until [ -z "$up" ] || [ -e "$up" ] || [ -L "$up" ]; do up=${up%/*}; done
        up=${up:-/}
        if [ -d "$up" ]; then ! [ -x "$up" ]; else ! [ -e "$up" ]; fi
      }

      # Whether process $2 keeps the time limit of the wrapper $1: a program timeout that no process
      # of the job has started. That of BusyBox becomes the job itself and leaves an orphan in a
      # session of its own to watch it.
      keeps() {
        stat=
        { read -r stat <"/proc/$2/stat"; } 2>/dev/null
        case $stat in *"(timeout)"*) ;; *) return 1 ;; esac
        set -- "$1" "$2" ${stat##*) }
        [ "$4" != "$1" ] || return 0
        grep -qzsxF "JOBS4J_ATTEMPT=$key" "/proc/$2/environ" &&
          ! grep -qzsxF "JOBS4J_ATTEMPT=$key" "/proc/$4/environ"
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
            wrapper=$self session=
            if [ -z "$setsid" ]; then session=$self; elif [ -n "$job" ]; then begun "$self"; fi
            members
            [ -n "$pids" ]
          }
          job=
          while read -r word second third rest; do
            case $word$third in jobjob) job=$second ;; esac
          done 2>/dev/null <"$run"
          numbers "$job" || job=
          """;

  /**
   * Claims an attempt and runs it. Says in one line what came of the claim: {@code jobs4j run
   * PROCESS TIME}, {@code jobs4j taken}, {@code jobs4j refused WHY} or {@code jobs4j blocked WHY};
   * TIME is that of the claim.
   *
   * <p>Arguments: work directory, key, file for output, file for errors, limit in hundredths of a
   * second or nothing, the same in seconds, and the script. What sets the variables of the job is
   * in the standard input, which others cannot read. The wrapper leads a session, which is that of
   * the job too.
   *
   * <p>Signals are caught and not ignored, because a caught signal has its default effect again in
   * the programs that the shell starts.
   *
   * @param key of the attempt, which the first line tells those who look at the process
   */
  static String wrapper(String key) {
    return "# jobs4j wrapper " + key + "\n" + CATCH + WRAPPER + UNREAD + CALL;
  }

  /** What others see in the command line of a shell that reads {@link #shell}. */
  static final String SHELL = "# jobs4j shell\n";

  /**
   * Defines {@code job}, which does what {@link #wrapper} does, with the same arguments and what
   * sets the variables of the job, in a child of the shell that reads this, and then says {@code
   * jobs4j idle}. It waits for the job, because a shell lets what it does not wait for ignore
   * signals. Each job gets a session of its own.
   *
   * <p>To start a shell and to have it read the wrapper takes longer than most of the rest, so it
   * pays to use it again.
   */
  static String shell() {
    return CATCH + WRAPPER + UNREAD + JOB;
  }

  private static final String CATCH = "trap : HUP INT QUIT PIPE ALRM TERM USR1 USR2\n";

  private static final String UNREAD = "stragglers=" + ShellWords.quote(STRAGGLERS) + "\n";

  private static final String CALL =
      """
      self=$$ setsid= birth=
      attempt "$@"
      """;

  private static final String JOB =
      """
      setsid=$(command -v setsid)
      born() {
        birth=${20}
      }
      job() {
        [ -n "$setsid" ] || setsid=$(command -v setsid)
        if [ -n "$setsid" ]; then
          (
      """
          + CATCH
          + """
            read -r stat </proc/self/stat
            self=${stat%% *}
            born ${stat##*) }
            attempt "$@"
          ) </dev/null
        else
          echo jobs4j refused no program setsid
        fi
        echo jobs4j idle
      }
      """;

  private static final String WRAPPER =
      PLACE
          + """
      mask=
      { read -r line; read -r line mask; } 2>/dev/null </proc/self/status
      case $line in Umask:) ;; *) mask=$(umask) ;; esac
      say() {
        echo "jobs4j $*"
        exec >/dev/null
      }
      uptime() {
        read -r up idle </proc/uptime
        hundredths=${up#*.}
        now=$((${up%.*} * 100 + 1$hundredths - 100))
      }

      # Says that the job is over, or will be soon. If there is no room, it waits until there is; what
      # else hinders it, it waits for ten minutes.
      record() {
        line=$* again= failed=0
        # A part of the line before it may be there, which the process of the job wrote.
        if [ -n "$setsid" ] && [ -s "$run" ]; then line=$nl$*; fi
        until { echo "$line"; } 2>/dev/null >>"$run"; do
          [ -d "$work" ] || break
          if [ -n "$again" ]; then
            case $({ { :; } >>"$run"; } 2>&1) in
              '' | *'No space'* | *quota*) ;;
              *) [ $failed -lt 600 ] || break; failed=$((failed + 1)) ;;
            esac
            sleep 1
          fi
          again=yes
          regain "$work"
          if [ ! -d .jobs4j ]; then
            # The job may have removed it, or the work directory is one that was made anew.
            cd -- "$work"
            [ -d .jobs4j ] || mkdir .jobs4j || { chmod u+rwx "$work"; mkdir .jobs4j; }
          fi 2>/dev/null
          # A part of the line may be there.
          [ ! -s "$run" ] || line="$nl$*"
        done
      }
      """
          + REGAIN
          + """

      # Expects its process in self and when that began in birth, and in setsid the program that gives
      # the job a session of its own, if it is to have one.
      attempt() {
        work=$1 key=$2 out=$3 err=$4 limit=$5 seconds=$6 script=$7
        run=.jobs4j/$key.run cancel=.jobs4j/$key.cancel
        nl='
      '
        CDPATH= cd -- "$work" 2>/dev/null || { say refused no work directory; exit 1; }
        keeper= limited=
        if [ -n "$limit" ]; then
          limited=limited
          IFS=:
          for keeper in $PATH; do
            keeper=$keeper/timeout
            [ -x "$keeper" ] && break
          done
          unset IFS
          [ -x "$keeper" ] || { say refused no program timeout; exit 1; }
        fi
        if [ -n "$setsid" ]; then exports=$8; else exports=$(cat); fi
        case $exports in
          '# jobs4j environment'*'# jobs4j end') ;;
          *) say blocked its environment arrived in part; exit 1 ;;
        esac
        # What is kept here is nobody else's business. The job has the mask of its account.
        umask 077
        [ -d .jobs4j ] || mkdir .jobs4j 2>/dev/null

        uptime
        began=$now claimed=
        set -C
        set -- run $self $here $began $space $name $machine ${limited:-free} $birth
        { claimed=yes; echo "$*"; } 2>/dev/null >"$run"
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
        if [ -n "$setsid" ]; then
          say run $self
        else
          say run $self "$(stat -c %.3Y -- "$run")"
        fi

        code=0
        if [ ! -e "$cancel" ]; then
          (
            if [ -n "$setsid" ]; then
              for job in /proc/self/task/*; do :; done
              job=${job##*/}
              [ ! -e "$run" ] || echo "job $job job" >>"$run"
            fi 2>/dev/null
            umask "$mask"
            # The variables of the job may have any names, but do not change these.
            set -- "$key" "$out" "$err" "./$script" "$keeper" "$seconds" "$setsid"
            # Variables that mean something to a shell, and are not what it takes, are left out.
            eval "$exports" 2>/dev/null
            export JOBS4J_ATTEMPT="$1"
            exec </dev/null >"$2"
            if [ "$2" = "$3" ]; then exec 2>&1; else exec 2>"$3"; fi
            # To open these may have taken long, and nobody may have been able to find the process.
            [ ! -e ".jobs4j/$1.cancel" ] || exit 143
            # The short options are those that all implementations of it know.
            [ -z "$5" ] || exec ${7:+"$7"} "$5" -s TERM -k 5 "$6" /bin/sh "$4"
            exec ${7:+"$7"} /bin/sh "$4"
          )
          code=$?
        fi
        uptime
        cause=exited
        if [ -e "$cancel" ]; then
          cause=cancelled
        elif [ -n "$limit" ] && [ $((now - began + 2)) -ge "$limit" ]; then
          # Both times are rounded, hence the 2. An earlier 124 is the job's own. Under the timeout of
          # BusyBox, it is what its signal makes of the job.
          case $code in 124 | 137 | 143) cause=limit ;; esac
        fi
        if [ $cause != exited ]; then
          record "ending $code $cause $now"
          eval "$stragglers"
          finish
          uptime
        elif [ -r ".jobs4j/$key.stage" ]; then
          read -r stage rest <".jobs4j/$key.stage"
          case $stage in
            startup | modules)
              # The script did not come as far as the application, whatever it returned.
              cause=$stage
              [ "$code" -ne 0 ] || code=1
              ;;
          esac
        fi
        record "end $code $cause $now"
      }
      """;

  /**
   * Leaves word that an attempt shall end, which is heeded by whoever claims it later. Says {@code
   * jobs4j marked}, {@code jobs4j over} if it has ended, {@code jobs4j unseen PLACES} if it runs
   * elsewhere, {@code jobs4j missing HOST} if it was launched and there is no work directory,
   * {@code jobs4j away} if nothing can be known of that, or {@code jobs4j blocked WHY}. Arguments:
   * work directory, key, and {@code launched} if the attempt is known to have been.
   */
  static final String MARK =
      RECORDS
          + """
          key=$2
          run=$1/.jobs4j/$key.run cancel=$1/.jobs4j/$key.cancel
          regain "$1"
          measure "$run"
          if look && [ "$end" = end ]; then
            echo jobs4j over
          elif elsewhere; then
            echo "jobs4j unseen $(places)"
          elif away "$1"; then
            echo jobs4j away
          elif ! [ -d "$1" ]; then
            wrapper= session=
            members
            if [ "$3" = launched ] && [ -z "$pids" ]; then
              echo "jobs4j missing $name"
            else
              # Nobody can claim it any more.
              echo jobs4j marked
            fi
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
          if elsewhere; then exit 0; fi
          # It may have been stopped.
          ! alive || kill -s CONT "$pid" 2>/dev/null
          finish
          """;

  /**
   * Holds an attempt that is not over or lets it go on: sends STOP or CONT to all its processes and
   * to those that they start meanwhile, but not to the one that keeps its time limit, and leaves or
   * takes away the marker that says so. Says {@code jobs4j unseen PLACES} if it runs elsewhere, and
   * {@code jobs4j blocked WHY}. Arguments: work directory, key, signal.
   */
  static final String SIGNAL =
      RECORDS
          + """
          # Takes the keeper of the time limit out of pids. Fails if it has not begun yet.
          spare() {
            [ -n "$wrapper" ] && [ "$limited" = limited ] || return 0
            kept= others=
            for p in $pids; do
              if keeps "$wrapper" "$p"; then kept=$p; else others="$others $p"; fi
            done
            pids=$others
            [ -n "$kept" ]
          }

          # Sends a signal to all that there is and comes while this goes on.
          send() {
            rounds=0 told=' '
            while [ $rounds -lt 100 ] && survey && [ -z "$end" ]; do
              fresh= early=
              if ! spare && [ "$1" = STOP ] && [ $rounds -lt 20 ]; then pids= early=yes; fi
              for p in $pids; do
                case $told in
                  *" $p "*) ;;
                  *) told="$told$p " fresh=yes; kill -s "$1" "$p" ;;
                esac
              done 2>/dev/null
              rounds=$((rounds + 1))
              if [ -z "$fresh" ]; then
                if [ -z "$early" ] && { [ "$told" != ' ' ] || [ -z "$wrapper" ]; }; then break; fi
                # Claimed and not yet started.
                sleep 0.05
              fi
            done
          }

          key=$2
          run=$1/.jobs4j/$key.run hold=$1/.jobs4j/$key.hold signal=$3
          measure "$run"
          survey
          [ "$end" != end ] || exit 0
          if [ -z "$pids" ] && ! visible; then
            echo "jobs4j unseen $(places)"
            exit 0
          fi
          umask 077
          stuck=
          if [ "$signal" = STOP ]; then
            [ -n "$pids$wrapper" ] || exit 0
            { echo hold >"$hold"; } 2>/dev/null || { regain "$1"; echo hold >"$hold"; } 2>/dev/null ||
              echo jobs4j blocked cannot write the hold marker
          elif ! rm -f -- "$hold" 2>/dev/null; then
            regain "$1"
            if ! rm -f -- "$hold" 2>/dev/null && [ -e "$hold" ]; then
              stuck=yes
              echo jobs4j blocked cannot remove the hold marker
            fi
          fi
          send "$signal"
          # Somebody may have wanted the opposite meanwhile, and been done before this: what the marker
          # says now holds.
          turns=0
          while [ -z "$stuck" ] && [ -d "$1/.jobs4j" ] && [ $turns -lt 10 ]; do
            if [ -e "$hold" ]; then wanted=STOP; else wanted=CONT; fi
            [ "$wanted" != "$signal" ] || break
            signal=$wanted turns=$((turns + 1))
            send "$signal"
          done
          exit 0
          """;

  /**
   * Defines {@code job NUMBER WORKDIRECTORY KEY [launched]}, which says in one line {@code jobs4j
   * job NUMBER PROCESS STATE CODE CAUSE BEGAN ENDED HELD} how an attempt is, BEGAN and ENDED being
   * uptimes in hundredths of a second, and after {@code unseen} also the places, after {@code
   * missing} the host, and leaves the place of the record in {@code $run}. It says nothing if the
   * attempt was certainly never launched, and fails if there is no record. {@code launched} says
   * that the attempt is known to have been.
   */
  static final String REPORT =
      RECORDS
          + """
          inhabited() {
            wrapper= session=
            members
            [ -n "$pids" ]
          }

          # Sets pid to the wrapper, which leads the session of the lowest of the processes or began it.
          leader() {
            low=
            for p in $pids; do
              if [ -z "$low" ] || [ "$p" -lt "$low" ]; then low=$p; fi
            done
            pid=$low
            { read -r stat <"/proc/$low/stat"; } 2>/dev/null || return 0
            set -- ${stat##*) }
            [ "$4" -le 0 ] || pid=$4
            # One that ran other jobs before gave it a session of its own.
            { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 0
            set -- ${stat##*) }
            { read -r words <"/proc/$2/cmdline"; } 2>/dev/null || return 0
            case $words in *"# jobs4j shell") pid=$2 ;; esac
          }

          # What came of an attempt whose processes are gone and left no exit code.
          vanished() {
            if [ -e "$cancel" ]; then state=cancelled; else state=lost; fi
          }

          # Nobody has reason to stop the wrapper or the keeper of the time limit: a job that lost one
          # would never end.
          revive() {
            kin= kept=
            # Its line has no end.
            { read -r kin <"/proc/$pid/task/$pid/children"; } 2>/dev/null
            for p in $pid $kin; do
              stat=
              { read -r stat <"/proc/$p/stat"; } 2>/dev/null
              case $p:$stat in
                "$pid:"*) ;;
                *"(timeout) "*) kept=yes ;;
                *) continue ;;
              esac
              case $stat in *") T "*) kill -s CONT "$p" 2>/dev/null ;; esac
            done
            if [ "$limited" != limited ] || [ -n "$kept" ]; then return; fi
            # It is none of its children. One look for all jobs has to do.
            [ -n "$stopped" ] ||
              stopped="$(grep -lsE "^[0-9]+ [(]timeout[)] T " /proc/[0-9]*/stat) "
            for p in $stopped; do
              p=${p#/proc/} p=${p%/stat}
              if keeps "$pid" "$p"; then kill -s CONT "$p" 2>/dev/null; fi
            done
          }

          job() {
            key=$3 run=$2/.jobs4j/$3.run cancel=$2/.jobs4j/$3.cancel state= seen=0 where=
            held=free
            [ -r "$run" ] || regain "$2"
            ! [ -e "$2/.jobs4j/$3.hold" ] || held=held
            look || seen=$?
            if [ $seen -eq 0 ] && [ "$end" = end ]; then
              state=ended
            elif alive; then
              state=running
              revive
            elif [ $seen -eq 1 ] && ! [ -e "$run" ]; then
              if inhabited; then
                state=adrift
                leader
              elif [ -e "$cancel" ]; then
                state=unborn
              elif away "$2"; then
                state=away
              elif [ -n "$4" ] && [ -d "$2" ]; then
                state=gone
              elif [ -n "$4" ]; then
                # It may be where the job runs.
                state=missing where=$name
              else
                return 1
              fi
            elif [ $seen -eq 1 ] && ! [ -r "$run" ] && ! inhabited; then
              state=away
            elif [ $seen -eq 1 ] && [ -z "$(find "$run" -mmin +1)" ]; then
              # Its writer is between two calls of the system, or was killed there.
              state=torn
            else
              # It may have ended and recorded it between the two looks.
              look
              if [ -n "$end" ]; then
                state=ended
              elif inhabited; then
                state=running
              elif ! visible; then
                state=unseen where=$(places)
              else
                vanished
              fi
            fi
            printf 'jobs4j job %s %s %s %s %s %s %s %s %s\\n' \\
              "$1" "${pid:-0}" "$state" "${code:-none}" "${cause:-none}" "${began:-0}" "${at:-0}" \\
              "$held" "$where"
            case $state in unborn | adrift | gone | missing | away) return 1 ;; esac
          }
          stopped=
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
