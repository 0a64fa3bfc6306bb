package io.jobs4j.core.model;

import io.jobs4j.core.internal.definition.Paths;
import io.jobs4j.core.internal.definition.Protocols;
import io.jobs4j.core.internal.definition.Texts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an execution system must be like, whatever else is defined. Stateless. */
final class ExecutionSystemRules {
  private static final List<String> WITH_LOGIN_ENVIRONMENT = List.of("SLURM", "CUSTOM_SLURM");
  private static final Pattern VARIABLE =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=[^\\x00-\\x1f\\x7f]*");

  private ExecutionSystemRules() {}

  static void check(DefinitionCheck check, ExecutionSystem system) {
    check.requiredLine("id", system.id(), Texts.LONGEST_ID);
    check.line("tenantId", system.tenantId(), Texts.LONGEST_TENANT_ID);
    check.requiredLine("scheduler", system.scheduler(), 64);
    checkHost(check, system.login().protocol(), system.storage().protocol());
    check.path("workDir", system.workDir());
    check.path("scratchDir", system.scratchDir());
    checkStartupScript(check, system.startupScript());
    for (int i = 0; i < system.environment().size(); i++) {
      if (!VARIABLE.matcher(system.environment().get(i)).matches()) {
        // Without the line, which may be secret.
        check.wrong(
            "environment[" + i + "]", null, "must be NAME=value without control characters");
      }
    }
    if (system.loginEnvironment() && !WITH_LOGIN_ENVIRONMENT.contains(system.scheduler())) {
      check.wrong(
          "loginEnvironment",
          true,
          "must be false, because only %s can make it; a startupScript such as \"~/.profile\" sets"
                  .formatted(String.join(" and ", WITH_LOGIN_ENVIRONMENT))
              + " what jobs of other schedulers need");
    }
    check.limit("maxSystemJobs", system.maxSystemJobs());
    check.limit("maxSystemJobsPerUser", system.maxSystemJobsPerUser());
    checkQueues(check, system.queues());
  }

  /**
   * Refuses a system of whose commands and files one is here and the other is not. What is reached
   * over the network is never touched through a path that happens to exist here. Whether two names
   * are of one host is not known.
   */
  private static void checkHost(DefinitionCheck check, String login, String storage) {
    if (!Protocols.LOGIN.contains(login) || !Protocols.STORAGE.contains(storage)) {
      return; // of the program's own
    }
    boolean here = login.equals(Protocols.LOCAL);
    if (here != storage.equals(Protocols.LOCAL)) {
      check.wrong(
          "storage.protocol",
          storage,
          here
              ? "must be LOCAL for a login that is LOCAL: commands run on this host and need"
                  + " their files here"
              : "must be SFTP, or another that reaches the login's host, for a login that is "
                  + login
                  + ": LOCAL files are on this host, where no command runs");
    }
  }

  /** Only the account's own home directory is looked up, which {@code HOME} names for each job. */
  private static void checkStartupScript(DefinitionCheck check, @Nullable String script) {
    if (check.line("startupScript", script, 255)
        && script != null
        && Paths.needsShell(script.startsWith("~/") ? script.substring(2) : script)) {
      check.wrong(
          "startupScript",
          script,
          "must be a path on the host that begins with \"/\", with \"~/\" for the account's home"
              + " directory, or with neither for the job's work directory; variables and the homes"
              + " of others are not expanded");
    }
  }

  private static void checkQueues(DefinitionCheck check, List<BatchQueue> queues) {
    Set<String> names = new HashSet<>();
    boolean defaultSeen = false;
    for (int i = 0; i < queues.size(); i++) {
      BatchQueue queue = queues.get(i);
      String field = "queues[" + i + "].";
      if (!names.add(queue.name())) {
        check.wrong(field + "name", queue.name(), "must be different for each queue of the system");
      }
      if (queue.isDefault() && defaultSeen) {
        check.wrong(field + "isDefault", true, "must be true for one queue at most");
      }
      defaultSeen |= queue.isDefault();
    }
  }
}
