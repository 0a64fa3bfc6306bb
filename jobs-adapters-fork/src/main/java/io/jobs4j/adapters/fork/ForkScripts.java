package io.jobs4j.adapters.fork;

import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.shell.ShellWords;
import java.util.List;
import java.util.stream.Stream;

/**
 * The programs that run on the host, for any POSIX shell on Linux.
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
  /** What reads records and finds processes. */
  private static final List<String> RECORDS = List.of("place", "regain", "records");

  /** What a wrapper reads if it has to end what the job left behind. */
  static final ShellScript STRAGGLERS = afterRecords("finish", "stragglers");

  private static final ShellScript WRAPPER = attempt("wrapper");
  private static final ShellScript SHELL = attempt("shell");

  /**
   * Leaves word that an attempt shall end, which is heeded by whoever claims it later. Says {@code
   * jobs4j marked}, {@code jobs4j over} if it has ended, {@code jobs4j unseen PLACES} if it runs
   * elsewhere, {@code jobs4j missing HOST} if it was launched and there is no work directory,
   * {@code jobs4j away} if nothing can be known of that, or {@code jobs4j blocked WHY}. Arguments:
   * work directory, key, and {@code launched} if the attempt is known to have been.
   */
  static final ShellScript MARK = afterRecords("mark");

  /** Ends the processes of an attempt. Arguments: work directory, key. */
  static final ShellScript KILL = afterRecords("finish", "kill");

  /**
   * Holds an attempt that is not over or lets it go on: sends STOP or CONT to all its processes and
   * to those that they start meanwhile, but not to the one that keeps its time limit, and leaves or
   * takes away the marker that says so. Says {@code jobs4j unseen PLACES} if it runs elsewhere, and
   * {@code jobs4j blocked WHY}. Arguments: work directory, key, signal.
   */
  static final ShellScript SIGNAL = afterRecords("signal");

  /**
   * Defines {@code job NUMBER WORKDIRECTORY KEY [launched]}, which says in one line {@code jobs4j
   * job NUMBER PROCESS STATE CODE CAUSE BEGAN ENDED HELD} how an attempt is, BEGAN and ENDED being
   * uptimes in hundredths of a second, and after {@code unseen} also the places, after {@code
   * missing} the host, and leaves the place of the record in {@code $run}. It says nothing if the
   * attempt was certainly never launched, and fails if there is no record. {@code launched} says
   * that the attempt is known to have been.
   */
  static final ShellScript REPORT = afterRecords("report");

  /**
   * Defines {@code await NUMBER WORKDIRECTORY KEY}, which waits a little for a record to be
   * complete. Follows {@link #REPORT}.
   */
  static final ShellScript AWAIT = ShellScript.of(ForkScripts.class, "await");

  /** Says when the records were last written, one line for each in their order, and then ends. */
  static final ShellScript CLOSING = ShellScript.of(ForkScripts.class, "closing");

  /** What others see in the command line of a shell that reads {@link #shell}. */
  static final String SHELL_MARK = "# jobs4j shell\n";

  private ForkScripts() {}

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
   * @param key of the attempt, which the first line tells those who look at the process
   */
  static String wrapper(String key) {
    return "# jobs4j wrapper " + key + "\n" + WRAPPER.text();
  }

  /**
   * Defines {@code job}, which does what {@link #wrapper} does, with the same arguments and what
   * sets the variables of the job, in a child of the shell that reads this, and then says {@code
   * jobs4j idle}.
   *
   * <p>To start a shell and to have it read the wrapper takes longer than most of the rest, so it
   * pays to use it again.
   */
  static String shell() {
    return SHELL.text();
  }

  private static ShellScript attempt(String last) {
    return ShellScript.of(ForkScripts.class, "catch-signals", "place", "regain", "attempt", last)
        .with("STRAGGLERS", () -> ShellWords.quote(STRAGGLERS.text()));
  }

  private static ShellScript afterRecords(String... parts) {
    return ShellScript.of(
        ForkScripts.class,
        Stream.concat(RECORDS.stream(), Stream.of(parts)).toArray(String[]::new));
  }
}
