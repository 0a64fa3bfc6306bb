package io.jobs4j.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.TransientAdapterException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class BaseEnvironmentTest {
  @Test
  void isThatOfTheAccountAndNotOfTheProcess() throws InterruptedException {
    Map<String, String> foreign = new TreeMap<>();
    foreign.put("PATH", "/usr/bin:/bin");
    foreign.put("HOME", "/nowhere");
    foreign.put("USER", "nobody");
    foreign.put("SECRET", "value");
    foreign.put("TZ", "Europe/Vienna");

    Map<String, String> base = BaseEnvironment.of(new Changed(c -> c.withOnly(foreign)));

    assertThat(base)
        .containsOnlyKeys("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TMPDIR", "TZ")
        .containsEntry("PATH", BaseEnvironment.PATH)
        .containsEntry("HOME", System.getProperty("user.home"))
        .containsEntry("USER", System.getProperty("user.name"))
        .containsEntry("LOGNAME", System.getProperty("user.name"))
        .containsEntry("LANG", "C.UTF-8")
        .containsEntry("TMPDIR", "/tmp")
        .containsEntry("TZ", "Europe/Vienna");
    assertThat(base.get("SHELL")).startsWith("/");
  }

  @Test
  void hasNoTimeZoneIfTheSessionHasNone() throws InterruptedException {
    assertThat(BaseEnvironment.of(new Changed(c -> c.withOnly(Map.of()))))
        .containsOnlyKeys("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TMPDIR");
  }

  @Test
  void startsAProgramWithNothingElse() throws InterruptedException {
    try (LocalCommandRunner runner = new LocalCommandRunner()) {
      CommandResult result =
          runner.run(
              Command.of(
                      "sh",
                      "-c",
                      BaseEnvironment.account() + "env -i " + BaseEnvironment.WORDS + " env")
                  .withEnvironment(Map.of("SECRET", "value", "TZ", "a b")));

      assertThat(result.output().lines())
          .contains("PATH=" + BaseEnvironment.PATH, "TZ=a b")
          .hasSize(8);
    }
  }

  @Test
  void anAccountThatNobodyKnowsHasADirectoryAndAShellToo() throws InterruptedException {
    String script =
        BaseEnvironment.account() + "printf '%s\\n' \"$base_user\" \"$base_home\" \"$base_shell\"";
    // To be another account takes the rights of root, so here the look-up is what is replaced.
    String unknown = script.replace("id=$(id -u)", "id=54321");
    try (LocalCommandRunner runner = new LocalCommandRunner()) {
      assertThat(runner.run(Command.of("sh", "-c", unknown).withOnly(Map.of())).output())
          .isEqualTo("54321\n/\n/bin/sh\n");
    }
  }

  @Test
  void anAccountThatCannotBeLookedUpNowIsNotTakenForUnknown() throws InterruptedException {
    for (String state : List.of("1", "3", "127", "143")) {
      assertThatThrownBy(() -> BaseEnvironment.of(after("getent() { return " + state + "; }")))
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageEndingWith("exit code 75 The account cannot be looked up");
    }

    assertThat(BaseEnvironment.hasAccount(BaseEnvironment.of(after("")))).isTrue();
    Map<String, String> unknown =
        BaseEnvironment.of(after("getent() { return 2; }; grep() { return 1; }"));
    assertThat(unknown.get("USER")).matches("[0-9]+");
    assertThat(BaseEnvironment.hasAccount(unknown)).isFalse();
    // A host may have no such program.
    assertThat(
            BaseEnvironment.of(
                after("command() { return 1; }; getent() { return 127; }; grep() { return 1; }")))
        .isEqualTo(unknown);
  }

  /** A local runner on which a script begins with another. */
  private static CommandRunner after(String prelude) {
    return new Changed(
        command -> {
          String script = command.words().get(2);
          return Command.of("/bin/sh", "-c", prelude + "\n" + script);
        });
  }

  @Test
  void aHostThatDoesNotSayBlocks() {
    assertThatThrownBy(() -> BaseEnvironment.of(new Changed(c -> Command.of("false"))))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageStartingWith("The host does not say which account jobs run under: exit code 1");
  }

  /** A local runner on which each command is another. */
  private record Changed(UnaryOperator<Command> change) implements CommandRunner {
    @Override
    public CommandResult run(Command command) throws InterruptedException {
      try (LocalCommandRunner runner = new LocalCommandRunner()) {
        return runner.run(change.apply(command));
      }
    }

    @Override
    public DetachedCommand launch(Command command) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
