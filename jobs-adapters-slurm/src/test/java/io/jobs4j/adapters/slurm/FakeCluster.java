package io.jobs4j.adapters.slurm;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Programs with the names of Slurm's commands that answer from files, for what a real cluster does
 * not do on demand. Jobs never start; the batch script that was submitted can be read. The scripts
 * of the adapter really run, in a shell of this host.
 */
final class FakeCluster implements CommandRunner {
  private static final String ROW = "'%-16s%-32s%-12s%-28s%-28s%-28s%-216s%-128s%-120s\\n'";

  /**
   * {@code sbatch.mode}: accept, lost (accepted, answer lost), unsent, silent (no id), chatty,
   * double (another number on standard error), refuse.
   */
  private static final String SBATCH =
      """
      #!/bin/sh
      echo sbatch >>"$FAKE/calls"
      env >"$FAKE/sbatch.environment"
      tr '\\0' '\\n' <"/proc/$PPID/cmdline" >"$FAKE/sbatch.caller"
      printf '%s\\n' "$@" >"$FAKE/words"
      cat >"$FAKE/script"
      mode=$(head -n 1 "$FAKE/sbatch.mode")
      sed -i 1d "$FAKE/sbatch.mode"
      case $mode in
        unsent | lost) [ "$mode" = lost ] || {
            echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2
            exit 1
          } ;;
        refuse | wordy)
          [ "$mode" = refuse ] || seq -f 'Rule %g of this site' 30
          echo 'sbatch: error: invalid partition specified: nosuch' >&2
          echo 'sbatch: error: Batch job submission failed: Invalid partition name specified' >&2
          exit 1 ;;
      esac
      for word; do
        case $word in
          --job-name=*) name=${word#*=} ;;
          --comment=*) comment=${word#*=} ;;
        esac
      done
      id=$(($(cat "$FAKE/next") + 1))
      echo $id >"$FAKE/next"
      printf %s "$name" >"$FAKE/jobs/$id.name"
      printf %s "$comment" >"$FAKE/jobs/$id.comment"
      printf PENDING >"$FAKE/jobs/$id.state"
      echo 'A word from our site' >&2
      case $mode in
        lost)
          echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2
          exit 1 ;;
        silent) echo 'Your job was submitted. Have a nice day.' ;;
        double) echo 12 >&2; echo $id ;;
        chatty) echo 'Budget left: 12'; echo "$id;itest" ;;
        *) echo $id ;;
      esac
      """;

  private static final String SQUEUE =
      """
      #!/bin/sh
      env >"$FAKE/squeue.environment"
      echo "squeue $*" >>"$FAKE/calls"
      if [ -s "$FAKE/squeue.mode" ]; then
        mode=$(head -n 1 "$FAKE/squeue.mode")
        sed -i 1d "$FAKE/squeue.mode"
        [ "$mode" = ok ] || exit 1
      fi
      if [ -e "$FAKE/down" ]; then
        echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2
        exit 1
      fi
      if [ -e "$FAKE/nobody" ]; then
        echo "squeue: error: Invalid user: $(id -u)" >&2
        exit 0
      fi
      ids= names= format= jobs=$FAKE/jobs
      while [ $# -gt 0 ]; do
        case $1 in
          -j) ids=$2; shift ;;
          --name=*) names=${1#*=} ;;
          --federation) jobs=$FAKE/federation ;;
          -O) format=$2; shift ;;
        esac
        shift
      done
      case $ids in *,* | '') ;; *) echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1 ;; esac
      for file in "$jobs"/*.state; do
        [ -e "$file" ] || continue
        base=${file%.state} id=${file##*/}
        id=${id%.state}
        jobname=$(cat "$base.name")
        if [ -n "$ids" ]; then
          case ,$ids, in *,$id,*) ;; *) continue ;; esac
        else
          case ,$names, in *,$jobname,*) ;; *) continue ;; esac
        fi
        case $format in
          JobID:16,State:32) printf '%-16s%-32s\\n' "$id" "$(cat "$file")" ;;
          *)
            printf ROW "$id" "$(cat "$file")" "$(cat "$base.restarts" 2>/dev/null || echo 0)" \\
              1700000000 1700000060 1699999999 "$jobname" \\
              "$(cat "$base.reason" 2>/dev/null || echo None)" n1 ;;
        esac
      done
      """
          .replace("ROW", ROW);

  private static final String SCONTROL =
      """
      #!/bin/sh
      echo "scontrol $*" >>"$FAKE/calls"
      case $* in
        'show config')
          [ ! -e "$FAKE/down" ] || exit 1
          [ ! -e "$FAKE/meanwhile" ] || . "$FAKE/meanwhile"
          cat "$FAKE/config" ;;
        *'show job '*)
          for id; do :; done
          if [ -e "$FAKE/mute" ]; then
            echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2
            exit 1
          fi
          if [ -e "$FAKE/jobs/$id.shown" ]; then
            echo 'scontrol: A word from our site' >&2
            cat "$FAKE/jobs/$id.shown"
          else
            echo 'slurm_load_jobs error: Invalid job id specified' >&2
            exit 1
          fi ;;
        hold*)
          if [ -e "$FAKE/jobs/$2.stubborn" ]; then
            echo 'Access/permission denied' >&2
            exit 1
          fi
          if [ -e "$FAKE/jobs/$2.released" ]; then rm "$(cat "$FAKE/jobs/$2.released")"; fi
          # It may start before the command reaches the controller.
          if [ -e "$FAKE/jobs/$2.starts" ]; then printf RUNNING >"$FAKE/jobs/$2.state"; fi ;;
        suspend*) echo 'Access/permission denied' >&2; exit 1 ;;
      esac
      """;

  private static final String SACCT =
      """
      #!/bin/sh
      echo "sacct $*" >>"$FAKE/calls"
      if [ -e "$FAKE/sacct.down" ]; then
        echo 'sacct: error: Problem talking to the database: Connection refused' >&2
        exit 1
      fi
      if [ -e "$FAKE/sacct" ]; then cat "$FAKE/sacct"; exit 0; fi
      echo 'Slurm accounting storage is disabled' >&2
      exit 1
      """;

  private static final String SCANCEL =
      """
      #!/bin/sh
      echo "scancel $*" >>"$FAKE/calls"
      if [ -e "$FAKE/down" ]; then
        echo 'scancel: error: Unable to contact slurm controller' >&2
        exit 8
      fi
      ids= name= state=
      for word; do
        case $word in
          --signal=*) exit 0 ;;
          --name=*) name=${word#*=} ;;
          --state=*) state=${word#*=} ;;
          -*) ;;
          *) ids="$ids $word" ;;
        esac
      done
      for file in "$FAKE"/jobs/*.state; do
        base=${file%.state} id=${file##*/}
        id=${id%.state}
        [ -e "$file" ] || continue
        [ -z "$name" ] || [ "$(cat "$base.name")" = "$name" ] || continue
        [ -z "$state" ] || [ "$(cat "$file")" = "$state" ] || continue
        case "$ids " in ' ' | *" $id "*) printf CANCELLED >"$file" ;; esac
      done
      """;

  private final LocalCommandRunner local = new LocalCommandRunner();
  private Map<String, String> environment = Map.of();
  private final Path home;

  /** What becomes of each answer on its way. */
  UnaryOperator<CommandResult> answers = UnaryOperator.identity();

  /** Commands that were run. */
  int commands;

  private volatile List<String> lastCommand = List.of();

  FakeCluster(Path home) throws IOException {
    this.home = home;
    Files.createDirectories(home.resolve("jobs"));
    program("sbatch", SBATCH);
    program("squeue", SQUEUE);
    program("scontrol", SCONTROL);
    program("sacct", SACCT);
    program("scancel", SCANCEL);
    Files.writeString(home.resolve("next"), "100\n");
    Files.writeString(home.resolve("sbatch.mode"), "");
    Files.writeString(home.resolve("calls"), "");
    accounting(false);
  }

  private void program(String name, String text) throws IOException {
    Path bin = Files.createDirectories(home.resolve("bin"));
    // Nobody's environment reaches sbatch.
    String here = text.replaceFirst("\n", "\nFAKE='%s'\n".formatted(home));
    Path file = Files.writeString(bin.resolve(name), here);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Whether the configuration says that there is accounting. */
  void accounting(boolean on) throws IOException {
    Files.writeString(
        home.resolve("config"),
        """
        AccountingStorageType   = accounting_storage/%s
        MessageTimeout          = 1 sec
        MinJobAge               = 300 sec
        SLURM_VERSION           = 22.05.8
        """
            .formatted(on ? "slurmdbd" : "none"));
  }

  /** Gives the cluster a name; before that it says none. */
  void named(String name) throws IOException {
    Path config = home.resolve("config");
    String others = Files.readString(config).replaceAll("ClusterName.*\n", "");
    Files.writeString(config, others + "ClusterName             = " + name + "\n");
  }

  /** What happens while the cluster is asked how it is configured. */
  void meanwhile(String script) throws IOException {
    Files.writeString(home.resolve("meanwhile"), script);
  }

  /** What the next calls of sbatch come to. */
  void submissions(String... modes) throws IOException {
    Files.write(home.resolve("sbatch.mode"), List.of(modes));
  }

  /** A job of the cluster. */
  void job(String id, String name, String state) throws IOException {
    rename(id, name, "(null)");
    Files.writeString(home.resolve("jobs/" + id + ".state"), state);
  }

  void state(String id, String state) throws IOException {
    Files.writeString(home.resolve("jobs/" + id + ".state"), state);
  }

  void reason(String id, String reason) throws IOException {
    Files.writeString(home.resolve("jobs/" + id + ".reason"), reason);
  }

  void restarts(String id, int restarts) throws IOException {
    Files.writeString(home.resolve("jobs/" + id + ".restarts"), Integer.toString(restarts));
  }

  /** What the controller shows of a job, which must be there. */
  void shown(String id, String state, String exit, boolean requeue) throws IOException {
    Files.writeString(
        home.resolve("jobs/" + id + ".shown"),
        ("JobId=%s JobName=%s JobState=%s Reason=None Dependency=(null) Requeue=%s Restarts=0"
                + " ExitCode=%s StartTime=1700000000 EndTime=1700000060 NodeList=n1 Comment=%s Power=\n")
            .formatted(
                id,
                Files.readString(home.resolve("jobs/" + id + ".name")),
                state,
                requeue ? "1" : "0",
                exit,
                Files.readString(home.resolve("jobs/" + id + ".comment"))));
  }

  /** What somebody makes of the name and the comment of a job that was submitted. */
  void rename(String id, String name, String comment) throws IOException {
    Files.writeString(home.resolve("jobs/" + id + ".name"), name);
    Files.writeString(home.resolve("jobs/" + id + ".comment"), comment);
  }

  /** What the next calls of squeue come to: ok or fail. */
  void looks(String... modes) throws IOException {
    Files.write(home.resolve("squeue.mode"), List.of(modes));
  }

  /** Has the host not know the name of its user. */
  void nobody() throws IOException {
    Files.writeString(home.resolve("nobody"), "");
  }

  /** Whether the controller says nothing of single jobs. */
  void mute(boolean mute) throws IOException {
    there("mute", mute);
  }

  /** Whether accounting cannot be reached. */
  void accountsDown(boolean down) throws IOException {
    there("sacct.down", down);
  }

  /** A job that cannot be held. */
  void stubborn(String id) throws IOException {
    there("jobs/" + id + ".stubborn", true);
  }

  private void there(String name, boolean there) throws IOException {
    if (there) {
      Files.writeString(home.resolve(name), "");
    } else {
      Files.deleteIfExists(home.resolve(name));
    }
  }

  /** Has a job start when it is asked to wait. */
  void startsOnHold(String id) throws IOException {
    Files.writeString(home.resolve("jobs/" + id + ".starts"), "");
  }

  /** Has the note of a hold taken away just before a job is held. */
  void releasedOnHold(String id, Path note) throws IOException {
    Files.writeString(home.resolve("jobs/" + id + ".released"), note.toString());
  }

  /** A job as the federation lists it. */
  void federated(String id, String name, String state) throws IOException {
    Path jobs = Files.createDirectories(home.resolve("federation"));
    Files.writeString(jobs.resolve(id + ".name"), name);
    Files.writeString(jobs.resolve(id + ".state"), state);
  }

  String state(String id) throws IOException {
    return Files.readString(home.resolve("jobs/" + id + ".state"));
  }

  /** Forgets a job. */
  void purge(String id) throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("jobs"))) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(id + ".")) {
          Files.delete(file);
        }
      }
    }
  }

  void down(boolean down) throws IOException {
    there("down", down);
  }

  /** What sacct prints. */
  void accounts(String lines) throws IOException {
    Files.writeString(home.resolve("sacct"), lines);
  }

  /** What the commands were called with, but for the options of sbatch. */
  List<String> calls() throws IOException {
    return Files.readAllLines(home.resolve("calls"));
  }

  long calls(String command) throws IOException {
    return calls().stream().filter(call -> call.startsWith(command)).count();
  }

  /** The batch script of the last sbatch. */
  String script() throws IOException {
    return Files.readString(home.resolve("script"));
  }

  /** The options of the last sbatch. */
  String words() throws IOException {
    return Files.readString(home.resolve("words"));
  }

  /** What the session of commands has beside that of this process. */
  void environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
  }

  /** What the last call of a command had, without what its shell added. */
  List<String> environmentOf(String command) throws IOException {
    return Files.readAllLines(home.resolve(command + ".environment")).stream()
        .filter(line -> !line.matches("(PWD|OLDPWD|SHLVL|_)=.*"))
        .sorted()
        .toList();
  }

  /** The command line by which the last call of sbatch came about. */
  List<String> callerOfSbatch() throws IOException {
    return Files.readAllLines(home.resolve("sbatch.caller"));
  }

  /** The words of the command that was run last. */
  List<String> lastCommand() {
    return lastCommand;
  }

  @Override
  public CommandResult run(Command command) throws InterruptedException {
    commands++;
    lastCommand = command.words();
    Map<String, String> session = new TreeMap<>(environment);
    session.put("PATH", home.resolve("bin") + ":" + System.getenv("PATH"));
    return answers.apply(local.run(command.withEnvironment(session)));
  }

  @Override
  public DetachedCommand launch(Command command) {
    throw new UncheckedIOException(new IOException("nothing is launched here"));
  }

  @Override
  public void close() {
    local.close();
  }
}
