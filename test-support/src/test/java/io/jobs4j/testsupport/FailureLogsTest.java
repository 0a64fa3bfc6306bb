package io.jobs4j.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class FailureLogsTest {
  @TempDir Path directory;
  private Path failures;
  private Path children;

  @BeforeEach
  void makeDirectories() throws IOException {
    failures = directory.resolve("failures");
    children = Files.createDirectory(directory.resolve("children"));
  }

  @Test
  void aTestThatFailsLeavesItsReasonAndTheLogsOfItsChildren() throws IOException {
    Files.writeString(children.resolve("Child-of-an-earlier-run.log"), "earlier");
    run(Sample.class);
    List<Path> kept = list(failures);
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).getFileName().toString()).startsWith("Sample.fails-");
    assertThat(Files.readString(kept.get(0).resolve("failure.txt")))
        .contains("the reason")
        .contains("FailureLogsTest");
    assertThat(list(kept.get(0)))
        .extracting(file -> file.getFileName().toString())
        .containsExactlyInAnyOrder("failure.txt", "Child-fails.log");
    assertThat(kept.get(0).resolve("Child-fails.log")).hasContent("said by fails");
  }

  @Test
  void testsThatSucceedLeaveNothing() {
    run(Good.class);
    assertThat(failures).doesNotExist();
  }

  @Test
  void aClassThatFailsBeforeItsTestsLeavesItsReason() throws IOException {
    run(NoStart.class);
    List<Path> kept = list(failures);
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).getFileName().toString()).startsWith("NoStart-");
    assertThat(kept.get(0).resolve("failure.txt")).content().contains("no start");
  }

  @Test
  void theBuildHasTheExtensionsFoundByThemselves() {
    assertThat(System.getProperty("junit.jupiter.extensions.autodetection.enabled"))
        .isEqualTo("true");
    assertThat(ServiceLoader.load(Extension.class)).hasAtLeastOneElementOfType(FailureLogs.class);
    assertThat(System.getProperty(FailureLogs.FAILURES)).endsWith("target/failed-tests");
    assertThat(System.getProperty(FailureLogs.CHILDREN)).endsWith("target/child-logs/unit");
  }

  private void run(Class<?> sample) {
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(sample))
                .configurationParameter(FailureLogs.FAILURES, failures.toString())
                .configurationParameter(FailureLogs.CHILDREN, children.toString())
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "false")
                .build());
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }

  /** Gives tests the directory in which children log. */
  static final class Children implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Path.class;
    }

    @Override
    public Path resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return Path.of(context.getConfigurationParameter(FailureLogs.CHILDREN).orElseThrow());
    }
  }

  @ExtendWith({FailureLogs.class, Children.class})
  static class Sample {
    @Test
    void fails(Path children) throws IOException {
      Files.writeString(children.resolve("Child-fails.log"), "said by fails");
      throw new AssertionError("the reason");
    }
  }

  @ExtendWith({FailureLogs.class, Children.class})
  static class Good {
    @Test
    void succeeds(Path children) throws IOException {
      Files.writeString(children.resolve("Child-succeeds.log"), "said by succeeds");
    }
  }

  @ExtendWith(FailureLogs.class)
  static class NoStart {
    @BeforeAll
    static void start() {
      var unused = Assertions.fail("no start");
    }

    @Test
    void isNotCome() {}
  }
}
