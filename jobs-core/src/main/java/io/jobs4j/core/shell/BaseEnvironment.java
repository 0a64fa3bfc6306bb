package io.jobs4j.core.shell;

import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The environment that each job begins with. It is made for the account that runs the job, and
 * inherits nothing of the engine's process or of the session of an SSH server:
 *
 * <ul>
 *   <li>{@code PATH} is {@value #PATH}
 *   <li>{@code HOME}, {@code USER}, {@code LOGNAME} and {@code SHELL} are those of the account
 *   <li>{@code LANG} is {@code C.UTF-8}
 *   <li>{@code TMPDIR} is {@code /tmp}
 *   <li>{@code TZ} is that of the session, if it has one
 * </ul>
 *
 * <p>The variables of a {@link io.jobs4j.core.spi.LaunchSpec} are added to it and may replace any
 * of these. None of the base is a secret, so it may stand on a command line. Stateless.
 */
public final class BaseEnvironment {
  /** Where jobs find programs. */
  public static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final ShellScript ACCOUNT =
      ShellScript.of(BaseEnvironment.class, "account").with("BASE_PATH", () -> PATH);

  /**
   * The variables of the base as words {@code NAME=value}, in the language of a POSIX shell that
   * has run {@link #account()}. {@code "env -i " + WORDS + " program"} starts a program with
   * nothing else.
   */
  public static final String WORDS =
      "PATH="
          + PATH
          + " HOME=\"$base_home\" USER=\"$base_user\" LOGNAME=\"$base_user\""
          + " SHELL=\"$base_shell\" LANG=C.UTF-8 TMPDIR=/tmp ${TZ:+\"TZ=$TZ\"}";

  private static final String MARK = "jobs4j base ";
  private static final String END = "jobs4j base-end";

  private BaseEnvironment() {}

  /**
   * Looks up the account: a program for a POSIX shell that sets {@code base_user}, {@code
   * base_home} and {@code base_shell} for {@link #WORDS}. It changes no other variable. Of an
   * account that nobody knows, the user is its number. It ends the shell with code 75 if the
   * account cannot be looked up now.
   */
  public static String account() {
    return ACCOUNT.text();
  }

  /**
   * Whether a host knew the account when it was asked by {@link #of}. If it did not, its directory
   * of accounts may have been away, and may know it the next time.
   */
  public static boolean hasAccount(Map<String, String> base) {
    return !base.getOrDefault("USER", "").matches("[0-9]*");
  }

  /**
   * Asks a host for the base of the account that commands run under there.
   *
   * @throws TransientAdapterException if the host does not say
   */
  public static Map<String, String> of(CommandRunner runner) throws InterruptedException {
    String script = account() + "printf '" + MARK + "%s\\n' " + WORDS + "\necho " + END + "\n";
    CommandResult result = runner.run(Command.of("/bin/sh", "-c", script));
    List<String> lines = result.output().lines().toList();
    if (!lines.contains(END)) {
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          "The host does not say which account jobs run under: exit code %s %s"
              .formatted(result.exitCode(), result.error().strip()),
          null);
    }
    Map<String, String> base = new LinkedHashMap<>();
    for (String line : lines) {
      int equals = line.indexOf('=');
      if (line.startsWith(MARK) && equals > 0) {
        base.put(line.substring(MARK.length(), equals), line.substring(equals + 1));
      }
    }
    return Collections.unmodifiableMap(base);
  }
}
