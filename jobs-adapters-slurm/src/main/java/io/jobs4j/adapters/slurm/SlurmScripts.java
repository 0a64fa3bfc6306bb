package io.jobs4j.adapters.slurm;

import io.jobs4j.core.shell.BaseEnvironment;

/**
 * The programs that run on the host where Slurm's commands are, for any POSIX shell. Stateless.
 *
 * <p>The state of an attempt is in {@code .jobs4j} of the work directory:
 *
 * <pre>
 * KEY.intent.N   somebody is about to call sbatch, for the Nth time; "intent TIME on CLUSTER"
 * KEY.id         sbatch returned this id; "id JOB on CLUSTER"
 * KEY.run        the batch script runs; "run JOB RESTART TIME", a line for each run
 * KEY.end        it is over; "end KEY JOB RESTART CODE CAUSE BEGAN ENDED"
 * KEY.restarts   Slurm was seen to have queued a job again so often; "restarts JOB COUNT"
 * KEY.cancel     somebody wants the attempt ended
 * KEY.hold       the engine has held its jobs, or is about to; empty
 * </pre>
 *
 * <p>An id that cannot be read is none: the attempt is asked about by its name. A record of a run
 * that cannot be read keeps the attempt from being submitted or run again, as it may have run.
 *
 * <p>Jobs are steered by numbers that a look for their name has just shown, never by one that is
 * kept, which the cluster may have given to somebody else's job by then. So what is asked for
 * reaches all Slurm jobs of an attempt, whichever of them runs it. {@code scancel} with a name
 * instead of numbers would have the controller send all jobs of the cluster.
 *
 * <p>{@code squeue} lists nothing and returns zero for a user whose name it cannot look up. That is
 * no answer.
 *
 * <p>Times are seconds since 1970 by the clock of the host that writes them.
 */
final class SlurmScripts {
  private SlurmScripts() {}

  /**
   * What Slurm's commands take options from is taken away, whether the engine runs within a Slurm
   * job, the session of a server sets it, or a site's profile; what says where the cluster is and
   * lets the account in there stays. Defines {@code frame NAME COMMAND...}, which runs a command
   * and says what it said and returned.
   */
  private static final String PRELUDE =
      """
      export LANG=C LC_ALL=C SLURM_TIME_FORMAT=%s
      # Shells that are not for people often do not know where Slurm is.
      if ! command -v squeue >/dev/null 2>&1 && [ -r /etc/profile ]; then
        paths=$(. /etc/profile </dev/null >/dev/null 2>&1; printf %s "$PATH")
        conf=$(. /etc/profile </dev/null >/dev/null 2>&1; printf %s "${SLURM_CONF-}")
        PATH=${paths:-$PATH}
        [ -z "$conf" ] || export SLURM_CONF="$conf"
      fi
      set -f
      IFS='
      '
      for line in $(export -p); do
        line=${line#export }
        line=${line#declare -x }
        line=${line%%=*}
        case $line in
          *[!A-Za-z0-9_]* | SLURM_CONF | SLURM_JWT | SLURM_TIME_FORMAT) ;;
          SLURM_* | SBATCH_* | SALLOC_* | SRUN_* | SQUEUE_* | SACCT_* | SCANCEL_* | SCONTROL_* | \\
            SINFO_* | SPRIO_* | SSHARE_* | SREPORT_* | SACCTMGR_* | SBCAST_* | SSTAT_*)
            unset "$line"
            ;;
        esac
      done
      unset IFS
      set +f

      frame() {
        tag=$1
        shift
        printf 'jobs4j begin %s\\n' "$tag"
        { error=$("$@" 2>&1 >&3 3>&- </dev/null); code=$?; } 3>&1
        case $code$error in 0*'Invalid user'*) code=1 ;; esac
        printf '\\njobs4j end %s %s\\n' "$tag" "$code"
        if [ -n "$error" ]; then
          printf '%s\\n' "$error" | sed -n "1,8s/^/jobs4j error $tag /p"
        fi
      }

      # Sets $rows to lines of number and state, among what else Slurm says, of the jobs of an
      # attempt (NAME KEY NUMBER): those of the name, and that of the number if it is still that of
      # the key though it has another name by now. Says why if that cannot be had.
      jobs_of() {
        if listed "$@"; then return 0; fi
        printf '%s\\n' "$rows" | sed -n '1,8s/^/jobs4j said /p'
        return 1
      }
      listed() {
        rows=$(squeue -h --all -t all -u "$(id -u)" "--name=$1" -O JobID:16,State:32 2>&1 \\
          </dev/null) || return
        case $rows in *'Invalid user'*) return 1 ;; esac
        [ -n "$3" ] || return 0
        case "
      $rows" in *"
      $3 "*) return 0 ;; esac
        shown=$(scontrol -o show job "$3" 2>/dev/null </dev/null) || {
          # Once more for the reason, which must not stand before what is shown.
          why=$(scontrol -o show job "$3" 2>&1 </dev/null)
          case $why in *'Invalid job id'* | *'ermission denied'*) return 0 ;; esac
          rows=$why
          return 1
        }
        case $shown in
          "JobId=$3 JobName=$1 "* | "JobId=$3 "*" Comment=$2 "*)
            state=${shown#* JobState=}
            rows="$rows
      $3 ${state%% *}"
            ;;
        esac
      }

      # Calls a command with number and state of each of those.
      for_each() {
        set -f
        IFS='
      '
        for row in $rows; do
          IFS=' '
          set -- "$1" $row
          case $2 in
            '' | *[!0-9]*) ;;
            *) "$1" "$2" "$3" ;;
          esac
        done
        unset IFS
        set +f
      }

      # Whether the file system of a work directory seems to be away: one that somebody deleted
      # leaves the directory above it.
      away() {
        up=${1%/}
        ! [ -d "$1" ] && ! [ -d "${up%/*}/" ]
      }

      # The first lines of a record, as notes.
      record() {
        if [ -f "$1" ]; then
          head -c 4000 "$1" 2>/dev/null | sed -n '1,20s/^/jobs4j /p'
        fi
      }

      # Whether a record is one, and not what a full or broken disk left of it: that has no end of
      # a line.
      holds() {
        [ -s "$1" ] && { IFS= read -r line <"$1"; } 2>/dev/null || return
        set -f
        set -- "$2" $line
        set +f
        [ $# -ge 3 ] || return
        case $1 in
          id)
            [ "$2" = id ] && [ "$3" = "${3#0}" ] && digits 10 "$3" || return
            case $#$4 in 3 | 5on) ;; *) return 1 ;; esac
            ;;
          *)
            [ $# -eq 5 ] && [ "$2" = run ] && [ "$3" = "${3#0}" ] && digits 10 "$3" &&
              digits 9 "$4" && digits 11 "$5"
            ;;
        esac
      }
      digits() {
        case $2 in '' | *[!0-9]*) return 1 ;; esac
        [ ${#2} -le "$1" ]
      }
      """;

  /** Times without a zone, of versions that know no other, are in UTC. */
  private static final String IN_UTC = "export TZ=UTC0\n";

  /**
   * Calls {@code sbatch} with the batch script on standard input, after the line with its
   * variables, unless the attempt was submitted before or somebody else is about to. Says {@code
   * jobs4j refused WHY}, {@code jobs4j blocked WHY}, {@code jobs4j taken}, or what {@code sbatch}
   * said, and its id if it gave one.
   *
   * <p>What {@code sbatch} has for its environment is what the job gets with {@code --export=ALL},
   * so it is made: the base of all jobs, with the directory of Slurm's commands in its path, and
   * where the cluster is. A token for the cluster is added for {@code sbatch}; the batch script
   * drops it. So are the variables by which it takes options.
   *
   * <p>Arguments: work directory, key, which submission, seconds after which {@code sbatch} is
   * ended, the clusters that hosts are known to reach, and the words of {@code sbatch}.
   */
  static final String SUBMIT =
      PRELUDE
          + BaseEnvironment.ACCOUNT
          + ClusterScripts.NAME
          + """
          work=$1 key=$2 generation=$3 limit=$4 known=$5 base_path=BASE_PATH
          shift 5
          if away "$work"; then echo jobs4j away; echo jobs4j done; exit 0; fi
          CDPATH= cd -- "$work" 2>/dev/null || {
            echo jobs4j refused there is no such directory
            echo jobs4j done
            exit 0
          }
          control=.jobs4j
          [ -d $control ] || mkdir $control 2>/dev/null
          # Nothing that may take long stands between the look for others and the claim.
          cluster_here "$known"
          printf 'jobs4j cluster %s\\n' "$cluster"
          intent=$control/$key.intent.$generation
          taken=
          # One that was taken back may leave others after it.
          for file in "$control/$key.intent."*; do
            other=${file##*.}
            case $other in
              '' | *[!0-9]*) ;;
              *) [ "$other" -lt "$generation" ] || taken=yes ;;
            esac
          done
          if [ -n "$taken" ] || [ -e "$control/$key.run" ] || holds "$control/$key.id" id; then
            echo jobs4j taken
            echo jobs4j done
            exit 0
          fi
          set -C
          claimed=
          { claimed=yes; date "+intent %s${cluster:+ on $cluster}"; } 2>/dev/null >"$intent" &&
            [ -s "$intent" ]
          written=$?
          set +C
          if [ -z "$claimed" ] || [ $written -ne 0 ]; then
            [ -z "$claimed" ] || rm -f "$intent"
            if [ -e "$intent" ]; then echo jobs4j taken; else echo jobs4j blocked; fi
            echo jobs4j done
            exit 0
          fi
          commands=$(command -v sbatch)
          commands=${commands%/*}
          case $commands:$base_path: in
            /*":$commands:"*) ;;
            /*) base_path=$commands:$base_path ;;
          esac
          IFS= read -r variables || variables=
          # What may be secret is no word of a command, since everybody on the host can read those.
          [ -z "$variables${SLURM_JWT-}" ] ||
            set -- sh -c 'IFS= read -r SLURM_JWT <&4; IFS= read -r variables <&4
              if [ -n "$SLURM_JWT" ]; then export SLURM_JWT; else unset SLURM_JWT; fi
              eval "$(printf %b "$variables")"
              exec "$@" 4<&-' sh "$@"
          set -- env -i WORDS "PATH=$base_path" ${SLURM_CONF:+"SLURM_CONF=$SLURM_CONF"} "$@"
          # After its limit it must not submit any more.
          command -v timeout >/dev/null && set -- timeout -s KILL "$limit" "$@"
          if [ -z "$variables${SLURM_JWT-}" ]; then
            out=$("$@" 2>&1)
          else
            out=$({ printf '%s\\n' "${SLURM_JWT-}" "$variables" | "$@" 2>&1 4<&0 <&3 3<&-; } 3<&0)
          fi
          code=$?
          printf 'jobs4j sbatch %s\\n' "$code"
          # The id is a line of its own, a number or NUMBER;CLUSTER. Two that could be it are none.
          count=0 ids=0 id=
          set -f
          IFS='
          '
          for line in $out; do
            number=${line%%[!0-9]*}
            case ${#number}${line#"$number"} in
              [1-9] | 10 | [1-9]\\;* | 10\\;*) ids=$((ids + 1)) id=$number ;;
              *)
                count=$((count + 1))
                case $count:$line in
                  ?:* | 1?:* | *'submission failed'*) printf 'jobs4j said %s\\n' "$line" ;;
                esac
                ;;
            esac
          done
          [ $ids -eq 1 ] || id=
          if [ "$code" -eq 0 ] && [ -n "$id" ]; then
            { printf 'id %s\\n' "$id${cluster:+ on $cluster}" >"$control/$key.id"; } 2>/dev/null
            printf 'jobs4j id %s\\n' "$id"
          fi
          echo jobs4j done
          """
              .replace("WORDS", BaseEnvironment.WORDS)
              .replace("BASE_PATH", BaseEnvironment.PATH);

  /** Takes back the intent of a submission that did not come about. Arguments as above. */
  static final String RETRACT =
      """
      rm -f "$1/.jobs4j/$2.intent.$3"
      echo jobs4j done
      """;

  /**
   * Notes the id of a job that was found. Arguments: work directory, key, id, cluster or nothing.
   */
  static final String ADOPT =
      """
      printf 'id %s\\n' "$3${4:+ on $4}" >"$1/.jobs4j/$2.id"
      echo jobs4j done
      """;

  /**
   * Cancels copies of an attempt as long as they wait, whatever happens meanwhile: what is held
   * cannot start between the look and the deed. Arguments: name, ids.
   */
  static final String DROP =
      PRELUDE
          + """
          name=$1
          shift
          held=' '
          for id; do
            frame "hold-$id" scontrol hold "$id"
            [ "$code" -ne 0 ] || held="$held$id "
          done
          finish() {
            case $held in *" $1 "*) ;; *) return ;; esac
            case $2 in
              PENDING) frame "scancel-$1" scancel "$1" ;;
              # One that had started by then would be held when Slurm queues it again.
              RUNNING | CONFIGURING | SUSPENDED | STOPPED)
                scontrol release "$1" 2>/dev/null </dev/null
                ;;
            esac
          }
          if jobs_of "$name" '' ''; then for_each finish; fi
          echo jobs4j done
          """;

  /**
   * Says all that is known of an attempt: the records in its work directory, and the jobs of its
   * name; {@code jobs4j damaged} if a record of a run cannot be read, and {@code jobs4j elsewhere}
   * if its jobs would be in another cluster. Arguments: work directory, key, name, tenths of a
   * second to wait for a record, whether there is accounting, the columns of {@code squeue}.
   */
  static final String LOOK =
      PRELUDE
          + IN_UTC
          + ClusterScripts.COMPARE
          + """
          work=$1 key=$2 name=$3 wait=$4 accounting=$5 format=$6
          control=$work/.jobs4j
          known() { holds "$control/$key.id" id || holds "$control/$key.run" run; }
          if away "$work"; then
            echo jobs4j away
          elif ! [ -d "$work" ]; then
            echo jobs4j gone
          else
            while [ "$wait" -gt 0 ] && ! known; do
              wait=$((wait - 1))
              sleep 0.1
            done
            if holds "$control/$key.id" id; then record "$control/$key.id"; fi
            if holds "$control/$key.run" run; then
              record "$control/$key.run"
            elif [ -e "$control/$key.run" ]; then
              echo jobs4j damaged
            fi
            last=0
            for file in "$control/$key.intent."*; do
              generation=${file##*.}
              case $generation in
                '' | *[!0-9]*) ;;
                *) [ "$generation" -le "$last" ] || last=$generation ;;
              esac
            done
            if [ "$last" -gt 0 ]; then
              printf 'jobs4j generation %s\\n' "$last"
              record "$control/$key.intent.$last"
            fi
          fi
          printf 'jobs4j now %s\\n' "$(date +%s)"
          if ! known; then
            frame squeue squeue -h --all -t all -u "$(id -u)" "--name=$name" -O "$format"
            if [ "$accounting" = yes ]; then
              frame sacct sacct -X -n -P -S now-30days -u "$(id -u)" "--name=$name" \\
                -o JobIDRaw,State
            fi
            elsewhere "$work" "$key" ''
          fi
          echo jobs4j done
          """;

  /**
   * Begins a script that lists jobs ({@code queue NAMES COLUMNS OPTION...}), and shows how a
   * cluster is configured that is not known ({@code learn KNOWN}). They are asked for by name: that
   * finds all Slurm jobs of an attempt, and none that has the number of one.
   */
  static final String QUEUE =
      PRELUDE
          + IN_UTC
          + ClusterScripts.LEARN
          + """
          queue() {
            names=$1 columns=$2
            shift 2
            frame squeue squeue -h --all -t all -u "$(id -u)" "--name=$names" -O "$columns" "$@"
          }
          """;

  /**
   * Begins a script that says of attempts whether the engine has held them ({@code held NUMBER
   * WORKDIRECTORY KEY}): {@code jobs4j held NUMBER} of those that it has.
   */
  static final String HOLDS =
      PRELUDE
          + """
          held() {
            [ ! -e "$2/.jobs4j/$3.hold" ] || printf 'jobs4j held %s\\n' "$1"
          }
          """;

  /**
   * Begins a script that reads the records of jobs ({@code records NUMBER WORKDIRECTORY KEY}), asks
   * about those that have ended ({@code controller ID}, {@code accounts IDS COLUMNS OPTION...}),
   * asks how the cluster is configured ({@code cluster}), and notes how often they were queued
   * again ({@code restarted WORKDIRECTORY KEY ID COUNT}, which says {@code jobs4j noted ID KEY} if
   * it could).
   *
   * <p>Of a job that Slurm says to be completed, {@code records NUMBER WORKDIRECTORY KEY ID
   * RESTART} asks the controller only if that run has not recorded its end.
   */
  static final String DETAILS =
      PRELUDE
          + IN_UTC
          + ClusterScripts.HERE
          + """
          records() {
            text=$(recorded "$2" "$3")
            printf 'jobs4j begin records-%s\\n%s\\njobs4j end records-%s 0\\n' "$1" "$text" "$1"
            if [ $# -gt 3 ]; then
              case $text in
                *"
          end $3 $4 $5 "[0-9]*' exited '*) ;;
                *) controller "$4" ;;
              esac
            fi
          }
          recorded() {
            if away "$1"; then
              echo away
            elif ! [ -d "$1" ]; then
              echo gone
            else
              echo there
              note=$1/.jobs4j/$2
              # Of several it also says which is which, on lines that are no records.
              head -c 4000 "$note.run" "$note.end" "$note.restarts" "$note.id" 2>/dev/null
              echo
              [ ! -e "$1/.jobs4j/$2.cancel" ] || echo cancel
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
          restarted() {
            note=$1/.jobs4j/$2.restarts
            { kept "$3" "$4" >"$note.$3"; } 2>/dev/null && mv -f "$note.$3" "$note" &&
              printf 'jobs4j noted %s %s\\n' "$3" "$2"
          }
          # The note with a count, unless it has a higher one, and those of other jobs.
          kept() {
            most=$2
            if [ -f "$note" ]; then
              while read -r word id count rest; do
                case $count in '' | *[!0-9]*) continue ;; esac
                if [ "$id" != "$1" ]; then
                  printf 'restarts %s %s\\n' "$id" "$count"
                elif [ "$count" -gt "$most" ]; then
                  most=$count
                fi
              done <"$note"
            fi
            printf 'restarts %s %s\\n' "$1" "$most"
          }
          """;

  /** Ends a script. */
  static final String DONE = "echo jobs4j done\n";

  /** Says how the cluster is configured. */
  static final String SETTINGS =
      PRELUDE
          + ClusterScripts.HERE
          + """
          frame config scontrol show config
          echo jobs4j done
          """;

  /** Asks for a job that there need not be, which shows that the controller answers. */
  static final String PROBE =
      PRELUDE
          + """
          frame squeue squeue -h -u "$(id -u)" -j 1,2 -o %i
          echo jobs4j done
          """;

  /**
   * Leaves word that the attempt shall not run, and cancels all its jobs. Says {@code jobs4j
   * marked} if word was left, or nobody can launch it any more, {@code jobs4j seen} if Slurm said
   * which jobs there are, and {@code jobs4j said WHY} if it did not; {@code jobs4j elsewhere} if
   * there are none since another cluster answered. Arguments: work directory, key, name, number or
   * nothing, cluster or nothing.
   */
  static final String CANCEL =
      PRELUDE
          + ClusterScripts.COMPARE
          + """
          key=$2 name=$3
          if away "$1"; then
            echo jobs4j away
          elif ! [ -d "$1" ]; then
            echo jobs4j marked
          else
            [ -d "$1/.jobs4j" ] || mkdir "$1/.jobs4j" 2>/dev/null
            { true >>"$1/.jobs4j/$key.cancel"; } 2>/dev/null && echo jobs4j marked
          fi
          found=
          cancel() { found=yes; frame "scancel-$1" scancel "$1"; }
          if jobs_of "$name" "$key" "$4"; then
            echo jobs4j seen
            for_each cancel
            [ -n "$found" ] || elsewhere "$1" "$key" "$5"
          fi
          echo jobs4j done
          """;

  /**
   * Calls {@code deed ID STATE} for each job of an attempt, again if that fails, since a job may
   * start or end between the look and the deed. Says {@code jobs4j seen} if Slurm answered, and
   * {@code jobs4j failed} if a deed failed to the last, or whether it did is not known; sets {@code
   * $failed} and {@code $sight} accordingly, the latter to nothing if there are no jobs since
   * another cluster answered, which {@code jobs4j elsewhere} says. Expects {@code $name}, {@code
   * $key}, {@code $number}, {@code $work} and {@code $submitted}.
   */
  private static final String STEER =
      """
      steer() {
        found=yes
        if [ "$2" = COMPLETING ]; then
          early=yes
        elif [ -z "$failed" ]; then
          code=0
          deed "$1" "$2"
          [ "$code" -eq 0 ] || failed=yes
        fi
      }
      rounds=0 sight= failed= found=
      while [ $rounds -lt 5 ]; do
        rounds=$((rounds + 1))
        jobs_of "$name" "$key" "$number" || { [ $rounds -eq 1 ] || failed=yes; break; }
        echo jobs4j seen
        sight=yes
        failed= early=
        for_each steer
        [ -n "$failed$early" ] || break
        [ -n "$failed" ] || sleep 1
      done
      if [ -n "$sight" ] && [ -z "$found" ] && elsewhere "$work" "$key" "$submitted"; then sight=; fi
      [ -z "$failed" ] || echo jobs4j failed
      """;

  /**
   * Keeps jobs from running on. One that runs is suspended, which takes the rights of an operator,
   * or else stopped. Word of it is left in the work directory, if that can be written to: before
   * the deed, so that no job is held without it, and after it, since a release may have come
   * between. Arguments: name, key, number or nothing, work directory, cluster or nothing.
   */
  static final String HOLD =
      PRELUDE
          + ClusterScripts.COMPARE
          + """
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
          """
          + STEER
          + DONE;

  /**
   * Undoes that, and takes the word of it away once no job is held any more. Arguments as above.
   */
  static final String RELEASE =
      PRELUDE
          + ClusterScripts.COMPARE
          + """
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
          """
          + STEER
          + """
          if [ -n "$sight" ] && [ -z "$failed" ]; then rm -f "$note" 2>/dev/null; fi
          """
          + DONE;
}
